"""The command palette: every enabled command, found by typing and run by Enter."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from labeler.ui.commands.catalogue import (
    BY_ID,
    COMMANDS,
    Command,
    PageCommand,
    SingleCommand,
    SuggestionCommand,
)
from labeler.ui.commands.matching import matching
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.overlay import Overlay
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import Press


def listed(window: MainWindow) -> list[str]:
    model = window.commands.model
    return [model.command(row).id for row in range(model.rowCount())]


def type_text(text: str) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, text)


def test_it_opens_with_every_enabled_command_and_no_other(window: MainWindow, press: Press) -> None:
    press(window, "Ctrl+K")
    assert window.commands.isVisible()
    enabled = {action.objectName() for action in window.actions_by_id if action.isEnabled()}
    assert set(listed(window)) == enabled
    assert "label.success" not in enabled


def test_escape_closes_it_and_gives_the_focus_back(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    assert window.page is not None
    before = window.page.queue.view
    before.setFocus()
    for key in ("Escape", "Ctrl+K"):
        press(window, "Ctrl+K")
        assert QApplication.focusWidget() is window.commands.field
        press(window, key)
        assert not window.commands.isVisible()
        assert QApplication.focusWidget() is before
    assert not desk.label.decided


def test_typing_finds_and_enter_runs(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Ctrl+K")
    type_text("never stay")
    assert listed(window)[0] == "label.never_stay"
    assert window.commands.field.accessibleDescription() == "Never succeeds, stay"
    press(window, "Return")
    assert not window.commands.isVisible()
    assert desk.label.decided
    assert desk.episode == 0


def test_arrows_choose_and_a_click_runs(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Ctrl+K")
    type_text("frames forward")
    press(window, "Down", "Up")
    assert listed(window)[0] == "go.on_10"
    view = window.commands.view
    box = view.visualRect(window.commands.model.index(0))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert desk.playhead.frame == 10


def test_what_was_run_last_comes_first(window: MainWindow, desk: Desk, press: Press) -> None:
    for text in ("last frame", "first frame"):
        press(window, "Ctrl+K")
        type_text(text)
        press(window, "Return")
    press(window, "Ctrl+K")
    assert listed(window)[:2] == ["go.first", "go.last"]


def test_letters_that_fit_nothing_are_said(window: MainWindow, press: Press) -> None:
    press(window, "Ctrl+K")
    type_text("qqqq")
    assert window.commands.nothing.isVisible()
    press(window, "Return")
    assert window.commands.isVisible()


def run_by_name(window: MainWindow, press: Press, name: str) -> None:
    """Find a command by its text, press Enter, and see that it was that command that ran."""
    ran: list[str] = []
    told = window.actions_by_id[name].triggered.connect(lambda: ran.append(name))
    press(window, "Ctrl+K")
    type_text(BY_ID[name].text.rstrip("…"))
    assert listed(window)[0] == name
    press(window, "Return")
    assert set(ran) == {name}
    window.disconnect(told)


def test_no_command_is_without_something_to_do(window: MainWindow, desk: Desk) -> None:
    idle = [action.objectName() for action in window.actions_by_id if not action.isEnabled()]
    assert idle == []
    for kind in (Command, PageCommand, SingleCommand, SuggestionCommand):
        with pytest.raises(TypeError, match="run"):
            kind("go.nowhere", "Nowhere", "Go")


def test_every_command_runs_from_here(window: MainWindow, desk: Desk, press: Press) -> None:
    for command in COMMANDS:
        if command.group == "File":
            continue
        run_by_name(window, press, command.id)
        if (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        if any(overlay.isVisible() for overlay in window.findChildren(Overlay)):
            press(window, "Escape")
        if window.help.guide.isVisible():
            window.help.guide.close()
        assert window.pages.currentWidget() is window.page


@pytest.mark.parametrize("name", [c.id for c in COMMANDS if c.group == "File"])
def test_every_command_of_files_runs_from_here(
    window: MainWindow, desk: Desk, press: Press, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    choosers = ("getOpenFileName", "getOpenFileNames", "getSaveFileName")
    for chooser in choosers:  # the system's own cannot be driven
        monkeypatch.setattr(QFileDialog, chooser, lambda *args: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: "")
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: True)
    run_by_name(window, press, name)


def test_words_fit_at_their_start_before_anywhere_else() -> None:
    def found(query: str) -> list[str]:
        return [command.id for command in matching(query, list(COMMANDS))]

    assert found("undo")[0] == "edit.undo"
    assert found("succ")[:2] == ["label.success", "label.success_stay"]
    assert found("view sheet")[0] == "view.sheet"
    assert "go.next_undecided" in found("newad")
    assert found("") == [command.id for command in COMMANDS]
    assert found("zzz") == []


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("cutoff", {"label.success", "file.import", "file.export", "go.edge"}),
        ("json", {"file.open_labels", "file.import", "file.export"}),
        ("csv", {"file.open_labels", "file.import", "file.export"}),
        ("reward", {"label.success", "file.write"}),
        ("failure", {"label.never"}),
        ("version", {"help.about"}),
    ],
)
def test_other_words_for_the_same_are_found(word: str, names: set[str]) -> None:
    found = [command.id for command in matching(word, list(COMMANDS))]
    assert names <= set(found[:9])
