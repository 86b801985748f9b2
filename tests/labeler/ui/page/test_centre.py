"""Little height: lanes are left out whole instead of being squeezed into each other."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from labeler.labels import EpisodeLabel
from labeler.labels.episode import never
from labeler.review import Scores
from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import LENGTHS, OpenWindow
from tests.labeler.ui.window.test_geometry import covered, low, outside

SMALL = (944, 492)
"""What a screen of 1920 x 1080 has room for at 200 %."""


def settle(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    for _ in range(5):
        QApplication.processEvents()


def lanes(window: MainWindow) -> list[QWidget]:
    timeline = window.page.timeline
    parts = (timeline.filmstrip, timeline.band, timeline.probability, *timeline.signals)
    return [part for part in (*parts, timeline.choosing) if part.isVisible()]


def squeezed(window: MainWindow) -> list[str]:
    """What is lower than it wants to be, or lies over its neighbour."""
    found = [part.accessibleName() for part in lanes(window)
             if part.height() < part.sizeHint().height()]  # fmt: skip
    tops = sorted((part.geometry() for part in lanes(window)), key=lambda place: place.top())
    return found + [f"{one} over {other}" for one, other in pairwise(tops) if one.intersects(other)]


def label_all(desk: Desk) -> None:
    """A strip above the page says that every episode is decided."""
    labels = {episode: never(EpisodeLabel(length)) for episode, length in enumerate(LENGTHS)}
    desk.session.decide_many(labels, what="label all")


def open_dock(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_id["train.new"].trigger()
    qtbot.waitUntil(lambda: window.page.training.dock is not None)


@pytest.mark.parametrize("size", [SMALL, (1024, 640), (1280, 800)])
@pytest.mark.parametrize("scored", [False, True])
def test_no_lane_is_squeezed_below_an_image_that_can_be_seen(
    window: MainWindow, desk: Desk, qtbot: QtBot, size, scored: bool
) -> None:
    if scored:
        starts = np.concatenate(([0], np.cumsum(LENGTHS)))
        desk.use_scores(Scores(np.linspace(0, 1, starts[-1]), starts))
    page = window.page
    box = page.timeline.choosers[1]
    box.setCurrentIndex(2)
    box.activated.emit(2)
    settle(window, size)
    assert not squeezed(window)
    everything = lanes(window)
    assert page.timeline.filmstrip in everything and page.timeline.signals[0] in everything
    open_dock(window, qtbot)
    settle(window, size)
    assert not squeezed(window)
    label_all(desk)
    settle(window, size)
    assert page.inspector.guard.banner.isVisible()
    assert not squeezed(window) and not outside(window)
    assert page.timeline.band in lanes(window)
    assert page.timeline.probability.isVisible() == scored
    assert page.stage.height() >= 60
    assert page.queue.view.visualRect(page.queue.view.currentIndex()).top() >= 0
    page.training.close_dock()
    page.inspector.guard.dismiss.click()
    settle(window, size)
    assert lanes(window) == everything, "all comes back"


@pytest.mark.parametrize("size", [(850, 300), SMALL, (1024, 640)])
def test_a_question_and_what_needs_attention_cut_nothing_of_the_label(
    window: MainWindow, desk: Desk, qtbot: QtBot, size: tuple[int, int]
) -> None:
    """In a window as low as can be, too: what stands above scrolls."""
    starts = np.concatenate(([0], np.cumsum(LENGTHS)))
    desk.use_scores(Scores(np.linspace(0, 1, starts[-1]), starts))
    page = window.page
    open_dock(window, qtbot)
    settle(window, size)
    before = page.strips.isVisible()
    label_all(desk)
    settle(window, size)
    banner, question = page.inspector.guard.banner, page.training.question
    assert not before and page.strips.height() == banner.height()
    question.ask("A training is running. " * 6, {"Stop it": list, "Let it go on": list})
    settle(window, size)
    wrong = outside(window) + covered(window) + low(window)
    assert not wrong, wrong
    assert page.timeline.band.visibleRegion().boundingRect() == page.timeline.band.rect()
    assert page.stage.height() >= 60 and page.height() >= page.minimumSizeHint().height()
    for strip in (banner, *question.answers.values()):
        page.strips.ensureWidgetVisible(strip)
        assert not strip.visibleRegion().isEmpty()
    height = page.strips.height()
    assert (page.strips.verticalScrollBar().maximum() == 0) == (size == (1024, 640)), height
    question.dismiss()
    page.inspector.guard.dismiss.click()
    settle(window, size)
    assert page.strips.isHidden()


@pytest.mark.parametrize("size", [(850, 300), SMALL, (1024, 640), (1280, 800)])
def test_the_dock_is_never_drawn_lower_than_its_content(
    window: MainWindow, desk: Desk, qtbot: QtBot, size: tuple[int, int]
) -> None:
    """Only where a window as low as can be has no room for it, beside strips that come first."""
    page = window.page
    open_dock(window, qtbot)
    settle(window, size)
    training, roomy = page.training, size[1] > 400
    for drawn in ([10_000, 0], [0, 10_000], [10_000, 0]):
        page.rows.setSizes(drawn)
        settle(window, size)
        assert training.height() >= training.dock.minimumSizeHint().height() or not roomy
        wrong = outside(window) + covered(window) + low(window)
        assert not wrong, wrong
    height = window.height()
    label_all(desk)
    training.question.ask("A training is running. " * 6, {"Stop it": list, "Let it go on": list})
    settle(window, size)
    assert window.height() == height, "strips push nothing out"
    assert page.strips.height() >= 40
    training.question.dismiss()
    page.inspector.guard.dismiss.click()
    settle(window, size)
    assert training.height() >= training.dock.minimumSizeHint().height() or not roomy


def test_a_signal_that_has_no_room_comes_when_there_is_some(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    settle(window, SMALL)
    open_dock(window, qtbot)
    settle(window, SMALL)
    assert not window.page.timeline.signals[0].isVisible()
    settle(window, (1920, 1080))
    assert window.page.timeline.signals[0].isVisible()


def test_a_dragged_dock_comes_back_as_high(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    settle(window, (1280, 1000))
    open_dock(window, qtbot)
    rows = window.page.rows
    rows.moveSplitter(420, 1)
    height = rows.sizes()[1]
    window.page.training.close_dock()
    window.page.training.open_dock()
    settle(window, (1280, 1000))
    assert rows.sizes()[1] == height


def test_without_a_camera_no_empty_strip_is_shown(open_window: OpenWindow, make_recording) -> None:
    window = open_window(make_recording("v3.0", (9, 8), cameras=()))
    assert window.page.timeline.filmstrip.isHidden()
    assert window.page.timeline.signals[0].isVisible()


def test_the_row_of_the_episode_stays_in_sight(
    open_window: OpenWindow, make_recording, qtbot: QtBot
) -> None:
    window = open_window(make_recording("v3.0", (3,) * 40))
    settle(window, (1280, 800))
    window.desk.show_episode(8)
    open_dock(window, qtbot)
    settle(window, SMALL)
    view = window.page.queue.view
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))
