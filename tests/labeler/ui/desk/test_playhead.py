"""The place shown: its limits, true time, every frame, and the counter of what was dropped."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from labeler.ui.desk.playhead import Loop, Playhead

FPS = 50


class Times:
    """Frames a playhead has shown, with the moment of each."""

    def __init__(self, playhead: Playhead) -> None:
        self.frames: list[int] = []
        playhead.moved.connect(lambda: self.frames.append(playhead.frame))


def playhead_of(ready: Callable[[int, int], bool], length: int = 50) -> Playhead:
    playhead = Playhead(FPS, ready)
    playhead.open(0, length)
    return playhead


@pytest.fixture
def playhead(qapp) -> Playhead:
    return playhead_of(lambda episode, frame: True)


def played(playhead: Playhead, qtbot: QtBot) -> list[int]:
    """Frames shown until playback ends by itself."""
    times = Times(playhead)
    qtbot.waitUntil(lambda: not playhead.playing, timeout=60_000)
    return times.frames


def test_the_ends_are_not_passed(playhead: Playhead) -> None:
    playhead.step(-5)
    assert playhead.frame == 0
    playhead.step(500)
    assert playhead.frame == 49
    playhead.open(3, 10, 99)
    assert (playhead.episode, playhead.frame) == (3, 9)


def test_a_place_that_stays_is_not_told(playhead: Playhead) -> None:
    told: list[int] = []
    playhead.moved.connect(lambda: told.append(playhead.frame))
    playhead.go(0)
    assert told == []
    playhead.go(1)
    assert told == [1]


def test_true_time_takes_the_time_of_the_episode(playhead: Playhead, qtbot: QtBot) -> None:
    from time import perf_counter

    start = perf_counter()
    playhead.play(1)
    frames = played(playhead, qtbot)
    assert perf_counter() - start >= 49 / FPS * 0.98
    assert frames == sorted(set(frames)) and frames[-1] == 49
    assert playhead.dropped == 0


@pytest.mark.parametrize("speed", [1.0, 8.0, -4.0])
def test_every_frame_shows_each_once_in_order(playhead: Playhead, qtbot: QtBot, speed) -> None:
    playhead.every_frame = True
    playhead.go(0 if speed > 0 else 49)
    playhead.play(speed)
    expected = list(range(50))
    frames = played(playhead, qtbot)
    assert frames == (expected[1:] if speed > 0 else expected[-2::-1])


def test_every_frame_waits_for_its_picture(qtbot: QtBot) -> None:
    there = {0, 1, 2}
    playhead = playhead_of(lambda episode, frame: frame in there, 10)
    playhead.every_frame = True
    times = Times(playhead)
    playhead.play(4)
    qtbot.waitUntil(lambda: playhead.frame == 2, timeout=20_000)
    qtbot.wait(300)
    assert playhead.frame == 2 and playhead.playing
    there.update(range(10))
    qtbot.waitUntil(lambda: not playhead.playing, timeout=20_000)
    assert times.frames == list(range(1, 10))
    assert playhead.dropped == 0


def test_true_time_drops_what_is_late_and_counts_it(qtbot: QtBot) -> None:
    playhead = playhead_of(lambda episode, frame: frame % 10 == 0, 50)
    playhead.play(1)
    frames = played(playhead, qtbot)
    assert frames == sorted(set(frames)) and frames[-1] == 49
    assert playhead.dropped > 0
    playhead.go(0)
    playhead.play(1)
    assert playhead.dropped == 0
    playhead.pause()


def test_a_late_picture_gives_way_to_the_latest_that_is_there(qtbot: QtBot) -> None:
    """The frame that is due is not there, but one on the way to it is."""
    there = {0, 1, 2, 3, 4, 5}
    playhead = playhead_of(lambda episode, frame: frame in there, 50)
    playhead.every_frame = False
    playhead.play(8)
    qtbot.waitUntil(lambda: playhead.dropped > 0, timeout=20_000)
    playhead.pause()
    assert playhead.frame > 0


@pytest.mark.parametrize("speed", [2.0, -2.0])
def test_a_loop_stays_inside(playhead: Playhead, qtbot: QtBot, speed) -> None:
    times = Times(playhead)
    playhead.speed = abs(speed)
    playhead.repeat(Loop(10, 15))
    playhead.play(speed)
    inside = {10, 11, 12, 13, 14}  # of which a busy machine may miss some in each turn
    qtbot.waitUntil(lambda: len(times.frames) > 20 and inside <= set(times.frames))
    playhead.repeat(None)
    playhead.pause()
    assert set(times.frames) == inside


def test_a_loop_shows_every_frame_where_that_is_wanted(playhead: Playhead, qtbot: QtBot) -> None:
    times = Times(playhead)
    playhead.every_frame = True
    playhead.repeat(Loop(10, 15))
    qtbot.waitUntil(lambda: len(times.frames) > 12, timeout=20_000)
    playhead.pause()
    assert times.frames[:11] == [10, 11, 12, 13, 14, 10, 11, 12, 13, 14, 10]


def test_another_episode_ends_playback(playhead: Playhead) -> None:
    playhead.repeat(Loop(10, 15))
    playhead.open(1, 20)
    assert not playhead.playing and playhead.loop is None and playhead.frame == 0


def test_a_single_frame_plays_to_its_end(qtbot: QtBot) -> None:
    playhead = playhead_of(lambda episode, frame: True, 1)
    playhead.toggle()
    qtbot.waitUntil(lambda: not playhead.playing, timeout=20_000)
    assert playhead.frame == 0


def test_seconds_of_a_frame(playhead: Playhead) -> None:
    playhead.go(25)
    assert playhead.seconds == 0.5
