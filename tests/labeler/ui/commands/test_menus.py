"""The menus have every command in one place each, and open by their letters."""

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from labeler.session.recent import recent
from labeler.ui.commands.catalogue import BY_ID, COMMANDS
from labeler.ui.commands.menus import MENUS, with_mnemonics
from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import Press, wait_for_picture


def menus(window: MainWindow) -> dict[str, QMenu]:
    found = {}
    for action in window.menuBar().actions():
        menu = action.menu()
        assert isinstance(menu, QMenu)
        found[action.text()] = menu
    return found


def entries(menu: QMenu) -> list[QAction]:
    return [action for action in menu.actions() if not action.isSeparator()]


def test_every_command_is_in_the_menu_of_its_group_and_in_no_other(window: MainWindow) -> None:
    held: Counter[str] = Counter()
    for title, menu in menus(window).items():
        for action in menu.actions():
            if action.objectName() in BY_ID:
                held[action.objectName()] += 1
                assert BY_ID[action.objectName()].group == title.replace("&", "")
    assert held == Counter(command.id for command in COMMANDS)


def test_no_two_entries_of_a_menu_have_one_letter(window: MainWindow) -> None:
    for menu in (window.menuBar(), *menus(window).values()):
        letters = [
            action.text()[action.text().index("&") + 1].lower()
            for action in menu.actions()
            if action.text().replace("&&", "").count("&")
        ]
        assert len(letters) == len(set(letters)), letters
    assert with_mnemonics(["Undo", "Until", "Un", "Nu"]) == ["&Undo", "U&ntil", "Un", "Nu"]


def test_sections_are_separated(window: MainWindow) -> None:
    for title, menu in menus(window).items():
        lines = sum(action.isSeparator() for action in menu.actions())
        assert lines == len(MENUS[title]) - 1
        assert not menu.actions()[0].isSeparator() and not menu.actions()[-1].isSeparator()


def test_a_command_is_run_from_its_menu_by_letters(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "Right", "Right")
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    menu = QApplication.activePopupWidget()
    assert menu is menus(window)["&Label"]
    QTest.keyClick(menu, Qt.Key.Key_S)
    assert desk.session.label(0).cutoff == 2


def test_recent_recordings_are_opened_from_the_menu(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    root = desk.session.dataset.root
    press(window, "Ctrl+Home")
    assert window.desk is None
    assert [entry.root for entry in recent()] == [root]
    window.recent_menu.aboutToShow.emit()
    (entry,) = window.recent_menu.actions()
    assert entry.text() == f"&1  {root.name}" and entry.toolTip() == str(root)
    with qtbot.waitSignal(window.opening.opened):
        entry.trigger()
    wait_for_picture(window, qtbot)
    assert window.desk is not None and window.desk.session.dataset.root == root


def test_without_any_recent_recording_the_menu_says_so(window: MainWindow) -> None:
    window.recent_menu.aboutToShow.emit()
    (entry,) = window.recent_menu.actions()
    assert not entry.isEnabled()


@pytest.mark.parametrize("times", [1, 2])
def test_f11_fills_the_screen_and_gives_it_back(
    window: MainWindow, press: Press, times: int
) -> None:
    before = window.size()
    press(window, *["F11"] * times)
    assert window.isFullScreen() is (times == 1)
    assert window.actions_by_id["view.full_screen"].isChecked() is (times == 1)
    if times == 2:
        assert window.size() == before
