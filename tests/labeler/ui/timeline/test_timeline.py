"""Timeline and queue by mouse: scrubbing, dragging edges, choosing, filtering, searching."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labeler.labels import EpisodeLabel
from labeler.review import Scores
from labeler.session.queue import Show
from labeler.ui.desk.desk import Desk
from labeler.ui.timeline.lane import Lane
from labeler.ui.timeline.scale import TimeScale
from labeler.ui.window.main_window import MainWindow
from labeler.video import FrameKey
from tests.labeler.ui.conftest import LENGTHS, Press
from tests.labeler.ui.kit.test_contrast import PARTS, contrast
from tests.labeler.ui.mouse import click_frame, click_row, drag


def success(label: EpisodeLabel) -> list[tuple[int, int]]:
    return [(part.start, part.end) for part in label.success]


def excluded(label: EpisodeLabel) -> list[tuple[int, int]]:
    return [(part.start, part.end) for part in label.excluded]


def test_a_click_on_any_lane_shows_the_frame(window: MainWindow, desk: Desk) -> None:
    timeline = window.page.timeline
    for lane in (timeline.band, timeline.filmstrip, timeline.signals[0]):
        for frame in (29, 0, 17):
            click_frame(lane, frame)
            assert desk.playhead.frame == frame


def test_no_thumbnail_is_asked_for_that_an_episode_does_not_have(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a longer episode to a shorter one and back; they have 30, 24, 36 and 20 frames."""
    asked: list[FrameKey] = []
    want = desk.images.strip.want
    monkeypatch.setattr(desk.images.strip, "want", lambda keys: (asked.extend(keys), want(keys)))
    for episode in (3, 2, 1, 0):
        desk.show_episode(episode)
    assert {key.episode for key in asked} == {0, 1, 2, 3}
    assert [key for key in asked if key.frame >= LENGTHS[key.episode]] == []


def test_dragging_the_cutoff_is_one_step(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Shift+Right", "Shift+S")
    drag(window.page.timeline.band, 10, 12, 15, 20)
    assert desk.label.cutoff == desk.playhead.frame == 20
    press(window, "Ctrl+Z")
    assert desk.label.cutoff == 10


def test_dragging_there_and_back_is_no_step(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Shift+Right", "Shift+S")
    before = desk.session.undo_text
    drag(window.page.timeline.band, 10, 14, 10)
    assert desk.label.cutoff == 10 and desk.session.undo_text == before


def test_both_ends_of_a_range_are_dragged(window: MainWindow, desk: Desk, press: Press) -> None:
    band = window.page.timeline.band
    press(window, "Shift+Right", "R", "Right", "Right", "R")
    drag(band, 13, 18)
    drag(band, 10, 5)
    assert success(desk.label) == [(5, 18)]
    drag(band, 18, 30)
    assert desk.label.cutoff == 5


def test_an_exclusion_is_dragged(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    press(window, "Shift+Right", "E", "H")
    drag(window.page.timeline.band, 10, 6)
    assert excluded(desk.label) == [(0, 6)]
    window.activateWindow()  # the offscreen screen does not do so when a menu closes
    qtbot.waitUntil(window.isActiveWindow)
    press(window, "Ctrl+Z")
    assert excluded(desk.label) == [(0, 10)]


def test_a_drag_beside_an_edge_scrubs(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Shift+Right", "Shift+S")
    drag(window.page.timeline.band, 20, 24)
    assert desk.label.cutoff == 10 and desk.playhead.frame in (23, 24)


def test_words_on_the_band_lie_beside_the_diamond(window: MainWindow, desk: Desk) -> None:
    band = window.page.timeline.band
    starts = np.concatenate(([0], np.cumsum(LENGTHS)))
    for edge in range(1, LENGTHS[0]):
        values = np.where(np.arange(starts[-1]) < edge, 0.02, 0.98)
        desk.use_scores(Scores(values, starts))
        diamond = band.scale.x(desk.best_suggestion().ranges[0].start, band.width())
        place = band._beside_ghost("no label yet", band.rect().toRectF())
        half = band.fontMetrics().horizontalAdvance("no label yet") / 2
        assert band.rect().toRectF().contains(place)
        assert abs(place.center().x() - diamond) > half + 6, edge
        assert place.width() > 2 * half


def test_a_row_is_clicked(window: MainWindow, desk: Desk, press: Press) -> None:
    click_row(window.page.queue.view, 3)
    assert desk.episode == 3
    press(window, "Home", "S")
    assert desk.session.label(3).cutoff == 0 and desk.episode == 0
    assert window.page.queue.view.currentIndex().row() == 0
    assert window.page.queue.progress.text().startswith(f"1 of {len(LENGTHS)}")


def test_filter_and_search(window: MainWindow, desk: Desk, press: Press, qtbot: QtBot) -> None:
    panel = window.page.queue
    press(window, "X")
    index = panel.show_box.findText("Never")
    panel.show_box.setCurrentIndex(index)
    panel.show_box.activated.emit(index)
    assert desk.queue.show is Show.NEVER and desk.queue.rows.tolist() == [0]
    panel.search.setFocus()
    QTest.keyClicks(panel.search, "nothing like it sxd")
    qtbot.waitUntil(lambda: not len(desk.queue), timeout=20_000)
    assert panel.nothing.isVisible()
    assert desk.session.labels().touched.keys() == {0}
    panel.search.setText("CUBE")
    qtbot.waitUntil(lambda: len(desk.queue) == 1, timeout=20_000)


def test_the_spread_of_the_folds_is_a_band_around_the_curve(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    """One standard deviation to each side, no further than 0 and 1, and none without folds."""
    starts = np.concatenate(([0], np.cumsum(LENGTHS)))
    values, spread = np.full(int(starts[-1]), 0.5), np.full(int(starts[-1]), 0.2)
    spread[20:30] = 0.9
    lane = window.page.timeline.probability
    plain = Scores(values, starts, threshold=0.02)

    def column(scores: Scores, frame: int) -> list[str]:
        """Colours of a frame from top to bottom."""
        with qtbot.waitSignal(desk.review.changed):
            desk.use_scores(scores)
        image = lane.grab().toImage()
        x = round(lane.scale.x(frame + 0.5, lane.width()))
        return [image.pixelColor(x, y).name() for y in range(image.height())]

    def band(frame: int) -> tuple[int, int]:
        """First and last pixel that the spread changes; the curve lies on top at 0.5."""
        before, after = column(plain, frame), column(replace(plain, spread=spread), frame)
        changed = [
            y for y, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]
        ]
        assert changed
        return changed[0], changed[-1]

    top, bottom = band(12)
    assert abs(top - lane.level(0.7, 0, 1)) <= 1.5
    assert abs(bottom - lane.level(0.3, 0, 1)) <= 1.5
    top, bottom = band(25)
    assert abs(top - lane.level(1, 0, 1)) <= 1.5
    assert abs(bottom - lane.level(0, 0, 1)) <= 1.5
    desk.use_scores(replace(plain, spread=np.full_like(values, np.nan)))
    assert desk.spreads() is None
    assert column(replace(plain, spread=np.full_like(values, np.nan)), 12) == column(plain, 12)


def drawn(lane: Lane, scores: Scores) -> NDArray[np.float64]:
    """Colours of a lane with these scores, 0 to 1, float64 (height, width, 3)."""
    lane.desk.use_scores(scores)
    QApplication.processEvents()
    image = lane.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return rows[..., 2::-1] / 255


def test_the_band_of_the_spread_lies_behind_the_numbers_of_the_scale(
    window: MainWindow, desk: Desk
) -> None:
    starts = np.concatenate(([0], np.cumsum(LENGTHS)))
    plain = Scores(np.full(int(starts[-1]), 0.98), starts, threshold=0.5)
    lane = window.page.timeline.probability
    window.resize(850, 640)  # the band ends half a frame before the lane: narrow ones come near
    before = drawn(lane, plain)
    after = drawn(lane, replace(plain, spread=np.full_like(plain.values, 0.3)))
    number = np.s_[5:10, -20:-14]  # of the 1 at the upper end
    assert before[number].std() > 0.1 and (before != after).any()
    assert (before[number] == after[number]).all()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_frames_unlike_the_training_are_underlined(
    window: MainWindow, desk: Desk, theme: str
) -> None:
    """Where no curve or band can be, in a colour that stands out, and told in words."""
    window.use(window.preferences.model_copy(update={"theme": theme}))
    starts = np.concatenate(([0], np.cumsum(LENGTHS)))
    values = np.zeros(int(starts[-1]))
    distance = np.full_like(values, 0.5)
    distance[[4, *range(20, 26)]] = 1.5
    distance[starts[1] :] = np.nan
    lane = window.page.timeline.probability
    plain = Scores(values, starts, threshold=0.0, spread=np.full_like(values, 0.4))
    told = replace(plain, distance=distance)

    before, after = drawn(lane, plain), drawn(lane, told)
    rows, columns = np.nonzero((before != after).any(axis=2))
    assert rows.min() > lane.level(0, 0, 1) + 1, "below the curve and the band around it"
    marked = {lane.scale.frame_at(x, lane.width()) for x in columns + 0.5}
    assert marked == {4, *range(20, 26)}
    line, ground = after[-1, columns[0]], before[-1, columns[0]]
    assert contrast(line, ground) >= PARTS
    assert "7 of 30 frames are not like those of the training" in lane.toolTip()
    assert "7 of 30 frames are not like" in lane.spoken_value()
    desk.show_episode(1)
    assert not lane.toolTip() and "not like" not in lane.spoken_value()
    desk.show_episode(0)
    assert lane.toolTip()
    assert (drawn(lane, plain) == before).all()
    assert not lane.toolTip() and "not like" not in lane.spoken_value()
    assert (drawn(lane, replace(told, distance=np.full_like(values, 0.9))) == before).all()
    desk.use_scores(None)
    assert not lane.toolTip()


def test_runs_in_sight_are_no_more_than_pixels() -> None:
    """What is drawn of 10,000 frames follows the width, not the frames."""
    scale, width, frames = TimeScale(), 700, np.arange(10_000)
    scale.open(len(frames))
    assert scale.runs(frames < 0, width) == []
    assert scale.runs(frames >= 0, width) == [(0, 10_000)]
    two = (frames % 2 == 0) & ~((frames > 4000) & (frames < 6000))
    assert scale.runs(two, width) == [(0, 4001), (6000, 9999)], "gaps of less than a pixel"
    wide = frames % 40 < 20
    assert scale.runs(wide, width) == [(first, first + 20) for first in range(0, 10_000, 40)]
    scale.zoom(500, 4_000)
    assert scale.whole is False
    assert scale.runs(two, width) == [(first, first + 1) for first in range(3992, 4001, 2)]
    scale.zoom(0.001, 0)
    assert all(len(scale.runs(frames % step == 0, width)) <= width for step in range(2, 200))
