"""The settings page: every change acts at once and is kept."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox

from labeler.session.preferences import read_preferences, settings_file
from labeler.ui.desk.desk import Desk
from labeler.ui.kit import theme
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import NewWindow, Press


def choose(box: QComboBox, value: object) -> None:
    """Choose as a user does."""
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def test_it_opens_and_leads_back_by_keys(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Ctrl+,")
    assert window.pages.currentWidget() is window.settings
    press(window, "S")
    assert not desk.label.decided
    press(window, "Escape")
    assert window.pages.currentWidget() is window.page
    press(window, "Ctrl+,", "Ctrl+,")
    assert window.pages.currentWidget() is window.page
    press(window, "Home", "S")
    assert desk.session.label(0).decided


def test_escape_leads_back_from_every_field(window: MainWindow, press: Press) -> None:
    form, keys = window.settings.form, window.settings.keys
    fields = (
        form.theme,
        form.author,
        form.loop,
        form.memory,
        form.reasons,
        keys.search,
        keys.table,
    )
    for field in fields:
        press(window, "Ctrl+,")
        field.setFocus()
        press(window, "Escape")
        assert window.pages.currentWidget() is window.start, field


def test_back_leads_to_the_start_page_without_a_recording(window: MainWindow) -> None:
    window.show_settings()
    QTest.mouseClick(window.settings.back, Qt.MouseButton.LeftButton)
    assert window.pages.currentWidget() is window.start


def test_changes_act_at_once_and_are_kept(
    window: MainWindow, desk: Desk, press: Press, new_window: NewWindow
) -> None:
    press(window, "Ctrl+,")
    form = window.settings.form
    choose(form.theme, "light")
    assert theme.colours(window) is theme.LIGHT
    choose(form.auto_advance, False)
    choose(form.every_frame, True)
    assert desk.playhead.every_frame
    assert window.actions_by_id["play.every_frame"].isChecked()
    form.author.setFocus()
    form.author.clear()
    QTest.keyClicks(form.author, "bo")
    press(window, "Return")
    form.loop.setValue(1.5)
    choose(form.loop_at, "edges")
    form.memory.setValue(256)
    form.reasons.setFocus()
    form.reasons.setPlainText(" dark \n\ndark\nblurred")
    press(window, "Escape", "Home", "S")
    assert desk.episode == 0
    assert desk.label.author == "bo"
    kept = read_preferences()
    assert kept == window.preferences
    assert (kept.theme, kept.author, kept.loop_seconds, kept.memory_mb) == ("light", "bo", 1.5, 256)
    assert kept.loop_at == "edges"
    assert kept.flag_reasons == ("dark", "blurred")
    again = new_window().settings.form
    assert again.author.text() == "bo"
    assert again.memory.value() == 256


def test_the_fields_follow_what_is_changed_elsewhere(window: MainWindow, press: Press) -> None:
    window.actions_by_id["play.every_frame"].trigger()
    assert window.settings.form.every_frame.currentData() is True
    press(window, "Ctrl+T")
    assert window.settings.form.theme.currentData() == window.preferences.theme


def test_settings_that_cannot_be_written_are_told_and_act_nevertheless(
    window: MainWindow,
) -> None:
    settings_file().parent.parent.mkdir(parents=True, exist_ok=True)
    settings_file().parent.write_text("in the way")
    window.show_settings()
    choose(window.settings.form.theme, "light")
    assert theme.colours(window) is theme.LIGHT
    assert str(settings_file().parent) in window.status.text()
    assert QApplication.focusWidget() is not None
