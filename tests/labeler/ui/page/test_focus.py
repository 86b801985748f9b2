"""A panel opened by key has the focus, Escape leads back, and Tab reaches all that acts."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSlider,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from labeler.labels import State
from labeler.ui.commands.catalogue import BY_ID
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.focus import is_reached
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import OpenWindow, Press

OPERABLE = (
    QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QAbstractSpinBox, QSlider,
    QAbstractItemView,
)  # fmt: skip
SIDE = (
    "file.export", "file.inspect", "file.write", "file.hub", "train.watch", "view.crop",
    "review.statistics",
)  # fmt: skip


def run_by_palette(window: MainWindow, press: Press, command: str) -> None:
    press(window, "Ctrl+K")
    QTest.keyClicks(window.commands.field, BY_ID[command].text.rstrip("…"))
    press(window, "Return")
    assert not window.commands.isVisible()


@pytest.mark.parametrize("command", SIDE)
def test_a_panel_opened_by_key_has_the_focus_and_escape_gives_it_back(
    window: MainWindow, desk: Desk, press: Press, command: str
) -> None:
    page = window.page
    run_by_palette(window, press, command)
    panel = page.panels.shown
    focus = QApplication.focusWidget()
    assert panel is not None and (panel is focus or panel.isAncestorOf(focus))
    assert focus is not panel.close_button
    press(window, "X")
    assert not desk.session.label(0).decided, "keys act on what has the focus"
    for stop in [panel, *stops(panel)]:
        window.actions_by_id[command].press()
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        press(window, "Escape")
        assert page.panels.shown is None, f"Escape in {stop}"
        assert QApplication.focusWidget() is page, f"Escape in {stop}"
    press(window, "X")
    assert desk.session.label(0).state is State.NEVER


def test_escape_leads_back_to_the_image_from_every_part(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    page = window.page
    there = [stop for part in (page.queue, page.inspector, page.centre) for stop in stops(part)]
    assert page.queue.search in there and page.queue.view in there
    for stop in there:
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        press(window, "Escape")
        assert QApplication.focusWidget() in (page, None), f"Escape in {stop}"
    press(window, "X")
    assert desk.session.label(0).state is State.NEVER


def test_enter_in_the_search_leads_to_what_was_found(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    """At once, though a search begins by itself only when nobody has typed for a moment."""
    search, view = window.page.queue.search, window.page.queue.view
    desk.session.decide(2, replace(desk.session.label(2), note="slips"), frame=0, what="note")
    search.setFocus()
    QTest.keyClicks(search, "nowhere")
    press(window, "Return")
    assert len(desk.queue) == 0 and desk.episode == 0
    assert QApplication.focusWidget() is search
    search.clear()
    QTest.keyClicks(search, "slips")
    press(window, "Return")
    assert (desk.queue.rows.tolist(), desk.episode) == ([2], 2)
    assert QApplication.focusWidget() is view
    search.setFocus()
    search.selectAll()
    QTest.keyClicks(search, "cube")
    press(window, "Return")
    assert len(desk.queue) == 4 and desk.episode == 2, "what is shown stays where it is listed"


@pytest.mark.parametrize("command", ["train.show", "train.new"])
def test_the_training_opened_by_key_has_the_focus_too(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot, command: str
) -> None:
    page = window.page
    run_by_palette(window, press, command)
    training = page.training
    qtbot.waitUntil(lambda: training.dock is not None and training.dock.isVisible())
    assert training.dock.form.isAncestorOf(QApplication.focusWidget())
    for stop in stops(training):
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        press(window, "Escape")
        assert QApplication.focusWidget() is page, f"Escape in {stop}"
    assert training.isVisible(), "it stays open beside the labels"


def test_the_mouse_leaves_the_focus_at_the_labels(window: MainWindow, desk: Desk, press) -> None:
    button = next(
        b for b in window.bar.findChildren(QToolButton) if b.text().startswith("Write labels")
    )
    before = QApplication.focusWidget()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.page.panels.shown is window.page.panels.write_panel
    assert QApplication.focusWidget() is before
    press(window, "X")
    assert desk.session.label(0).state is State.NEVER
    button.setFocus(Qt.FocusReason.TabFocusReason)
    press(window, "Space")
    assert window.page.panels.write_panel.isAncestorOf(QApplication.focusWidget())


def test_a_menu_tells_keys_from_the_mouse(window: MainWindow, desk: Desk, press: Press) -> None:
    menu = next(m for m in window.findChildren(QMenu) if m.title() == "&View")
    action, page = window.actions_by_id["review.statistics"], window.page
    before = QApplication.focusWidget()
    menu.popup(window.pos())
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    assert page.panels.shown is page.panels.statistics_panel
    assert QApplication.focusWidget() is before
    page.panels.show_panel(None)
    menu.popup(window.pos())
    menu.setActiveAction(action)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert page.panels.shown is QApplication.focusWidget() is page.panels.statistics_panel


def test_one_key_leads_through_the_parts_of_the_window(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    page = window.page
    window.actions_by_id["train.show"].trigger()
    qtbot.waitUntil(lambda: page.training.dock is not None and page.training.dock.isVisible())
    page.setFocus()
    for part in (page.queue, page.inspector, page.training):
        press(window, "F6")
        assert part.isAncestorOf(QApplication.focusWidget())
    press(window, "F6")
    assert QApplication.focusWidget() is page
    window.actions_by_id["file.export"].trigger()
    press(window, "F6", "F6")
    assert page.panels.export_panel.isAncestorOf(QApplication.focusWidget())


def test_tab_reaches_whatever_does_something(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    page = window.page
    missed = set()
    for command in SIDE:
        window.actions_by_id[command].trigger()
        missed |= unreached(window)
    page.panels.show_panel(None)
    window.actions_by_id["train.new"].trigger()
    qtbot.waitUntil(lambda: page.training.dock is not None and page.training.dock.isVisible())
    for on in (False, True):
        page.training.dock.form.advanced_button.setChecked(on)
        missed |= unreached(window)
    page.sheet.toggle()
    missed |= unreached(window)
    page.sheet.close_sheet()
    window.show_settings()
    missed |= unreached(window)
    window.show_start()
    missed |= unreached(window)
    assert not missed


def unreached(window: QWidget) -> set[str]:
    """What is seen and enabled, does something, and is in no order of Tab."""
    return {
        f"{type(widget).__name__} {widget.accessibleName() or getattr(widget, 'text', str)()}"
        for widget in window.findChildren(QWidget)
        if isinstance(widget, OPERABLE)
        and widget.isVisible()
        and widget.isEnabled()
        and not _is_of_another(widget)
        and not is_reached(widget)
    }


def _is_of_another(widget: QWidget) -> bool:
    """A part of something that is reached: the line of a number box, the head of a table."""
    parent = widget.parentWidget()
    return isinstance(widget, QHeaderView) or isinstance(
        parent, QAbstractSpinBox | QComboBox | QAbstractItemView | QLineEdit
    )


def stops(part: QWidget) -> Iterator[QWidget]:
    """Where Tab stops in a part of the window."""
    return (child for child in part.findChildren(QWidget) if is_reached(child))


def test_writing_by_key_keeps_the_focus_in_the_panel(
    window: MainWindow, open_window: OpenWindow, make_recording, press: Press, qtbot: QtBot
) -> None:
    page = open_window(make_recording("v3.0", (12, 9), name="pick_cube")).page
    press(window, "X", "X", "Ctrl+Shift+S")
    panel = page.panels.write_panel
    qtbot.waitUntil(panel.write_button.isEnabled)
    panel.write_button.setFocus(Qt.FocusReason.TabFocusReason)
    press(window, "Return")
    qtbot.waitUntil(lambda: panel.written.isVisible())
    focus = QApplication.focusWidget()
    assert panel is focus or panel.isAncestorOf(focus), focus
    press(window, "Escape")
    assert QApplication.focusWidget() is page
