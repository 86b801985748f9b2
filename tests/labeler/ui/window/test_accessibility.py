"""Every control of every page and panel has a name, a role and a value for assistive programs."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractScrollArea, QScrollBar, QSplitterHandle, QWidget
from pytestqt.qtbot import QtBot

from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import OpenWindow, Press

Role, Text = QAccessible.Role, QAccessible.Text
NAMED = {
    Role.Button, Role.CheckBox, Role.RadioButton, Role.ComboBox, Role.EditableText, Role.SpinBox,
    Role.Slider, Role.ProgressBar, Role.Table, Role.Tree, Role.List, Role.PageTabList,
    Role.PageTab, Role.Graphic, Role.Chart, Role.Indicator, Role.ButtonMenu, Role.MenuItem,
    Role.ToolTip,
}  # fmt: skip
VALUED = {Role.ComboBox, Role.SpinBox, Role.Slider, Role.ProgressBar, Role.Graphic, Role.Chart,
          Role.Indicator}  # fmt: skip
SAYS_NOTHING = {Role.Client, Role.Border, Role.NoRole, Role.Pane}
"""Roles of widgets that only hold others."""
PANELS = (
    "file.export", "file.inspect", "file.write", "file.hub", "train.watch", "view.crop",
    "review.statistics",
)  # fmt: skip


def tree(root: QWidget) -> Iterator[QAccessibleInterface]:
    """All that is visible, as an assistive program reads it."""
    waiting = [QAccessible.queryAccessibleInterface(root)]
    while waiting:
        found = waiting.pop()
        if found is None or not found.isValid() or found.state().invisible:
            continue
        yield found
        if found.role() not in (Role.Table, Role.List, Role.Tree):  # cells have texts of models
            waiting += [found.child(number) for number in range(found.childCount())]


def mute(root: QWidget) -> set[str]:
    """What lacks a name, a role or a value."""
    wrong = set()
    for found in tree(root):
        thing = found.object()
        if not isinstance(thing, QWidget) or isinstance(thing, QScrollBar | QSplitterHandle):
            continue
        name, value, role = found.text(Text.Name), found.text(Text.Value), found.role()
        line = f"{type(thing).__name__} in {type(thing.parent()).__name__}, {role.name} {name!r}"
        inside = type(thing.parent()).__name__
        if inside in ("QSpinBox", "QDoubleSpinBox", "FrameField", "ElidedBox", "QComboBox"):
            continue  # the line of a box, which speaks itself
        if role in NAMED and not name.strip():
            wrong.add(f"{line} has no name")
        if role in VALUED and not value.strip() and thing.isEnabled():
            wrong.add(f"{line} has no value")
        leaf = not any(child.isVisible() for child in thing.findChildren(QWidget))
        holds = isinstance(thing, QAbstractScrollArea) or thing.layout() is not None
        if role in SAYS_NOTHING and leaf and not holds and type(thing).__name__ not in _VIEWPORTS:
            wrong.add(f"{line} has no role")
    return wrong


_VIEWPORTS = ("QWidget", "QFrame", "QStackedWidget")  # the empty places of Qt's own containers


def test_everything_says_what_it_is(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    page = window.page
    wrong = {}
    for command in PANELS:
        window.actions_by_id[command].trigger()
        wrong[command] = mute(window)
    page.panels.show_panel(None)
    wrong["label"] = mute(window)
    page.sheet.toggle()
    wrong["sheet"] = mute(window)
    page.sheet.close_sheet()
    window.actions_by_id["train.new"].trigger()
    qtbot.waitUntil(lambda: page.training.dock is not None and page.training.dock.isVisible())
    wrong["train"] = mute(window)
    page.training.dock.form.advanced_button.setChecked(True)
    wrong["all settings"] = mute(window)
    page.training.close_dock()
    for command in ("view.palette", "view.keys", "go.to", "help.about", "help.report"):
        window.actions_by_id[command].trigger()
        wrong[command] = mute(window)
        press(window, "Escape")
    window.show_settings()
    wrong["settings"] = mute(window)
    window.show_start()
    wrong["start"] = mute(window)
    lines = sorted(f"{where}: {line}" for where, found in wrong.items() for line in found)
    assert not lines, "\n".join(lines)


def test_painted_widgets_say_what_they_show(
    window: MainWindow, desk: Desk, press: Press, make_recording, qtbot: QtBot
) -> None:
    page = window.page
    press(window, *["Right"] * 5)
    assert value(page.inspector.state) == "Episode 0\nunlabeled\n30 frames"
    overlay = "frame 5 / 30    0.50 s, NO LABEL"  # without "decoding…": the image is there
    qtbot.waitUntil(lambda: value(page.stage.overlay) == overlay)
    press(window, "Shift+S")
    assert value(page.inspector.state).endswith("success from 5\n25 success · 5 failure")
    assert ", SUCCESS" in value(page.stage.overlay)
    assert value(page.timeline.band) == "success from 5, frames 0 to 29"
    assert value(page.timeline.filmstrip) == f"frames 0 to 29, {desk.camera}"
    assert value(page.stage.large) == "frame 5"
    assert role(page.stage.large) is Role.Graphic
    assert role(page.stage.views[1]) is Role.Button
    press(window, "Left")
    overlay = "frame 4 / 30    0.40 s, FAILURE"
    qtbot.waitUntil(lambda: value(page.stage.overlay) == overlay)


def test_a_missing_image_says_why(open_window: OpenWindow, make_recording, qtbot: QtBot) -> None:
    root: Path = make_recording("v2.1", (12, 9), name="pick_cube", size=(48, 64))
    for file in root.glob("videos/**/episode_000000.mp4"):
        file.unlink()
    window = open_window(root)
    assert window.page is not None
    assert "does not exist" in value(window.page.stage.large) or "missing" in value(
        window.page.stage.large
    )


def value(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(Text.Value)


def role(widget: QWidget) -> Role:
    return QAccessible.queryAccessibleInterface(widget).role()
