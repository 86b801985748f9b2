"""Whoever reads a copy file by file while it is updated sees old or new labels, never both."""

import subprocess
import sys
import threading
import time

import pytest

from labeler.dataset import open_dataset, steady
from labeler.dataset.labels_of import labels_of
from labeler.dataset.steady import UNFINISHED
from labeler.errors import InterruptedCopyError
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.episode import with_cutoff
from labeler.storage.copying.guarded_copy import write_copy
from labeler.storage.copying.preparation import prepare
from labeler.storage.record.copy_record import Options
from tests.labeler.storage.faults.scene import REPOSITORY

EPISODES, LENGTH = 40, 4
EXPECTED = {
    "labels": {"[0]", "[2]"},
    "check": {"[]"},
    "inspect": {f"([], {EPISODES * LENGTH})", f"([], {EPISODES * (LENGTH - 2)})"},
}


@pytest.fixture
def source(make_recording):
    return make_recording("v2.1", (LENGTH,) * EPISODES, size=(32, 32), kind="image")


def apply(source, cutoff):
    destination = source.with_name("copy")
    with open_dataset(source) as dataset:
        lengths = dataset.lengths.tolist()
        labels = {e: with_cutoff(EpisodeLabel(n), cutoff) for e, n in enumerate(lengths)}
        prepared = prepare(dataset, DatasetLabels(lengths, labels), destination, Options())
        write_copy(prepared)
    return destination


@pytest.mark.parametrize("how", EXPECTED)
def test_readers_see_one_state(source, how):
    copy = apply(source, 0)
    reader = subprocess.Popen(
        [sys.executable, "-m", "tests.labeler.storage.copying.reader", str(copy), how],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with reader:
        found = [reader.stdout.readline().strip()]  # it has begun
        for number in range(12):
            apply(source, 0 if number % 2 else 2)
            if number == 0:  # which it has to meet before the others come
                found += [reader.stdout.readline().strip() for _ in EXPECTED[how] - {found[0]}]
        reader.stdin.close()
        found += reader.stdout.read().split("\n")[:-1]
    assert reader.returncode == 0
    assert found[-1].startswith("done ")
    assert set(found[:-1]) == EXPECTED[how]


def test_a_reader_waits_for_the_end_of_a_change(source):
    """Files keep going from `staged` to their places, so that somebody must be at work."""
    copy = apply(source, 0)
    staged = copy / "meta/labeler/staged"
    staged.mkdir()
    for number in range(5):
        (staged / f"{number}.staged").write_text("")
    (copy / UNFINISHED).write_text("{}")

    def work():
        for number in range(5):
            time.sleep(1)
            (staged / f"{number}.staged").unlink()
        (copy / UNFINISHED).unlink()

    worker = threading.Thread(target=work)
    worker.start()
    with open_dataset(copy) as dataset:
        assert not (copy / UNFINISHED).exists()
        assert len(labels_of(dataset)) == EPISODES
    worker.join()


def test_a_machine_that_stood_still_is_no_end_of_a_change(source, monkeypatch):
    """As one that slept while a copy was written: reader and writer go on together."""
    copy = apply(source, 0)
    (copy / UNFINISHED).write_text("{}")
    sleep, nights = time.sleep, [3.5]

    def asleep(seconds):
        if nights:
            sleep(nights.pop())
        else:
            sleep(seconds)
            (copy / UNFINISHED).unlink(missing_ok=True)

    monkeypatch.setattr(steady.time, "sleep", asleep)
    with open_dataset(copy) as dataset:
        assert len(labels_of(dataset)) == EPISODES


def test_a_change_that_nobody_completes_is_told(source):
    copy = apply(source, 0)
    (copy / UNFINISHED).write_text("{}")
    with pytest.raises(InterruptedCopyError, match="was interrupted"):
        open_dataset(copy)
