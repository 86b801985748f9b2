"""Three small recordings of their own, a collection file that names them, and ways to open it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from labeler.session.joined import JoinedSession
from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from tests.conftest import recording_maker
from tests.labeler.ui.conftest import wait_for_picture

LENGTHS = {"day": (12, 9), "night": (10, 8, 11), "moved": (7, 13)}
"""Frames of the episodes of each recording."""
PLACES = [("day", 0), ("day", 1), ("night", 0), ("night", 2), ("moved", 0), ("moved", 1)]
"""Recording and own number of every episode of the queue, in its order."""
OpenTogether = Callable[..., MainWindow]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three recordings; no two episodes of them are the same."""
    place = tmp_path / "sessions"
    make = recording_maker(place)
    for number, (name, lengths) in enumerate(LENGTHS.items()):
        make("v3.0", lengths, name=name, seed=100 * number)
    return place


@pytest.fixture
def collection(folder: Path) -> Path:
    """A collection file of all three; of the night two of three episodes are taken."""
    return write_collection(folder, LENGTHS, night={"episodes": "0, 2", "tags": ["dark"]})


@pytest.fixture
def open_together(window: MainWindow, qtbot: QtBot) -> OpenTogether:
    """Function that opens a collection file, or folders, in `window`."""

    def open_paths(*paths: Path) -> MainWindow:
        with qtbot.waitSignal(window.opening.opened, timeout=20_000):
            window.open_together(paths)
        wait_for_picture(window, qtbot)
        window.activateWindow()  # closing a page takes the offscreen window's activation away
        qtbot.waitUntil(window.isActiveWindow)
        return window

    return open_paths


@pytest.fixture
def desk(open_together: OpenTogether, collection: Path) -> Desk:
    """The desk of `window`, with `collection` open."""
    desk = open_together(collection).desk
    assert desk is not None
    return desk


def write_collection(folder: Path, names: object, name: str = "all.json", **fields: dict) -> Path:
    """A collection file in `folder`; each recording has a label file of its own there."""
    sources = [
        {"root": one, "labels": f"{one}.labels.json", **fields.get(one, {})}
        for one in names  # type: ignore[attr-defined]
    ]
    file = folder / name
    file.write_text(json.dumps({"format": "labeler-collection", "version": 1, "sources": sources}))
    return file


def joined(desk: Desk) -> JoinedSession:
    """The session of a collection that is open."""
    assert isinstance(desk.session, JoinedSession)
    return desk.session


def place(desk: Desk) -> tuple[str, int]:
    """Recording and own number of the episode shown."""
    member, own = joined(desk).member_of(desk.episode)
    return member.name, own
