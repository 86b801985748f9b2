"""The window comes back as it was left, on the same screens."""

import json

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labeler.session.preferences import Preferences
from labeler.session.window_layout import WindowLayout, layouts_file, read_layout, write_layout
from labeler.ui.window.geometry import LEAST, kept_geometry, start_geometry
from labeler.ui.window.layout import screens_key
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import OpenWindow, wait_for_picture

LEFT, RIGHT = QRect(0, 0, 1920, 1080), QRect(1920, 0, 1280, 800)


@pytest.fixture
def again(qtbot: QtBot):
    """A window of a later start, with the geometry that it chooses itself."""
    made: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(Preferences(continuous=False, loop_at="off"))
        window.show()
        made.append(window)
        return window

    yield make
    for window in made:
        window.close()
        window.deleteLater()


def test_size_and_place_come_back(window: MainWindow, again) -> None:
    screen = window.screen().availableGeometry()
    place = QRect(screen.left() + 7, screen.top() + 11, LEAST[0], 600)
    window.setGeometry(place)
    window.close()
    assert again().geometry() == kept_geometry(place, [screen])


def test_a_maximised_window_comes_back_so_with_its_size_underneath(
    window: MainWindow, again
) -> None:
    place = window.geometry()
    window.showMaximized()
    QApplication.processEvents()
    window.close()
    kept = read_layout(screens_key(QGuiApplication.screens()))
    assert kept is not None and kept.maximised and QRect(*kept.place) == place
    assert again().isMaximized()


def test_widths_and_open_panels_come_back(
    window: MainWindow, open_window: OpenWindow, root, again, qtbot: QtBot
) -> None:
    page = open_window(root).page
    assert page is not None
    page.columns.setSizes([300, 700, 280])
    window.actions_by_id["review.statistics"].trigger()
    window.actions_by_id["train.show"].trigger()
    qtbot.waitUntil(lambda: page.training.dock is not None)
    page.rows.setSizes([400, 260])
    QApplication.processEvents()
    sizes = page.columns.sizes(), page.rows.sizes()
    window.close()
    other = again()
    other.resize(window.size())
    other.open(root)
    qtbot.waitUntil(lambda: other.page is not None and other.page.training.isVisible())
    wait_for_picture(other, qtbot)
    assert other.page.panels.shown is other.page.panels.statistics_panel
    other.page.panels.show_panel(None)
    found = other.page.columns.sizes(), other.page.rows.sizes()
    assert abs(found[0][0] - sizes[0][0]) <= 4 and abs(found[0][2] - sizes[0][2]) <= 4
    assert abs(found[1][1] - sizes[1][1]) <= 4


@pytest.mark.parametrize(
    "command",
    [
        "file.write",
        "file.export",
        "file.inspect",
        "file.hub",
        "train.watch",
        "view.crop",
        "review.statistics",
    ],
)
def test_the_panel_shown_comes_back_without_taking_the_focus(
    window: MainWindow, open_window: OpenWindow, root, again, qtbot: QtBot, command: str
) -> None:
    page = open_window(root).page
    window.actions_by_id[command].trigger()
    title = page.panels.shown.heading.text()
    window.close()
    other = again()
    other.open(root)
    qtbot.waitUntil(lambda: other.page is not None and other.page.panels.shown is not None)
    assert other.page.panels.shown.heading.text() == title
    assert not other.page.panels.shown.isAncestorOf(QApplication.focusWidget())
    other.page.panels.show_panel(None)
    other.close()
    kept = read_layout(screens_key(QGuiApplication.screens()))
    assert kept is not None and kept.open == ()


def test_a_panel_of_collections_is_not_asked_of_one_recording(
    window: MainWindow, open_window: OpenWindow, root, again, qtbot: QtBot
) -> None:
    open_window(root)
    window.close()
    key = screens_key(QGuiApplication.screens())
    kept = read_layout(key)
    assert kept is not None
    write_layout(key, kept.model_copy(update={"open": ("review.balance", "train.show")}))
    other = again()
    other.open(root)
    qtbot.waitUntil(lambda: other.page is not None and other.page.training.isVisible())
    assert other.status.text() == "" and other.page.panels.shown is None


def test_closing_the_recording_first_loses_nothing(
    window: MainWindow, open_window: OpenWindow, root
) -> None:
    open_window(root)
    window.actions_by_id["train.show"].trigger()
    window.show_start()
    window.close()
    kept = read_layout(screens_key(QGuiApplication.screens()))
    assert kept is not None and kept.open == ("train.show",)


def test_each_layout_of_screens_has_its_own() -> None:
    one, two = (WindowLayout(place=(x, 0, 900, 500)) for x in (1, 2))
    write_layout("1920x1080+0+0@1", one)
    write_layout("1280x800+0+0@2", two)
    assert read_layout("1920x1080+0+0@1") == one
    assert read_layout("1280x800+0+0@2") == two
    assert read_layout("800x600+0+0@1") is None
    for number in range(20):
        write_layout(f"screen {number}", one)
    assert len(json.loads(layouts_file().read_text())) == 12


@pytest.mark.parametrize("content", ["{", "[]", '{"a": 3}', '{"a": {"place": [1, 2]}}'])
def test_a_damaged_file_is_no_reason_not_to_start(content: str) -> None:
    layouts_file().parent.mkdir(parents=True)
    layouts_file().write_text(content)
    assert read_layout("a") is None
    write_layout("a", WindowLayout(place=(0, 0, 900, 500)))
    assert read_layout("a") is not None


@pytest.mark.parametrize(
    ("place", "found"),
    [
        (QRect(100, 50, 1300, 900), QRect(100, 50, 1300, 900)),
        (QRect(1700, 50, 1000, 700), QRect(1920, 50, 1000, 700)),
        (QRect(3000, 700, 1000, 600), QRect(2200, 200, 1000, 600)),
        (QRect(2000, 10, 1900, 1000), QRect(1920, 0, 1280, 800)),
        (QRect(4000, 4000, 1000, 600), None),
    ],
)
def test_a_kept_place_is_moved_into_a_screen(place: QRect, found: QRect | None) -> None:
    assert kept_geometry(place, [LEFT, RIGHT]) == found


def test_the_first_start_is_in_the_middle_of_its_screen(again) -> None:
    window = again()
    assert window.geometry() == start_geometry(window.screen().availableGeometry())
