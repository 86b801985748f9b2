"""Images around the edge: which frames, keys, a click that is the cutoff."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from labeler.labels import FrameRange, State
from labeler.labels.episode import with_success
from labeler.session.sheet_frames import SIDE, STRIDES, SheetFrames
from labeler.ui.desk.desk import Desk
from labeler.ui.page.contact_sheet import ContactSheet
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import LENGTHS, Press


@given(data=st.data())
def test_the_chosen_frame_is_always_on_the_sheet(data: st.DataObject) -> None:
    length = data.draw(st.integers(1, 400))
    centre = data.draw(st.integers(0, length - 1))
    rows = st.integers(1, SIDE)
    stride = data.draw(st.sampled_from(STRIDES))
    sheet = SheetFrames.around(centre, length, stride, data.draw(rows))
    assert centre in sheet.frames
    assert len(sheet.frames) == min(
        sheet.cells, len(range(centre % sheet.stride, length, sheet.stride))
    )
    for _ in range(data.draw(st.integers(0, 8))):
        step = data.draw(st.sampled_from((-5, -1, 1, 5, "page", "back", "wide", "close", "size")))
        match step:
            case "page" | "back":
                sheet = sheet.turn_page(1 if step == "page" else -1)
            case "wide" | "close":
                sheet = sheet.with_stride(1 if step == "wide" else -1)
            case "size":
                sheet = sheet.with_rows(data.draw(rows))
            case _:
                sheet = sheet.move(step)
        assert sheet.chosen in sheet.frames
        assert sheet.frames[0] >= 0 and sheet.frames[-1] < length
        assert 1 <= len(sheet.frames) <= sheet.cells


@pytest.fixture
def sheet(window: MainWindow, desk: Desk, press: Press) -> ContactSheet:
    """Open on episode 2, which has 36 frames and success from 18 on."""
    assert window.page is not None
    desk.show_episode(2, 18)
    press(window, "Shift+S", "C")
    return window.page.sheet


def test_it_opens_around_the_edge_and_fills(sheet: ContactSheet, desk: Desk, qtbot: QtBot) -> None:
    frames = sheet.grid.shown.frames
    assert (frames[0], frames[-1], sheet.grid.shown.chosen) == (6, 30, 18)
    assert sheet.isVisible() and sheet.grid.hasFocus()
    qtbot.waitUntil(
        lambda: all(desk.images.sheet.get(sheet.grid._key(f)) is not None for f in frames),
        timeout=20_000,
    )


def test_a_small_stage_shows_fewer_rows_and_not_smaller_images(
    sheet: ContactSheet, window: MainWindow, qtbot: QtBot
) -> None:
    for height in (492, 1000, 492):
        window.resize(944, height)
        qtbot.waitUntil(lambda: window.height() == height)  # noqa: B023 - waited for at once
        grid = sheet.grid
        assert grid.shown.rows == SIDE if height == 1000 else grid.shown.rows < SIDE
        assert grid.shown.chosen == 18 and 18 in grid.shown.frames
        boxes = [grid.cell(frame) for frame in grid.shown.frames]
        assert min(box.height() for box in boxes) > 48
        assert all(grid.rect().contains(box.toAlignedRect()) for box in boxes)


def test_a_click_is_the_cutoff_and_one_step(
    sheet: ContactSheet, window: MainWindow, desk: Desk, press: Press
) -> None:
    at = sheet.grid.cell(24).center().toPoint()
    QTest.mouseClick(sheet.grid, Qt.MouseButton.LeftButton, pos=at)
    assert desk.session.label(2).cutoff == 24
    assert desk.episode == 2 and sheet.isVisible()
    assert desk.playhead.frame == 24
    press(window, "Ctrl+Z")
    assert desk.session.label(2).cutoff == 18


def test_a_click_moves_the_nearest_of_several_edges(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    ranges = (FrameRange(8, 14), FrameRange(20, 36))
    desk.session.decide(2, with_success(desk.session.label(2), ranges), frame=0, what="ranges")
    desk.show_episode(2, 10)
    press(window, "C")
    sheet = window.page.sheet
    assert sheet.title.text().endswith("move the nearest edge there")
    for frame, expected in (
        (12, ((8, 12), (20, 36))),  # the end of the first range
        (6, ((6, 12), (20, 36))),
        (18, ((6, 12), (18, 36))),
    ):
        at = sheet.grid.cell(frame).center().toPoint()
        QTest.mouseClick(sheet.grid, Qt.MouseButton.LeftButton, pos=at)
        found = tuple((part.start, part.end) for part in desk.session.label(2).success)
        assert found == expected
    assert desk.playhead.frame == 18
    press(window, "Ctrl+Z", "Ctrl+Z", "Ctrl+Z")
    assert desk.session.label(2).success == ranges


def test_arrows_choose_and_enter_decides(
    sheet: ContactSheet, window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "Right", "Down", "Left", "Up", "Up")
    assert sheet.grid.shown.chosen == 13
    assert desk.playhead.frame == 18, "the keys move in the sheet, not the video"
    press(window, "Return")
    assert desk.session.label(2).cutoff == 13
    assert "success" in sheet.grid.spoken_value()


def test_pages_and_strides(sheet: ContactSheet, window: MainWindow, press: Press) -> None:
    press(window, "PgDown")
    assert list(sheet.grid.shown.frames) == [31, 32, 33, 34, 35]
    press(window, "PgUp")
    assert len(sheet.grid.shown.frames) == SIDE * SIDE
    press(window, "+")
    assert sheet.grid.shown.stride == 2
    press(window, "-", "-")
    assert sheet.grid.shown.stride == 1


def test_escape_closes_and_gives_the_focus_back(
    sheet: ContactSheet, window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "Escape")
    assert not sheet.isVisible()
    assert desk.session.label(2).cutoff == 18
    press(window, "Right")
    assert desk.playhead.frame == 19


def test_another_episode_closes_it(
    sheet: ContactSheet, window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "X")
    assert desk.session.label(2).state is State.NEVER
    assert not sheet.isVisible()


def test_without_an_edge_it_opens_around_the_frame_shown(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    assert window.page is not None
    desk.show_episode(3, LENGTHS[3] - 1)
    press(window, "C")
    shown = window.page.sheet.grid.shown
    assert shown.chosen == LENGTHS[3] - 1
    assert list(shown.frames) == list(range(LENGTHS[3]))
