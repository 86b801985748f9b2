"""The cache gives back what was put, or nothing."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from classifier.features import FeatureCache
from classifier.features.cache import default_folder
from tests.classifier.features import cache_user
from tests.classifier.features.cache_user import NAMES, array_of, use
from tests.classifier.runs import ROOT

GIB = 1 << 30


def entry(cache: FeatureCache, name: str) -> Path:
    return cache.folder / name[:2] / f"{name}.npy"


@pytest.mark.parametrize(
    "array", [array_of(1), np.zeros((0, 3), np.float32), np.arange(7), np.float64(3)[None]]
)
def test_what_was_put_comes_back(tmp_path, array) -> None:
    FeatureCache(tmp_path, GIB).put(NAMES[0], array)
    found = FeatureCache(tmp_path, GIB).get(NAMES[0])
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)
    assert not found.flags.writeable


def test_what_was_never_put_is_missing(tmp_path) -> None:
    cache = FeatureCache(tmp_path / "nowhere", GIB)
    assert not cache.has(NAMES[0])
    assert cache.get(NAMES[0]) is None
    cache.trim()


@pytest.mark.parametrize("place", [0, 60, 200, -40, -1])
def test_a_flipped_bit_makes_an_entry_missing(tmp_path, place) -> None:
    cache = FeatureCache(tmp_path, GIB)
    cache.put(NAMES[0], array_of(0))
    data = bytearray(entry(cache, NAMES[0]).read_bytes())
    data[place] ^= 1
    entry(cache, NAMES[0]).write_bytes(data)
    assert cache.get(NAMES[0]) is None
    assert not cache.has(NAMES[0])  # so that it is made again
    cache.put(NAMES[0], array_of(0))
    np.testing.assert_array_equal(cache.get(NAMES[0]), array_of(0))


@pytest.mark.parametrize("left", [0, 1, 31, 32, 33, 130, -32, -1])
def test_an_entry_that_is_cut_off_is_missing(tmp_path, left) -> None:
    cache = FeatureCache(tmp_path, GIB)
    cache.put(NAMES[0], array_of(0))
    data = entry(cache, NAMES[0]).read_bytes()
    entry(cache, NAMES[0]).write_bytes(data[:left])
    assert cache.get(NAMES[0]) is None


def test_the_limit_removes_what_was_not_used_for_longest(tmp_path) -> None:
    cache = FeatureCache(tmp_path, GIB)
    for number, name in enumerate(NAMES):
        cache.put(name, array_of(number))
        os.utime(entry(cache, name), (number, number))
    cache.get(NAMES[0])  # used just now
    size = entry(cache, NAMES[0]).stat().st_size
    small = FeatureCache(tmp_path, 3 * size)
    small.trim()
    assert [name for name in NAMES if small.has(name)] == [NAMES[0], NAMES[6], NAMES[7]]


def test_the_limit_never_removes_what_is_needed(tmp_path) -> None:
    cache = FeatureCache(tmp_path, 1)
    for number, name in enumerate(NAMES):
        cache.put(name, array_of(number))
    cache.trim(NAMES[2:5])
    assert [name for name in NAMES if cache.has(name)] == NAMES[2:5]


def test_an_entry_that_is_being_written_is_left_alone_and_an_abandoned_one_removed(
    tmp_path,
) -> None:
    cache = FeatureCache(tmp_path, 1)
    cache.put(NAMES[0], array_of(0))
    fresh, old = (entry(cache, NAMES[0]).with_name(f".x.npy.{n}.new") for n in (1, 2))
    for path in (fresh, old):
        path.write_bytes(b"x" * 100)
    os.utime(old, (0, 0))
    cache.trim()
    assert [path.name for path in entry(cache, NAMES[0]).parent.iterdir()] == [fresh.name]


def test_an_environment_variable_names_the_folder(monkeypatch, tmp_path) -> None:
    assert default_folder() == tmp_path / "cache"
    monkeypatch.delenv("LABELER_CACHE")
    assert default_folder().parts[-2:] == ("labeler", "features")


def test_two_processes_share_a_cache(tmp_path) -> None:
    spawn = multiprocessing.get_context("spawn")
    wrong = spawn.Queue()
    both = [spawn.Process(target=use, args=(tmp_path, 100, wrong)) for _ in range(2)]
    for one in both:
        one.start()
    told = [wrong.get(timeout=120) for _ in both]
    for one in both:
        one.join(120)
    assert [one.exitcode for one in both] == [0, 0]
    assert told == ["", ""]


def test_a_kill_while_writing_leaves_no_wrong_entry(tmp_path) -> None:
    code = [sys.executable, cache_user.__file__, str(tmp_path)]
    writer = subprocess.Popen(code, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == "ready\n"
    while not any(tmp_path.glob("*/*.npy")):
        assert writer.poll() is None
        time.sleep(0.01)
    time.sleep(0.1)  # at any moment
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    cache = FeatureCache(tmp_path, GIB)
    present = [(number, name) for number, name in enumerate(NAMES) if cache.has(name)]
    assert present
    for number, name in present:
        np.testing.assert_array_equal(cache.get(name), array_of(number))
