"""The window fits its screen, and long names push nothing out of it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from labeler.ui.commands.catalogue import COMMANDS
from labeler.ui.commands.key_sheet import KeyLine
from labeler.ui.timeline.lane import Lane
from labeler.ui.window.geometry import LEAST, start_geometry
from labeler.ui.window.main_window import MainWindow
from tests.conftest import MakeRecording
from tests.labeler.ui.conftest import OpenWindow

LONG = "so101_pick_the_small_red_cube_and_lift_it_" * 5
"""210 letters, without a place where a line could break."""
SIZES = ((944, 492), (1024, 640), (1280, 800), (1920, 1080))
"""The first is what a screen of 1920 x 1080 has room for at 200 %."""


@pytest.mark.parametrize(
    ("screen", "size"),
    [
        (QRect(0, 0, 1024, 640), QSize(1008, 592)),
        (QRect(0, 0, 1280, 800), QSize(1264, 752)),
        (QRect(0, 0, 960, 540), QSize(944, 492)),  # 1920x1080 at 200%
        (QRect(1920, 30, 1920, 1050), QSize(1280, 800)),
        (QRect(0, 0, 640, 360), QSize(*LEAST)),
    ],
)
def test_the_window_starts_inside_the_screen(screen: QRect, size: QSize) -> None:
    found = start_geometry(screen)
    assert found.size() == size
    assert found.top() >= screen.top() + 30, "there is room for a title bar"
    framed = found.adjusted(-8, -30, 8, 8)  # title bar and borders of a usual desktop
    assert screen.contains(framed) or size == QSize(*LEAST)


@pytest.fixture
def window(open_window: OpenWindow, make_recording: MakeRecording) -> MainWindow:
    cameras = tuple(f"observation.images.{LONG[:90]}{side}" for side in ("left", "right"))
    root: Path = make_recording("v3.0", (12, 9, 15), name=LONG[:120], cameras=cameras)
    return open_window(root)


def visible(parent: QWidget) -> Iterator[QWidget]:
    for child in parent.findChildren(QWidget):
        if child.isVisible():
            yield child


def outside(window: QWidget) -> list[str]:
    """Widgets that reach out of their parent, but for what a scroll area moves."""
    found = []
    for widget in visible(window):
        parent = widget.parentWidget()
        if parent is None or widget.isWindow():
            continue
        area = parent.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is parent:
            if isinstance(area, QScrollArea) and widget.width() > parent.width():
                found.append(f"{_name(widget)} is wider than what scrolls it")
        elif not parent.rect().adjusted(-1, -1, 1, 1).contains(widget.geometry()):
            found.append(f"{_name(widget)} {widget.geometry()} in {_name(parent)} {parent.size()}")
    return found


def covered(window: QWidget) -> list[str]:
    """Neighbours in a layout or a splitter that lie over each other."""
    found = []
    for widget in [window, *visible(window)]:
        layout = widget.layout()
        if isinstance(widget, QSplitter):
            parts = [widget.widget(number) for number in range(widget.count())]
        elif layout is None or isinstance(layout, QStackedLayout):
            continue
        else:
            items = [layout.itemAt(number) for number in range(layout.count())]
            parts = [item.widget() for item in items if item is not None]
        there = [part for part in parts if part is not None and part.isVisible()]
        for one, other in combinations(there, 2):
            over = one.geometry().intersected(other.geometry())
            if over.width() > 1 and over.height() > 1:
                found.append(
                    f"{_name(one)} {one.geometry()} over {_name(other)} {other.geometry()}"
                )
    return found


def cut(window: QWidget) -> list[str]:
    """Texts that are longer than their widget and have no tool tip."""
    found = []
    for widget in visible(window):
        text, room = "", widget.width()
        if isinstance(widget, QLabel) and not widget.wordWrap() and "<" not in widget.text():
            text = widget.text()
        elif isinstance(widget, QComboBox):
            text, room = widget.currentText(), widget.width() - 20
        elif isinstance(widget, QLineEdit) and not isinstance(widget.parent(), QAbstractSpinBox):
            text = widget.text() or widget.placeholderText()
            room = widget.width() - _FIELD
        elif isinstance(widget, QAbstractButton):
            text = widget.text().replace("&", "")
        needed = max(map(widget.fontMetrics().horizontalAdvance, text.split("\n")))
        if needed > room + 1 and not widget.toolTip():
            found.append(f"{_name(widget)}: {text[:60]} needs {needed}, has {room}")
    return found


_FIELD = 14  # pixels of a field beside its text: padding and border
_SIGN = 50  # pixels of a box beside its text, and of a letter that has no room
_SPARE = 2  # pixels of a hint that are empty anyway


def low(window: QWidget) -> list[str]:
    """What is less high than its text, its sign or its curve needs."""
    kinds = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, Lane, KeyLine)
    return [
        f"{_name(widget)} is {widget.height()} high, wants {widget.sizeHint().height()}"
        for widget in visible(window)
        if isinstance(widget, kinds)
        and widget.height() < min(widget.sizeHint().height() - _SPARE, widget.maximumHeight())
    ]


def _name(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName()[:30]}"


def panels(window: MainWindow) -> Iterator[str]:
    """Each panel in turn, shown."""
    page = window.page
    assert page is not None and page.single is not None
    yield "label"
    for command in ("file.write", "file.export", "file.inspect", "file.hub", "train.watch",
                    "view.crop", "review.statistics"):  # fmt: skip
        window.actions_by_id[command].trigger()
        yield command
    page.panels.show_panel(None)
    window.actions_by_id["view.sheet"].trigger()
    yield "view.sheet"
    window.actions_by_id["view.sheet"].trigger()
    for command in ("view.keys", "view.palette", "go.to", "help.about", "help.report"):
        window.actions_by_id[command].trigger()
        yield command
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    window.actions_by_id["train.new"].trigger()
    yield "train.new"
    assert page.training.dock is not None
    page.training.dock.form.advanced_button.setChecked(True)
    yield "all settings"


def wrong_at_each_size(window: MainWindow, place: str) -> list[str]:
    """What lies outside, over something else or is cut, at each size of the window."""
    wrong = []
    for size in SIZES:
        window.resize(*size)
        for _ in range(5):
            QApplication.processEvents()
        assert (window.width(), window.height()) == size, place
        centre = window.centralWidget()
        right = centre.mapTo(window, QPoint(centre.width(), 0)).x()
        assert right <= window.width(), place
        found = outside(window) + covered(window) + cut(window) + low(window)
        wrong += [f"{place} {size}: {line}" for line in found]
    return wrong


@pytest.mark.parametrize("page", ["file.settings", "file.start"])
def test_other_pages_fit_every_size(window: MainWindow, page: str) -> None:
    window.actions_by_id[page].trigger()
    wrong = wrong_at_each_size(window, page)
    assert not wrong, "\n".join(wrong)


def test_long_names_push_nothing_out_and_cut_nothing_without_a_tool_tip(
    window: MainWindow, qtbot: QtBot
) -> None:
    wrong = []
    page = window.page
    for panel in panels(window):
        if panel == "train.new":
            qtbot.waitUntil(lambda: page.training.dock is not None)
        wrong += wrong_at_each_size(window, panel)
    assert not wrong, "\n".join(wrong)


def test_a_camera_is_named_as_far_as_there_is_room(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_id["train.new"].trigger()
    qtbot.waitUntil(lambda: window.page.training.dock is not None)
    boxes = window.page.training.dock.form.cameras.boxes
    for width, is_cut in ((944, True), (1920, True), (4000, False)):
        window.resize(width, 800)
        for _ in range(5):
            QApplication.processEvents()
        for key, box in boxes.items():
            whole, shown = box.accessibleName(), box.text()
            assert box.toolTip() == key and whole.startswith(key.partition("images.")[2])
            beginning, gap, end = shown.partition("…")
            assert whole.startswith(beginning) and whole.endswith(end)
            assert bool(gap) is is_cut, f"{shown} in {box.width()}"
            assert not is_cut or key.endswith(end.split()[0]), "the name's end tells them apart"
            used = box.fontMetrics().horizontalAdvance(shown)
            assert used > box.width() - _SIGN or not is_cut, "the room that there is, is used"


@pytest.mark.parametrize("size", SIZES)
def test_a_small_image_is_as_large_as_whole_pixels_of_the_screen_allow(
    window: MainWindow, size
) -> None:
    window.resize(*size)
    QApplication.processEvents()
    assert window.page is not None
    view = window.page.stage.large
    ratio, image = view.devicePixelRatioF(), view.image.size()
    enlarged = view.image_rect().width() / image.width() * ratio
    assert enlarged == round(enlarged) >= 1
    room = min(view.width() / image.width(), view.height() / image.height()) * ratio
    assert enlarged > room - 1


def test_a_long_name_leaves_room_for_what_is_said_of_the_labels(window: MainWindow) -> None:
    for size in SIZES:
        window.resize(*size)
        QApplication.processEvents()
        told = window.bar.safe
        assert told.text() and told.width() >= 150, size


@pytest.mark.parametrize("size", SIZES)
def test_every_key_is_listed_with_the_whole_name_of_its_command(window: MainWindow, size) -> None:
    window.resize(*size)
    window.actions_by_id["view.keys"].trigger()
    QApplication.processEvents()
    lines = window.help.key_sheet.findChildren(KeyLine)
    assert len(lines) == len(COMMANDS)
    for line in lines:
        assert line.width() >= line.sizeHint().width(), line.text


def test_it_all_holds_at_200_percent() -> None:
    """The scale is one of the process: the tests above run in another one."""
    chosen = "long_names or other_pages or small_image"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__]
    done = subprocess.run(
        [*command, "-k", chosen], capture_output=True, text=True,
        env={**os.environ, "QT_SCALE_FACTOR": "2"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "7 passed" in done.stdout
