"""The real program in a process of its own: killed right after a key, the decision is there."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from labeler.labels import State
from labeler.session import Session

REPOSITORY = Path(__file__).resolve().parents[4]
# The window as `labeler ROOT` opens it; a key comes as soon as the first picture is on the screen.
OPERATOR = """
import os, signal, sys
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from labeler.ui.window.main_window import MainWindow

def window():
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))

def act():
    main = window()
    if main.page is None or main.page.stage.large.on_screen[0] != 0:
        QTimer.singleShot(20, act)
        return
    for key in sys.argv[2].split(","):
        QTest.keyClick(main, getattr(Qt.Key, key))
    print("pressed", flush=True)
    if sys.argv[3] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if sys.argv[3] == "inside":
        signal.raise_signal(signal.SIGTERM)
        print("visible" if main.isVisible() else "gone", flush=True)
    if sys.argv[3] == "defect":
        print(main.status.text(), flush=True)
        main.close()

QTimer.singleShot(0, act)
EXTRA
from labeler.__main__ import main
main([sys.argv[1]])
"""
DEFECT = """
from labeler.ui.commands.moving import Moving
Moving.to_end = lambda self: 1 / 0
"""


def operate(root: Path, keys: str, end: str, extra: str = "") -> subprocess.Popen[str]:
    """The program, which presses keys in its own window and then ends or waits."""
    program = OPERATOR.replace("EXTRA", extra)
    return subprocess.Popen(
        [sys.executable, "-c", program, str(root), keys, end],
        cwd=REPOSITORY,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )


@pytest.mark.parametrize("run", range(3))
def test_killed_right_after_a_key(make_recording, run) -> None:
    root = make_recording(lengths=(12, 9, 15))
    process = operate(root, "Key_Right,Key_Right,Key_S,Key_X", "kill")
    output, errors = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, errors
    assert output == "pressed\n"
    session = Session.open(root)
    try:
        assert session.label(0).cutoff == 2
        assert session.label(1).state is State.NEVER
        assert session.save_state().recovered == 2
        assert session.save_state().read_only == ""
    finally:
        session.close()


def test_an_error_of_ours_is_reported_and_costs_no_label(make_recording, own_folders) -> None:
    root = make_recording(lengths=(12, 9, 15))
    process = operate(root, "Key_Home,Key_S,Key_End,Key_X", "defect", DEFECT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert "ZeroDivisionError" in errors
    (report,) = own_folders.rglob("crash-*.txt")
    assert "ZeroDivisionError" in report.read_text()
    session = Session.open(root)
    try:
        assert session.label(0).cutoff == 0
        assert session.label(1).state is State.NEVER
        assert session.save_state().recovered == 0  # written at the regular end
    finally:
        session.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ended_by_a_signal_it_writes_the_label_file(make_recording, own_folders, number) -> None:
    root = make_recording(lengths=(12, 9, 15))
    process = operate(root, "Key_Home,Key_S", "wait")
    assert process.stdout is not None and process.stdout.readline() == "pressed\n"
    process.send_signal(number)
    process.communicate(timeout=120)
    assert process.returncode == 0
    (file,) = own_folders.rglob("*.labels.json")
    assert '"success"' in file.read_text()
    assert not list(own_folders.rglob("*.journal"))


def test_a_signal_ends_it_between_two_events_only(make_recording) -> None:
    """In the middle of anything else a lock may be held that closing waits for."""
    process = operate(make_recording(lengths=(12, 9, 15)), "Key_Home,Key_S", "inside")
    output, errors = process.communicate(timeout=120)
    assert output.split() == ["pressed", "visible"]
    assert process.returncode == 0, errors
