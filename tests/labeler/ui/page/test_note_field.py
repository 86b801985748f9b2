"""The note: what is typed is kept for the right episode and never labels."""

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labeler.labels import EpisodeLabel, State
from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import LENGTHS, Press
from tests.labeler.ui.mouse import button, click, click_row

LETTERS = "sxdrefnbcvugjkl hello,.[]"


def type_text(text: str) -> None:
    QTest.keyClicks(QApplication.focusWidget(), text)


def test_typed_letters_never_label_nor_move(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Right", "N")
    type_text(LETTERS)
    assert desk.session.labels().touched == {}
    assert (desk.episode, desk.playhead.frame, desk.playhead.playing) == (0, 1, False)
    press(window, "Home", "End", "Left", "Up", "Down", "Backspace")
    assert (desk.episode, desk.playhead.frame) == (0, 1)
    press(window, "Return")
    assert desk.label.note == LETTERS[:-2] + LETTERS[-1]
    assert desk.label.state is State.UNLABELED


def test_enter_keeps_and_gives_the_keys_back(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "N")
    type_text("gripper slipped")
    press(window, "Return", "Home", "S")
    label = desk.session.label(0)
    assert (label.note, label.cutoff) == ("gripper slipped", 0)
    assert desk.episode == 1


def test_shift_enter_begins_a_line(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "N")
    type_text("one")
    press(window, "Shift+Return")
    type_text("two")
    press(window, "Return")
    assert desk.label.note == "one\ntwo"


def test_escape_gives_the_former_note_back(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "N")
    type_text("first")
    press(window, "Return", "N")
    type_text(" second")
    press(window, "Esc")
    assert desk.label.note == window.page.inspector.note.toPlainText() == "first"


def test_leaving_by_mouse_keeps_it_for_the_right_episode(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "N")
    type_text("of the first")
    click_row(window.page.queue.view, 2)
    assert desk.episode == 2
    assert desk.session.label(0).note == "of the first"
    assert desk.session.label(2) == EpisodeLabel(LENGTHS[2])
    assert window.page.inspector.note.toPlainText() == ""


def test_a_button_keeps_it_for_the_right_episode(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "Right", "N")
    type_text("with a decision")
    click(button(window, "Success from here"))
    label = desk.session.label(0)
    assert (label.note, label.cutoff) == ("with a decision", 1)
    assert desk.session.label(1).note == ""


def test_undo_takes_the_note_back_where_it_was_written(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, *["Right"] * 5, "N")
    type_text("here")
    click_row(window.page.queue.view, 1)
    press(window, "Ctrl+Z")
    assert (desk.episode, desk.playhead.frame) == (0, 5)
    assert desk.label.note == "" == window.page.inspector.note.toPlainText()


@pytest.mark.parametrize("note", ["  indented", "one\r\ntwo", "a\u00a0b", "tail \n"])
def test_looking_at_a_note_changes_nothing(
    window: MainWindow, desk: Desk, press: Press, note
) -> None:
    label = EpisodeLabel(LENGTHS[1], note=note)
    desk.session.decide(1, label, frame=0, what="import")
    press(window, "Down", "N", "Return", "Down", "Up", "N", "Esc")
    assert desk.session.label(1).note == note
    assert desk.session.undo_text == "import"


def test_closing_keeps_what_was_typed(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    press(window, "N")
    type_text("last words")
    session = desk.session
    window.show_start()
    assert session.label(0).note == "last words"


def test_a_flag_with_a_reason(window: MainWindow, desk: Desk, press: Press) -> None:
    box = window.page.inspector.flag_reason
    assert box.currentText() == "not flagged"
    press(window, "F")
    assert box.currentText() == "flagged"
    reason = desk.preferences.flag_reasons[0]
    index = box.findText(reason)
    box.setCurrentIndex(index)
    box.activated.emit(index)
    assert desk.label.flag == reason
    press(window, "Down")
    assert box.currentText() == "not flagged"
    press(window, "Up", "F")
    assert desk.label.flag is None and box.currentText() == "not flagged"
    desk.session.decide(0, EpisodeLabel(LENGTHS[0], flag="my own"), frame=0, what="import")
    assert box.currentText() == "my own"
