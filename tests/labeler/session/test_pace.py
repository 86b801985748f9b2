"""Seconds per episode, without breaks."""

import pytest

from labeler.session import Pace


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pace(clock):
    return Pace(clock)


def work(pace, clock, seconds):
    for episode, gap in enumerate(seconds):
        clock.now += gap
        pace.add_decision(episode)


def test_nothing_is_known_at_first(pace):
    assert pace.left(10) is None
    assert pace.text(0, 200) == "0 of 200"


def test_the_rest(pace, clock):
    work(pace, clock, [2, 2, 3, 3, 10])
    assert pace.left(60) == pytest.approx(240)
    assert pace.text(132, 192) == "132 of 192, about 4 min left"


def test_breaks_do_not_count(pace, clock):
    work(pace, clock, [2, 61, 4, 3600])
    assert pace.left(1) == 3
    clock.now += 59
    pace.begin()
    clock.now += 3
    pace.add_decision(9)
    assert pace.left(1) == 3


def test_a_correction_belongs_to_its_episode(pace, clock):
    for episode, gap in ((0, 4), (0, 2), (1, 6)):
        clock.now += gap
        pace.add_decision(episode)
    assert pace.left(2) == 12


def test_a_correction_after_a_break_is_no_episode(pace, clock):
    for episode, gap in ((0, 4), (0, 100), (0, 2), (1, 4)):
        clock.now += gap
        pace.add_decision(episode)
    assert pace.left(1) == pytest.approx(5)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "less than a minute left"),
        (59, "less than a minute left"),
        (61, "about 1 min left"),
        (59 * 60, "about 59 min left"),
        (59 * 60 + 45, "about 1 h left"),
        (90 * 60, "about 1 h 30 min left"),
        (20 * 3600 + 600, "about 20 h left"),
    ],
)
def test_words(pace, clock, seconds, words):
    work(pace, clock, [1])
    assert pace.text(0, seconds) == f"0 of {seconds:,}, {words}"


def test_done(pace, clock):
    work(pace, clock, [1])
    assert pace.text(1200, 1200) == "1,200 of 1,200"
