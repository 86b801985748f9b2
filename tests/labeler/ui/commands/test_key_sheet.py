"""The key sheet: all commands with the keys that they have now."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from labeler.ui.commands.catalogue import COMMANDS, GROUPS
from labeler.ui.commands.key_sheet import KeyLine, columns
from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import Press


def lines(window: MainWindow) -> dict[str, list[str]]:
    return {line.text: line.keys for line in window.help.key_sheet.area.findChildren(KeyLine)}


@pytest.mark.parametrize("key", ["Escape", "?"])
def test_it_opens_and_closes_by_key(window: MainWindow, desk: Desk, press: Press, key: str) -> None:
    press(window, "?")
    assert window.help.key_sheet.isVisible()
    assert lines(window)["Success from here, next"] == ["S"]
    assert lines(window)["Accept suggestion, next"] == ["Enter"]
    assert len(lines(window)) == len(COMMANDS)
    press(window, "S", "X", "Backspace", "Ctrl+Z", "Tab")  # reach no command
    assert not desk.label.decided
    press(window, key)
    assert not window.help.key_sheet.isVisible()
    press(window, "Home", "S")
    assert desk.session.label(0).decided


def test_a_real_question_mark_comes_with_shift(window: MainWindow, press: Press) -> None:
    press(window, "?")
    QTest.keyClick(
        window.help.key_sheet.area, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier
    )
    assert not window.help.key_sheet.isVisible()


def test_it_shows_changed_keys(window: MainWindow, press: Press) -> None:
    keys = {"label.success": ["Ctrl+J"], "view.keys": ["F2"]}
    window.use(window.preferences.model_copy(update={"keys": keys}))
    press(window, "F2")
    assert lines(window)["Success from here, next"] == ["Ctrl+J"]
    press(window, "F2")
    assert not window.help.key_sheet.isVisible()


def test_everything_fits_at_1280_by_800(window: MainWindow, press: Press) -> None:
    window.resize(1280, 800)
    press(window, "?")
    QApplication.processEvents()  # the scroll bar goes where it is not needed
    sheet = window.help.key_sheet
    assert sheet.area.widget().height() <= sheet.area.viewport().height()
    assert sheet.area.widget().width() <= sheet.area.viewport().width()
    for line in sheet.area.findChildren(KeyLine):
        assert line.width() >= line.sizeHint().width(), line.text


def test_a_click_beside_it_closes_it(window: MainWindow, press: Press) -> None:
    press(window, "?")
    QTest.mouseClick(window.help.key_sheet, Qt.MouseButton.LeftButton, pos=QPoint(5, 60))
    assert not window.help.key_sheet.isVisible()


def test_groups_are_dealt_into_columns_of_like_height() -> None:
    assert sorted(g for groups in columns(4) for g in groups) == sorted(GROUPS)
    assert all(len(groups) <= 2 for groups in columns(4))
