"""Without a terminal no command is silent for long: real processes, whose lines are timed.

The heartbeat is made quick, so that small recordings show what large ones would: the longest gap
between two lines has to be a small part of the whole run. A process that a busy machine lets stand
is silent, too; so a command is started up to three times, and fails where it is silent each time.
How long a gap may be in seconds is held by tests/labeler/console/test_heartbeat.py.
"""

import itertools
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.classifier.cli.test_every_next_line import LINES
from tests.classifier.cli.walking import call
from tests.labeler.hub.conftest import NAME

# huggingface_hub 2.4 hands files to httpx2 in a way that httpx2 advises against (lfs.py).
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
ROOT = Path(__file__).resolve().parents[3]
EVERY = 0.1  # s
PACKAGES = {"labeler": "labeler", "labeler-train": "classifier"}
CODE = """
import sys
import labeler.console.heartbeat as heartbeat
heartbeat.EVERY = float(sys.argv.pop(1))
from {package}.__main__ import main
main()
"""
LONG = ("apply", "check", "demo", "export", "inspect", "merge", "review", "split")
HUB = ("status", "push", "download")
LONG_OF_TRAINER = ("evaluate", "predict", "preview", "train")
NAMES = [
    *(f"labeler {one}" for one in LONG),
    *(f"labeler hub {one}" for one in HUB),
    *(f"labeler-train {one}" for one in LONG_OF_TRAINER),
]


def gaps(name: str, words: Callable[[str], list[str]], every: float) -> Iterator[float]:
    """What `longest_gap` says of a command, of each of up to three starts."""
    return (longest_gap(name, words(name), every) for _ in range(3))


def longest_gap(name: str, words: list[str], every: float) -> float:
    """The longest silence of a process as a share of the time that it took."""
    program, *command = name.split()
    code = CODE.format(package=PACKAGES[program])
    call = [sys.executable, "-c", code, str(every), *command, *words]
    moments = [time.monotonic()]
    with subprocess.Popen(
        call, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        moments += [time.monotonic() for _ in process.stdout]
    assert process.returncode == 0
    moments.append(time.monotonic())
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    return max(gaps) / (moments[-1] - moments[0])


@pytest.fixture
def words(places, hub, tmp_path, monkeypatch):
    """Function that gives the words of a command, each time to be run in a folder of its own."""
    for name, value in (("ENDPOINT", hub.endpoint), ("HUB_DISABLE_XET", "1"), ("HUB_OFFLINE", "0")):
        monkeypatch.setenv(f"HF_{name}", value)
    monkeypatch.delenv("LABELER_HEARTBEAT")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    numbers = itertools.count()

    def line(name: str) -> list[str]:
        folder = tmp_path / str(next(numbers))
        given = places | {"new": folder / "new", "demo": folder / "demo"}
        shutil.copytree(places["demo"], given["demo"])
        monkeypatch.chdir(folder)
        monkeypatch.setenv("LABELER_CACHE", str(folder / "cache"))
        if name in ("labeler hub status", "labeler hub download"):
            assert call("labeler hub push", places["copy"], "--repo-id", NAME).exit_code == 0
        return LINES[name][-1].format(**given).split()

    return line


@pytest.mark.parametrize("name", NAMES)
def test_no_silence_takes_most_of_a_command(name, words) -> None:
    assert any(gap < 2 / 3 for gap in gaps(name, words, EVERY))


def test_a_command_without_a_heartbeat_would_be_found(words) -> None:
    assert any(gap > 2 / 3 for gap in gaps("labeler apply", words, 3600))
