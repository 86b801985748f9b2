"""Folders and label files dropped on the window."""

import json
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from labeler.errors import UsageError
from labeler.ui.kit.dropped import Dropped, meaning
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import OpenWindow, Press, wait_for_picture
from tests.labeler.ui.mouse import click

_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def drop(target: QWidget, *paths: Path) -> None:
    """What Qt sends when files are dropped over a widget, or the next one that takes drops."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    taker = target
    while not taker.acceptDrops() and taker.parentWidget() is not None:
        taker = taker.parentWidget()
    where, action = QPointF(taker.rect().center()), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(where.toPoint(), action, data, _LEFT, _NONE)
    QApplication.sendEvent(taker, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(taker, QDropEvent(where, action, data, _LEFT, _NONE))


def cutoffs(folder: Path) -> Path:
    file = folder / "cutoffs.json"
    file.write_text(json.dumps({"0": 3, "1": 4}))
    return file


def test_a_folder_dropped_on_the_start_page_opens(
    window: MainWindow, root: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.opening.opened, timeout=20_000):
        drop(window.start.open_button, root)
    qtbot.waitUntil(lambda: window.desk is not None)
    assert not window.drops.hint.isVisible()


def test_a_file_of_a_recording_means_the_recording(root: Path, tmp_path: Path) -> None:
    assert meaning([root / "meta" / "info.json"]) == Dropped(root, None)
    assert meaning([root, root / "data"]) == Dropped(root, None)
    labels = cutoffs(tmp_path)
    assert meaning([labels, root]) == Dropped(root, labels)
    assert meaning([tmp_path]) == Dropped(tmp_path, None)
    assert meaning([root, tmp_path]) == Dropped(None, None, (root, tmp_path))
    with pytest.raises(UsageError, match="2 recordings"):
        meaning([root, tmp_path, labels])


def test_a_label_file_opens_with_the_recording_that_is_open(
    open_window: OpenWindow, root: Path, tmp_path: Path, qtbot: QtBot, press: Press
) -> None:
    window = open_window(root)
    assert window.desk is not None
    press(window, "Right", "S")
    assert window.desk.session.flush(20)
    other = shutil.copy(window.desk.session.file, tmp_path / "ana.labels.json")
    press(window, "X")
    with qtbot.waitSignal(window.opening.opened, timeout=20_000):
        drop(window, other)
    qtbot.waitUntil(lambda: window.desk is not None)
    wait_for_picture(window, qtbot)
    assert window.desk.session.file == other
    assert window.desk.session.label(0).cutoff == 1
    assert not window.desk.session.label(1).decided
    assert not window.desk.session.save_state().read_only


def test_labels_of_another_tool_are_imported_even_over_a_text_field(
    open_window: OpenWindow, root: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window = open_window(root)
    desk, page = window.desk, window.page
    assert desk is not None and page is not None
    drop(page.inspector.note.viewport(), cutoffs(tmp_path))
    qtbot.waitUntil(lambda: bool(page.panels.importing.changes))
    click(page.panels.import_panel.take)
    assert desk.session.label(0).cutoff == 3
    assert page.inspector.note.toPlainText() == ""


def test_a_label_file_alone_asks_in_place_for_its_recording(
    window: MainWindow, root: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(window.start, cutoffs(tmp_path))
    notice = window.start.notice
    assert notice.head.text() == "Which recording does cutoffs.json belong to?"
    monkeypatch.setattr(
        "labeler.ui.start.page.QFileDialog.getExistingDirectory", lambda *_: str(root)
    )  # the system's own chooser cannot be driven
    with qtbot.waitSignal(window.opening.opened, timeout=20_000):
        notice.buttons[0].click()
    qtbot.waitUntil(lambda: window.desk is not None)
    assert window.desk is not None
    assert window.desk.session.label(1).cutoff == 4


def test_two_recordings_with_one_label_file_are_refused_with_a_sentence(
    window: MainWindow, root: Path, tmp_path: Path
) -> None:
    drop(window, root, tmp_path, cutoffs(tmp_path))
    assert window.status.text().startswith("2 recordings were dropped with one label file.")
    assert not window.opening.busy
