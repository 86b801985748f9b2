"""Panels of a collection fit every size of the window with long names, and say what they are."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labeler.ui.window.main_window import MainWindow
from tests.conftest import recording_maker
from tests.labeler.ui.collection.conftest import OpenTogether, write_collection
from tests.labeler.ui.window.test_accessibility import mute
from tests.labeler.ui.window.test_geometry import LONG, wrong_at_each_size

PANELS = ("file.write", "file.export", "review.balance", "review.statistics", "file.inspect")


@pytest.fixture
def opened(open_together: OpenTogether, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    """Two recordings with names of 120 letters and other cameras, a label in each."""
    folder = tmp_path / "sessions"
    make = recording_maker(folder)
    names = [f"{LONG[:115]}{end}" for end in ("day", "night")]
    for number, name in enumerate(names):
        camera = f"observation.images.{LONG[:70]}{number}"
        make("v3.0", (12, 9), name=name, seed=100 * number, cameras=(camera,))
    return open_together(write_collection(folder, names))


def show(window: MainWindow, command: str, qtbot: QtBot) -> None:
    """Open a panel and wait until it has found what it says."""
    window.actions_by_id[command].trigger()
    page = window.page
    assert page is not None
    if command == "file.write":
        previewing = page.parts.writing.previewing
        qtbot.waitUntil(lambda: previewing.preview is not None and previewing.up_to_date)
    if command == "review.balance":
        qtbot.waitUntil(lambda: bool(page.panels.balance_panel.sources.groups))


def test_panels_fit_with_long_names(opened: MainWindow, qtbot: QtBot) -> None:
    wrong = wrong_at_each_size(opened, "label")
    for command in PANELS:
        show(opened, command, qtbot)
        wrong += wrong_at_each_size(opened, command)
    opened.actions_by_id["train.new"].trigger()
    wrong += wrong_at_each_size(opened, "train.new")
    assert not wrong, "\n".join(wrong)


def test_over_the_image_a_long_name_gives_way_before_the_frame(opened: MainWindow) -> None:
    page = opened.page
    assert page is not None
    overlay = page.stage.overlay
    assert overlay.place_text().startswith(LONG[:115])
    for width in (850, 1024, 1280, 1920):
        opened.resize(width, 500)
        QApplication.processEvents()
        assert "frame 0 / 12" in overlay.pills()[0].text
        assert overlay.rect().toRectF().contains(overlay.pills()[0].box)


def test_everything_says_what_it_is(opened: MainWindow, qtbot: QtBot) -> None:
    wrong = {"label": mute(opened)}
    for command in PANELS:
        show(opened, command, qtbot)
        wrong[command] = mute(opened)
    opened.actions_by_id["train.new"].trigger()
    wrong["train.new"] = mute(opened)
    lines = sorted(f"{where}: {line}" for where, found in wrong.items() for line in found)
    assert not lines, "\n".join(lines)


def test_names_that_are_elided_in_a_chart_are_in_its_tool_tip(
    opened: MainWindow, qtbot: QtBot
) -> None:
    show(opened, "review.balance", qtbot)
    page = opened.page
    assert page is not None
    bars = page.panels.balance_panel.sources
    assert len(bars.groups) == 2
    for group in bars.groups:
        assert group.name in bars.toolTip()
