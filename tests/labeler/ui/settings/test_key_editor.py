"""The key editor: new keys by pressing them, conflicts in both rows, kept over a restart."""

import json

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from labeler.session.preferences import read_preferences, settings_file
from labeler.ui.commands.catalogue import COMMANDS
from labeler.ui.commands.changed_keys import KeyMap
from labeler.ui.desk.desk import Desk
from labeler.ui.settings.key_delegate import KeyField
from labeler.ui.settings.key_editor import KeyEditor
from labeler.ui.settings.key_model import CLAIMED, COMMAND, KEY, REMARK
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import NewWindow, OpenWindow, Press

ROW = {command.id: row for row, command in enumerate(COMMANDS)}


@pytest.fixture
def editor(window: MainWindow, press: Press) -> KeyEditor:
    press(window, "Ctrl+,")
    window.settings.keys.table.setFocus()
    return window.settings.keys


def select(editor: KeyEditor, name: str) -> None:
    editor.table.setCurrentIndex(cell(editor, name, COMMAND))


def cell(editor: KeyEditor, name: str, column: int) -> QModelIndex:
    return editor.rows.mapFromSource(editor.model.index(ROW[name], column))


def keys_of(window: MainWindow, name: str) -> list[str]:
    return [key.toString() for key in window.actions_by_id[name].shortcuts()]


def test_no_two_commands_have_the_same_default_key() -> None:
    assert KeyMap().conflicts == {}


@pytest.mark.parametrize("key", ["Ctrl+J", "P", "Shift+F3", ";", "Return"])
def test_a_key_is_changed_by_pressing_it_and_survives_a_restart(
    window: MainWindow, editor: KeyEditor, press: Press, new_window: NewWindow, key: str
) -> None:
    if key == "Return":
        window.use(window.preferences.model_copy(update={"keys": {"label.accept": []}}))
    select(editor, "label.success")
    press(window, "Return")
    assert isinstance(QApplication.focusWidget(), KeyField)
    press(window, key)
    assert keys_of(window, "label.success") == [key]
    assert json.loads(settings_file().read_text())["keys"]["label.success"] == [key]
    assert editor.model.remark("label.success") == "changed, default: S"
    again = new_window()
    assert keys_of(again, "label.success") == [key]


def test_the_new_key_labels_and_the_old_one_does_not(
    open_window: OpenWindow, root: object, window: MainWindow, press: Press
) -> None:
    window = open_window(root)  # type: ignore[arg-type]
    desk = window.desk
    assert desk is not None
    press(window, "Ctrl+,")
    select(window.settings.keys, "label.success")
    window.settings.keys.change.click()
    press(window, "P", "Escape", "S")
    assert not desk.session.label(0).decided
    press(window, "Home", "P")
    assert desk.session.label(0).decided


def test_a_second_key_is_added_and_all_go_back_to_their_defaults(
    window: MainWindow, editor: KeyEditor, press: Press
) -> None:
    select(editor, "label.flag")
    editor.add.click()
    press(window, "Ctrl+F")
    assert keys_of(window, "label.flag") == ["F", "Ctrl+F"]
    editor.reset.click()
    assert keys_of(window, "label.flag") == ["F"]
    editor.remove.click()
    assert keys_of(window, "label.flag") == []
    assert read_preferences().keys == {"label.flag": []}
    editor.reset_all.click()
    assert keys_of(window, "label.flag") == ["F"]
    assert read_preferences().keys == {}


def test_a_conflict_is_shown_in_both_rows_and_refused_until_one_has_the_key(
    window: MainWindow, editor: KeyEditor, press: Press
) -> None:
    select(editor, "label.flag")
    press(window, "Return", "S")
    assert cell(editor, "label.flag", REMARK).data() == "S is also “Success from here, next”"
    assert cell(editor, "label.success", REMARK).data() == "S is also “Flag”"
    assert cell(editor, "label.success", KEY).data(CLAIMED) == ["S"]
    assert "“Success from here, next” and “Flag”" in editor.told.text()
    assert keys_of(window, "label.flag") == ["F"]
    assert keys_of(window, "label.success") == ["S"]
    assert not settings_file().exists()
    assert editor.settle.text() == "Only “Flag”"
    editor.settle.click()
    assert keys_of(window, "label.flag") == ["S"]
    assert keys_of(window, "label.success") == []
    assert read_preferences().keys == {"label.flag": ["S"], "label.success": []}
    assert not editor.settle.isVisible()


def test_a_conflict_that_is_left_unsettled_changes_nothing(
    window: MainWindow, editor: KeyEditor, press: Press
) -> None:
    select(editor, "label.flag")
    press(window, "Return", "S", "Escape")
    assert window.pages.currentWidget() is window.start
    assert window.status.text() == "The keys were not changed: the conflict was not resolved."
    assert keys_of(window, "label.flag") == ["F"]
    press(window, "Ctrl+,")
    assert editor.model.map == KeyMap()


def test_a_conflict_in_the_settings_file_runs_neither_and_is_shown(
    new_window: NewWindow, press: Press
) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text(json.dumps({"keys": {"label.flag": ["S", "F"], "x.y": ["Q"]}}))
    window = new_window()
    assert keys_of(window, "label.success") == []
    assert keys_of(window, "label.flag") == ["F"]
    press(window, "Ctrl+,")
    editor = window.settings.keys
    assert "S is used by" in editor.told.text()
    select(editor, "label.success")
    editor.settle.click()
    assert keys_of(window, "label.success") == ["S"]
    assert read_preferences().keys == {"x.y": ["Q"]}


def test_keys_that_move_in_the_window_are_refused(
    window: MainWindow, editor: KeyEditor, press: Press
) -> None:
    select(editor, "label.flag")
    press(window, "Return", "Escape")
    assert not isinstance(QApplication.focusWidget(), KeyField)
    assert window.pages.currentWidget() is window.settings
    editor.model.pressed.emit("Esc")
    assert "cannot be a command's key" in editor.told.text()
    assert keys_of(window, "label.flag") == ["F"]


def test_search_finds_commands_and_keys(window: MainWindow, editor: KeyEditor) -> None:
    editor.search.setFocus()
    QTest.keyClicks(editor.search, "undo")
    assert editor.rows.index(0, COMMAND).data() == "Undo"
    editor.search.setText("Ctrl+Z")
    assert [editor.rows.index(r, COMMAND).data() for r in range(editor.rows.rowCount())] == ["Undo"]
    editor.search.clear()
    assert editor.rows.rowCount() == len(COMMANDS)


def test_without_a_match_the_buttons_do_nothing(window: MainWindow, editor: KeyEditor) -> None:
    editor.search.setText("qqqq")
    assert editor.rows.rowCount() == 0
    assert not editor.change.isEnabled()
    assert not editor.remove.isEnabled()


def test_a_letter_for_a_symbol_needs_no_shift(desk: Desk, window: MainWindow) -> None:
    chosen = KeyMap.of({"label.flag": ["ctrl+shift+f", "Ctrl+Shift+F", "nonsense+", ""]})
    assert chosen.keys("label.flag") == ("Ctrl+Shift+F",)
