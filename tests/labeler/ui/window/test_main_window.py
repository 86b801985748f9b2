"""The window as a whole: it opens, is driven by keys, and gives everything back at its end."""

import os
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from labeler.labels import State
from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import LENGTHS, OpenWindow, Press

FILES = Path("/proc/self/fd")


def test_an_empty_window_shows_the_start_page(window: MainWindow) -> None:
    assert window.pages.currentWidget() is window.start
    assert window.desk is None


def test_keys_label_the_episode_and_lead_to_the_next(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "Right", "Right", "S")
    assert desk.session.label(0).cutoff == 2
    assert desk.episode == 1
    press(window, "X")
    assert desk.session.label(1).state is State.NEVER
    assert desk.progress().startswith(f"2 of {len(LENGTHS)}")


def test_ctrl_home_closes_the_recording(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Ctrl+Home")
    assert window.desk is None
    assert window.pages.currentWidget() is window.start


def test_a_closed_recording_is_freed(
    window: MainWindow,
    open_window: OpenWindow,
    root: Path,
    recording: Callable[[], Path],
    qtbot: QtBot,
) -> None:
    """Without a collection of all garbage, which a window that is only looked at never needs."""
    desk = open_window(root).desk
    page = window.page
    assert desk is not None
    assert page is not None
    parts = [weakref.ref(part) for part in (desk, page, desk.session, desk.images, page.timeline)]
    del desk, page
    open_window(recording())
    qtbot.waitUntil(lambda: [part() for part in parts] == [None] * len(parts))


def held(root: Path) -> list[str]:
    """Files below a folder that this process has open."""
    names: list[str] = []
    for link in FILES.iterdir():
        with suppress(OSError):  # what listed them is closed
            names.append(os.readlink(link))
    return [name for name in names if Path(name).is_relative_to(root)]


@pytest.mark.skipif(not FILES.exists(), reason="the system does not list a process's files")
def test_no_file_of_a_closed_recording_is_held(
    window: MainWindow, desk: Desk, root: Path, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: len(held(root)) > 0)
    window.show_start()
    assert held(root) == []
