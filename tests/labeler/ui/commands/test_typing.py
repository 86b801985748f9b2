"""Keys belong to the field or button that has the focus before they are commands."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QToolButton
from pytestqt.qtbot import QtBot

from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import Press

EVERY_KEY = "SsXxDdEeRrFfNnUuGgBbCcVvJjKkLl[],.?+-=0 "


@pytest.mark.parametrize("field", ["note", "search"])
def test_keys_typed_into_a_text_field_label_nothing_and_move_nothing(
    window: MainWindow, desk: Desk, press: Press, field: str
) -> None:
    page = window.page
    assert page is not None
    target = page.inspector.note if field == "note" else page.queue.search
    target.setFocus()
    QTest.keyClicks(target, EVERY_KEY)
    press(window, "Left", "Right", "Home", "End", "Backspace", "Shift+Left", "Up", "Down", "Del")
    press(window, "Ctrl+Right", "Ctrl+Left", "Ctrl+Z", "Shift+Return")
    assert QApplication.focusWidget() is target
    press(window, "Return")
    assert (desk.episode, desk.playhead.frame, desk.playhead.playing) == (0, 0, False)
    assert not desk.label.decided and desk.label.flag is None and not desk.label.excluded
    assert not window.help.key_sheet.isVisible() and not window.go_to.isVisible()


def test_a_character_made_with_altgr_stays_in_the_field(window: MainWindow, desk: Desk) -> None:
    assert window.page is not None
    search = window.page.queue.search
    desk.playhead.go(5)
    desk.session.decide(0, desk.label, frame=5, what="")
    search.setFocus()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    for modifiers in (Qt.KeyboardModifier.GroupSwitchModifier, both):
        QTest.keyClick(search, Qt.Key.Key_BracketLeft, modifiers)
    assert desk.playhead.frame == 5


@pytest.mark.parametrize("key", ["Space", "Return", "Enter"])
def test_space_and_enter_press_the_focused_button_and_nothing_else(
    window: MainWindow, desk: Desk, press: Press, key: str
) -> None:
    assert window.page is not None
    button = next(
        b for b in window.page.inspector.findChildren(QToolButton) if b.text().startswith("Never")
    )
    button.setFocus()
    press(window, key)
    assert desk.session.label(0).state.value == "never"
    assert not desk.playhead.playing
    assert not window.status.text().startswith("There is no suggestion")


def test_space_and_enter_play_and_accept_elsewhere(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "Return")
    assert window.status.text() == "There is no suggestion for this episode."
    press(window, "Space")
    assert desk.playhead.playing
    press(window, "Space")
    assert not desk.playhead.playing


def test_an_open_list_takes_the_letters(window: MainWindow, desk: Desk, press: Press) -> None:
    assert window.page is not None
    box: QComboBox = window.page.queue.show_box
    box.showPopup()
    press(window, "S", "X", "Escape")
    assert not desk.label.decided
    assert desk.episode == 0


def test_a_click_on_a_button_does_not_give_it_the_focus(window: MainWindow, desk: Desk) -> None:
    assert window.page is not None
    button = next(
        b for b in window.page.inspector.findChildren(QToolButton) if b.text().startswith("Never")
    )
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.session.label(0).decided
    assert QApplication.focusWidget() is not button


LABELLING = (
    "S", "Shift+S", "X", "D", "R", "E", "F", "N", "Backspace", "Return", "Shift+Return", "U",
    "Alt+Left", "Alt+Right", "Ctrl+Z", "Ctrl+Y", "Ctrl+Shift+Z", "Space", "Right", "Down", "]",
)  # fmt: skip


def everything(desk: Desk) -> object:
    labels = [desk.session.label(episode) for episode in range(len(desk.session.dataset))]
    return labels, desk.episode, desk.playhead.frame, desk.playhead.playing, desk.range_start


def test_keys_in_the_training_dock_reach_no_label(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    page = window.page
    assert page is not None
    press(window, "Right", "Right", "Shift+S")
    window.actions_by_id["train.new"].trigger()
    qtbot.waitUntil(lambda: page.training.dock is not None)
    dock = page.training.dock
    assert dock is not None
    qtbot.waitUntil(dock.form.hasFocus)
    before = everything(desk)
    for widget in (dock.form, dock.table, dock.form.advanced.table, dock.results_button):
        dock.form.advanced_button.setChecked(widget is dock.form.advanced.table)
        widget.setFocus()
        press(window, *LABELLING)
        for popup in iter(QApplication.activePopupWidget, None):
            popup.close()
        assert everything(desk) == before, widget
    dock.table.setFocus()
    press(window, "Escape")
    assert page.training.isVisible() and not page.training.isAncestorOf(QApplication.focusWidget())
    press(window, "Backspace")
    assert not desk.label.decided, "keys reach the label again"


def test_keys_in_a_side_panel_reach_no_label(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Right", "Right", "Shift+S", "Ctrl+E")
    panel = window.page.panels.export_panel
    before = everything(desk)
    form = next(iter(panel.forms.values()))
    form.setFocus()
    press(window, *LABELLING)
    assert everything(desk) == before
    press(window, "Escape", "Backspace")
    assert not panel.isVisible() and not desk.label.decided
