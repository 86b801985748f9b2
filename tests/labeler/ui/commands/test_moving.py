"""Every command that moves, plays or turns the view, by its real key through the real window."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labeler.ui.commands.catalogue import BY_ID, COMMANDS
from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import CAMERAS, OpenWindow, Press
from tests.labeler.ui.mouse import click


def place(desk: Desk) -> tuple[int, int]:
    return desk.episode, desk.playhead.frame


@pytest.mark.parametrize(
    ("keys", "frame"),
    [
        (["Right", "."], 2),
        (["End", "Left", ","], 27),
        (["Shift+Right", "Shift+Right"], 20),
        (["Shift+Right"] * 5, 29),
        (["End", "Shift+Left"], 19),
        (["Left"], 0),
        (["Ctrl+Right"], 10),
        (["End", "Ctrl+Left", "Ctrl+Left"], 9),
        (["End"], 29),
        (["End", "Right"], 29),
        (["End", "Home"], 0),
    ],
)
def test_keys_move_inside_the_episode(
    window: MainWindow, desk: Desk, press: Press, keys, frame
) -> None:
    press(window, *keys)
    assert place(desk) == (0, frame)


def test_keys_move_between_episodes(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Up")
    assert window.status.text() == "This is the first episode."
    press(window, "Right", "Down", "Down")
    assert place(desk) == (2, 0)
    press(window, "Up")
    assert place(desk) == (1, 0)
    press(window, "Down", "Down", "Down")
    assert place(desk) == (3, 0)
    assert window.status.text() == "This is the last episode."


def test_u_looks_for_what_is_undecided(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Down", "Shift+X", "Up", "U")
    assert desk.episode == 2
    press(window, "U", "U")
    assert desk.episode == 0
    press(window, "X", "X", "X", "U")
    assert window.status.text() == "Every other listed episode has a decision."


def test_bracket_goes_round_the_edges(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "[")
    assert window.status.text() == "This episode has no edge yet."
    press(window, "Shift+Right", "R", "Right", "R", "Home", "[")
    assert place(desk) == (0, 10)
    press(window, "[")
    assert place(desk) == (0, 12)
    press(window, "[")
    assert place(desk) == (0, 10)


def test_space_plays_and_pauses(window: MainWindow, desk: Desk, press: Press, qtbot: QtBot) -> None:
    desk.playhead.set_speed(0.25)  # so that the end is far off, though the machine stood still
    press(window, "Space")
    assert desk.playhead.playing
    qtbot.waitUntil(lambda: desk.playhead.frame > 1, timeout=20_000)
    press(window, "Space")
    frame = desk.playhead.frame
    assert not desk.playhead.playing
    qtbot.wait(200)
    assert desk.playhead.frame == frame


def test_playing_ends_at_the_last_frame_and_begins_anew(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    press(window, "End", "Left", "Space")
    qtbot.waitUntil(lambda: not desk.playhead.playing, timeout=20_000)
    assert place(desk) == (0, 29)
    press(window, "Space")
    assert desk.playhead.playing and desk.playhead.frame == 0


def test_jkl_is_a_ladder(window: MainWindow, desk: Desk, press: Press) -> None:
    speeds = []
    for key in "LLLLLJJJJJJJJJJJ":
        press(window, key)
        speeds.append(desk.playhead.speed)
        desk.playhead.go(15)
    assert speeds == [1, 2, 4, 8, 8, 4, 2, 1, 0.5, 0.25, -1, -2, -4, -8, -8, -8]
    press(window, "K")
    assert not desk.playhead.playing
    press(window, "J")
    assert desk.playhead.speed == -1 and desk.playhead.playing
    press(window, "K", "L")
    assert desk.playhead.speed == 1


def test_backwards_ends_at_the_first_frame(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    press(window, "Right", "Right", "J")
    qtbot.waitUntil(lambda: not desk.playhead.playing, timeout=20_000)
    assert place(desk) == (0, 0)


def test_b_loops_around_the_edge(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    press(window, "Shift+Right", "Shift+S", "Home", "B")
    seen: list[int] = []
    desk.playhead.moved.connect(lambda: seen.append(desk.playhead.frame))
    assert (desk.playhead.loop.start, desk.playhead.loop.stop) == (5, 16)
    assert desk.playhead.playing and desk.playhead.frame == 5
    press(window, "L", "L", "L")

    def turned() -> bool:
        return any(b < a for a, b in pairwise(seen))

    qtbot.waitUntil(turned, timeout=20_000)
    assert min(seen) >= 5 and max(seen) <= 15
    press(window, "B")
    assert desk.playhead.loop is None and not desk.playhead.playing


def test_without_an_edge_the_loop_is_around_the_frame(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "End", "B")
    assert (desk.playhead.loop.start, desk.playhead.loop.stop) == (24, 30)
    press(window, "Down")
    assert desk.playhead.loop is None and not desk.playhead.playing


def test_stepping_stops_playing(window: MainWindow, desk: Desk, press: Press) -> None:
    for key in ("Right", "Left", "Home", "End", "Shift+Right", "Ctrl+Left", "K", "["):
        press(window, "Home", "Shift+S", "Shift+Right", "Space")
        assert desk.playhead.playing
        press(window, key)
        assert not desk.playhead.playing, key


def test_v_shows_the_next_camera(window: MainWindow, desk: Desk, press: Press) -> None:
    stage = window.page.stage
    assert stage.large.camera == CAMERAS[1]  # the gripper comes first
    press(window, "V")
    assert stage.large.camera == CAMERAS[0]
    press(window, "V")
    assert [view.camera for view in stage.views] == [CAMERAS[1], CAMERAS[0]]


def test_a_click_on_a_small_camera_swaps(window: MainWindow, desk: Desk, press: Press) -> None:
    stage = window.page.stage
    click(stage.views[1])
    assert stage.large.camera == CAMERAS[0]
    assert desk.label.time is None


def test_side_by_side(window: MainWindow, desk: Desk, press: Press) -> None:
    stage = window.page.stage
    press(window, "Shift+V")
    assert [view.large for view in stage.views] == [True, True]
    assert abs(stage.views[0].width() - stage.views[1].width()) <= 1
    press(window, "Shift+V")
    assert stage.views[0].width() > stage.views[1].width()


def test_one_camera_has_no_next_one(
    window: MainWindow, open_window: OpenWindow, make_recording, press: Press
) -> None:
    open_window(make_recording(lengths=(5,)))
    press(window, "V")
    assert window.status.text() == "This recording has one camera."


def test_the_timeline_zooms_around_the_playhead(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    scale = window.page.timeline.scale
    press(window, "Shift+Right", "+", "=")
    assert scale.last - scale.first == pytest.approx(30 / 1.5**2)
    assert scale.first <= 10 <= scale.last
    press(window, "End")
    assert scale.first < 29 and scale.last >= 30
    press(window, "-")
    assert scale.last - scale.first == pytest.approx(20)
    press(window, "0")
    assert scale.whole


def test_the_picture_zooms_and_comes_back(window: MainWindow, desk: Desk, press: Press) -> None:
    view = window.page.stage.large
    whole = view.image_rect()
    middle = QPointF(view.rect().center())
    wheel = QWheelEvent(
        middle, view.mapToGlobal(middle), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, wheel)
    assert view.image_rect().width() == pytest.approx(whole.width() * 1.25**2)
    press(window, "Ctrl+0")
    assert view.image_rect() == whole
    QApplication.sendEvent(view, wheel)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton)
    assert view.image_rect() == whole


def test_dark_and_light(window: MainWindow, desk: Desk, press: Press) -> None:
    def lightness() -> int:
        return window.palette().window().color().lightness()

    press(window, "Ctrl+T")
    first = lightness()
    press(window, "Ctrl+T")
    assert (first < 128) != (lightness() < 128)
    assert desk.label.time is None


def test_every_key_belongs_to_one_command() -> None:
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))
    assert len(BY_ID) == len(COMMANDS)


def test_the_core_binds_every_command_that_labels_moves_and_plays(
    window: MainWindow, desk: Desk
) -> None:
    elsewhere = {"go.to", "play.every_frame"}  # bound by the palette and the settings
    for command in COMMANDS:
        if command.group in ("Label", "Go", "Play") and command.id not in elsewhere:
            assert window.actions_by_id[command.id].isEnabled(), command.id
