"""A command beside the window, whatever it prints and however it ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from labeler.contracts.events import Event, Failed, Warned, line
from labeler.cures import CheckRevision, Retry
from labeler.runs import process
from labeler.runs.failure import Failure
from labeler.ui.kit.processes import Tool
from tests.labeler.ui.training.conftest import small_settings, wait_for

GOOD = line(Warned(message="it goes on"))
NEWER = GOOD.replace('"version": 1', '"version": 2')


@pytest.fixture
def parent(qapp) -> QObject:
    return QObject()


def run(parent: QObject, qtbot: QtBot, program: str) -> tuple[list[Event], Failure | None]:
    """What a Python program tells by events, and what is said of its end."""
    told: list[Event] = []
    ended: list[Failure | None] = []
    tool = Tool(parent, (sys.executable, "-c", program))
    tool.start([], ended.append, told.append)
    assert tool.running
    wait_for(qtbot, lambda: ended)
    assert not tool.running
    return told, ended[0]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("", []),
        (f"\x00\x01 nonsense\n[1]\n{GOOD}\n", ["it goes on"]),
        (f"{GOOD}\n{GOOD[:20]}", ["it goes on"]),
        (f"{NEWER}\n{GOOD}\n", ["it goes on"]),
    ],
    ids=["nothing", "garbage", "half a line", "newer"],
)
def test_only_whole_events_that_are_known_are_heard(
    parent: QObject, qtbot: QtBot, printed: str, expected: list[str]
) -> None:
    told, problem = run(parent, qtbot, f"import sys; sys.stdout.write({printed!r})")
    assert [event.message for event in told if isinstance(event, Warned)] == expected
    assert len(told) == len(expected)
    assert problem is None


def test_a_line_that_comes_in_parts_is_one_event(parent: QObject, qtbot: QtBot) -> None:
    parts = GOOD[:30], GOOD[30:] + "\n"
    program = f"""
import sys, time
for part in {parts!r}:
    sys.stdout.write(part); sys.stdout.flush(); time.sleep(0.2)
"""
    told, _ = run(parent, qtbot, program)
    assert told == [Warned(message="it goes on")]


def test_an_error_is_said_with_its_cure(parent: QObject, qtbot: QtBot) -> None:
    failed = line(Failed(message="No such revision.", cures=(CheckRevision(),)))
    program = f"import sys; print({failed!r}); sys.exit('labeler: No.\\n' + {failed!r})"
    told, problem = run(parent, qtbot, program)
    assert problem == Failure("No such revision.", (CheckRevision(),))
    assert told == [Failed(message="No such revision.", cures=(CheckRevision(),))]


def test_what_a_command_says_to_a_terminal_is_not_taken_for_a_cure(
    parent: QObject, qtbot: QtBot
) -> None:
    program = "import sys; sys.exit('labeler-train: No label.\\nAdd --labels FILE.')"
    _, problem = run(parent, qtbot, program)
    assert problem == Failure("No label.")


def test_a_kill_is_said(parent: QObject, qtbot: QtBot) -> None:
    _, problem = run(parent, qtbot, "import os; os.kill(os.getpid(), 9)")
    assert problem is not None and problem.cures == (Retry(),)
    assert problem.message.startswith("The training program stopped unexpectedly")


def test_closing_ends_it_without_a_word(parent: QObject, qtbot: QtBot) -> None:
    ended: list[Failure | None] = []
    tool = Tool(parent, (sys.executable, "-c", "import time; time.sleep(600)"))
    tool.start([], ended.append, lambda event: None)
    wait_for(qtbot, lambda: tool.pid)
    pid, born = tool.pid, process.birth(tool.pid)
    assert process.alive(pid, born) or not born
    tool.close()
    assert not process.alive(pid, born)
    assert pid != os.getpid()
    qtbot.wait(50)
    assert ended == []


WINDOW = """
import sys
from PySide6.QtCore import QCoreApplication
from labeler.ui.kit.processes import Tool
app = QCoreApplication([])
tool = Tool(app)
tool.start(sys.argv[1:], print, lambda event: print(tool.pid, flush=True))
app.exec()
"""


def test_an_attached_training_ends_with_a_window_that_was_killed(
    small_root: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    settings, labels = tmp_path / "train.json", tmp_path / "labels.json"
    settings.write_text(small_settings(train__suggestions_only=True, steps=10_000_000))
    labels.write_text('{"0": 5, "1": 6, "2": 7, "3": 5}')
    told = [
        str(small_root), f"--config_path={settings}", f"--labels={labels}",
        f"--output_dir={tmp_path / 'run'}", "--events=-", "--attached",
    ]  # fmt: skip
    command = [sys.executable, "-c", WINDOW, *told]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as window:
        pid = int(window.stdout.readline())
        born = process.birth(pid)
        assert process.alive(pid, born)
        window.kill()
    wait_for(qtbot, lambda: not process.alive(pid, born))
    assert not (tmp_path / "run" / "probabilities.parquet").exists()
