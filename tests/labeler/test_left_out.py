"""Where pandas is installed no process of ours has it: real processes, looked into."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.classifier.runs import LENGTHS, ROOT, arguments, environment, later_half, small
from tests.conftest import NO_QT

COMMAND = """
import atexit, sys
seen = lambda: {"pandas", "pyarrow", "torch"} & set(sys.modules)
atexit.register(lambda: print(*sorted(seen()), file=sys.stderr))
from labeler.__main__ import main
main()
"""


@pytest.mark.parametrize("words", [("inspect",), ("balance",)])
def test_a_command(words, recording) -> None:
    pytest.importorskip("pandas")
    call = [sys.executable, "-c", COMMAND, *words, str(recording())]
    run = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stderr.splitlines()[-1] == "pyarrow"


TRAINER = """
import atexit, contextlib, sys
import classifier.cli
# An exit handler that is registered after this one would end the process first.
classifier.cli.leave_at_once = contextlib.nullcontext
seen = lambda: {"pandas", "pyarrow", "sklearn"} & set(sys.modules)
atexit.register(lambda: print(*sorted(seen()), file=sys.stderr))
classifier.cli.main()
"""


def test_a_training(make_recording, tmp_path) -> None:
    pytest.importorskip("pandas")
    root = make_recording(lengths=LENGTHS, size=(48, 64), reward=later_half)
    given = arguments(small(root, tmp_path / "run", train__epochs=1, train__views=0))
    variables = environment() | {"LABELER_CACHE": str(tmp_path / "cache")}
    call = [sys.executable, "-c", TRAINER, *given]
    run = subprocess.run(call, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stderr.splitlines()[-1] == "pyarrow sklearn"


@pytest.fixture
def window(recording) -> Iterator[subprocess.Popen[bytes]]:
    call = [sys.executable, "-m", "labeler", str(recording())]
    variables = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(call, cwd=ROOT, env=variables) as process:
        yield process
        process.send_signal(signal.SIGTERM)


def used(place: Path) -> int:
    """Hundredths of a second that a process has computed; a window that rests needs few."""
    after_name = place.joinpath("stat").read_text().rpartition(")")[2].split()
    return int(after_name[11]) + int(after_name[12])


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="no /proc to look into a process")
@pytest.mark.skipif(bool(NO_QT), reason=NO_QT)
def test_the_window(window) -> None:
    pytest.importorskip("pandas")
    place, before = Path(f"/proc/{window.pid}"), -1
    while "/av/" not in (loaded := place.joinpath("maps").read_text()) or used(place) > before + 2:
        assert window.poll() is None
        before = used(place)
        time.sleep(1)
    assert "/pyarrow/" in loaded and "/PySide6/" in loaded
    assert not [name for name in ("/pandas/", "/torch/", "/scipy/") if name in loaded]


TRACKED = """
from labeler.left_out import leave_out, let_in
leave_out()
try:
    import pandas
except ModuleNotFoundError as error:
    print(error)
let_in()
import pandas
"""


def test_a_tracker_that_was_asked_for_has_it() -> None:
    pytest.importorskip("pandas")
    run = subprocess.run(
        [sys.executable, "-c", TRACKED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout == "pandas is left out of this process\n"
