"""`Dataset statistics` says in the window what `labeler inspect` says, and blocks nothing."""

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import OpenWindow, Press


def said_by_the_command(root: Path) -> str:
    command = [sys.executable, "-m", "labeler", "inspect", str(root)]
    wide = {**os.environ, "COLUMNS": "2000"}
    done = subprocess.run(command, capture_output=True, text=True, env=wide)
    return " ".join(done.stdout.split())


def test_it_says_what_the_command_says_and_can_be_copied(
    window: MainWindow, desk: Desk, press: Press, root: Path, qtbot: QtBot
) -> None:
    window.actions_by_id["file.inspect"].trigger()
    panel = window.page.panels.inspection_panel
    qtbot.waitUntil(panel.copy_button.isEnabled)
    text, command = panel.text.toPlainText(), said_by_the_command(root)
    for line in text.splitlines():
        name, _, value = line.partition(": ")
        if name in ("format", "robot", "frames", "lengths", "tasks", "columns", "labels", "size"):
            assert f"{name} {value}" in command, line
    assert "110 in 4 episodes" in text and "observation.images.front" in text
    assert "--" not in text and "`" not in text
    panel.copy_button.click()
    assert QGuiApplication.clipboard().text() == text
    press(window, "X")
    assert desk.session.label(0).decided, "labelling goes on beside it"


def test_what_is_odd_is_said_there_too(
    open_window: OpenWindow, make_recording, qtbot: QtBot
) -> None:
    root: Path = make_recording("v3.0", (12, 9), name="pick_cube")
    (root / "data" / "chunk-000" / "stray.parquet").write_bytes(b"no parquet")
    window = open_window(root)
    window.actions_by_id["file.inspect"].trigger()
    panel = window.page.panels.inspection_panel
    qtbot.waitUntil(panel.copy_button.isEnabled)
    assert "What does not add up" in panel.text.toPlainText()
    assert "stray.parquet" in panel.text.toPlainText()


def test_closing_it_ends_the_reading(window: MainWindow, desk: Desk, press: Press) -> None:
    window.actions_by_id["file.inspect"].press()
    panel = window.page.panels.inspection_panel
    assert panel.bar.isVisible() and not panel.copy_button.isEnabled()
    work = panel._work
    press(window, "Escape")
    assert work is not None and not work.running
    assert window.page.panels.shown is None
