"""A small recording of its own, all decided, and what tests of writing ask of the window."""

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from labeler.labels.episode import never, with_cutoff
from labeler.ui.page.panels import Panels
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import OpenWindow


@pytest.fixture
def source(root: Path, tmp_path: Path) -> Path:
    """A recording beside which a copy may be written."""
    return shutil.copytree(root, tmp_path / "recordings" / "pick_cube")


@pytest.fixture
def files(open_window: OpenWindow, source: Path) -> Panels:
    """The commands of the window with `source` open."""
    page = open_window(source).page
    assert page is not None
    return page.panels


def label_all(window: MainWindow, but: tuple[int, ...] = ()) -> None:
    """Cutoff 5 for every episode but the last, which never succeeds."""
    desk = window.desk
    assert desk is not None
    last = len(desk.session.dataset) - 1
    for episode in set(range(last + 1)) - set(but):
        label = desk.session.label(episode)
        decided = never(label) if episode == last else with_cutoff(label, 5)
        desk.session.decide(episode, decided, frame=5, what="label")


def wait_written(files: Panels, qtbot: QtBot) -> None:
    """Until no copy is being written or compared."""
    writing = files.writing

    def ended() -> bool:
        return not writing.copying.running and writing.standing.text() != "copy: checking…"

    qtbot.waitUntil(ended, timeout=60_000)


def wait_preview(files: Panels, qtbot: QtBot) -> None:
    """Until the panel shows what would happen now."""
    qtbot.waitUntil(lambda: files.writing.previewing.up_to_date, timeout=30_000)
