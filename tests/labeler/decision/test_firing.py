"""What a rule decides is what the step on the robot decides, frame by frame."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.decision import (
    Decider,
    FrameScores,
    Gate,
    Rule,
    decisions,
    first_successes,
    rule_figures,
)

STEP = Path(__file__).resolve().parents[3] / "resources" / "robot" / "reward_rule.py"
SPEC = importlib.util.spec_from_file_location("reward_rule", STEP)
robot = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(robot)

LOW, HIGH = 0.3, 0.7
probabilities = st.sampled_from([0.1, LOW, 0.5, HIGH, 0.9])
states = st.sampled_from([0.0, 1.0, float("nan")])
frames = st.lists(st.tuples(probabilities, states), min_size=1, max_size=30)


def scores(episodes, gap=None):
    """Scores of episodes given as lists of (probability, state); `gap` leaves one frame out."""
    rows = [
        (episode, frame, probability, state)
        for episode, content in enumerate(episodes)
        for frame, (probability, state) in enumerate(content)
        if frame != gap
    ]
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return FrameScores(
        columns[0].astype(np.int64),
        columns[1].astype(np.int64),
        columns[2].astype(np.float64),
        np.zeros(len(rows), np.bool_),
        {"observation.state[z]": columns[3].astype(np.float64)},
    )


@given(st.lists(frames, min_size=1, max_size=4), st.integers(1, 5), st.booleans(), st.booleans())
def test_the_robot_decides_the_same(episodes, hold, releases, gated):
    fps = 10
    gates = (
        (Gate(column="observation.state", entry="z", comparison=">", bound=0.5),) if gated else ()
    )
    rule = Rule(threshold=HIGH, hold=hold / fps, release=LOW if releases else None, gates=gates)
    there = robot.RewardRule(
        HIGH, rule.hold_frames(fps), rule.release, [("observation.state", 0, ">", 0.5)] * gated
    )
    expected, first = [], []
    for content in episodes:
        there.reset()
        one_by_one = Decider(rule, fps)
        told = [
            there.decide(probability, {"observation.state": np.array([state])})
            for probability, state in content
        ]
        assert told == [
            one_by_one(frame / fps, probability, {"observation.state[z]": state})
            for frame, (probability, state) in enumerate(content)
        ]
        first.append(len(expected) + told.index(True) if True in told else -1)
        expected += told
    found = scores(episodes)
    assert decisions(found, rule, fps).tolist() == expected
    assert first_successes(found, rule, fps).tolist() == first


def test_frames_left_out_break_a_row():
    found = scores([[(0.9, 0)] * 6], gap=2)
    rule = Rule(threshold=HIGH, hold=0.3)
    assert decisions(found, rule, 10).tolist() == [False, False, False, False, True]


def test_no_frame_gives_no_decision():
    nothing = np.zeros(0, np.int64)
    found = FrameScores(nothing, nothing, nothing.astype(float), nothing.astype(bool))
    assert decisions(found, Rule(), 10).tolist() == []
    assert first_successes(found, Rule(), 10).tolist() == []


def test_a_gate_without_its_column_is_refused():
    gate = Gate(column="observation.force", comparison=">", bound=0)
    with pytest.raises(KeyError, match=r"observation\.force"):
        decisions(scores([[(0.9, 0)]]), Rule(gates=(gate,)), 10)


@pytest.mark.parametrize(("seconds", "fps", "expected"), [(0, 30, 1), (0.1, 30, 3), (1, 10, 10)])
def test_seconds_become_frames(seconds, fps, expected):
    assert Rule(hold=seconds).hold_frames(fps) == expected


def test_recordings_of_two_rates_hold_as_long():
    rule = Rule(hold=0.5)
    assert (rule.hold_frames(10), rule.hold_frames(30)) == (5, 15)


def test_dropped_frames_do_not_lengthen_a_hold():
    decide = Decider(Rule(threshold=HIGH, hold=0.4), fps=10)
    assert [decide(seconds, 0.9) for seconds in (0.0, 0.1, 0.3, 0.4)] == [False, False, True, True]
    decide = Decider(Rule(threshold=HIGH, hold=0.4), fps=10)
    assert [decide(seconds, 0.9) for seconds in (0.0, 0.1, 0.2)] == [False] * 3


def test_without_a_state_no_gate_is_looked_at():
    gate = Gate(column="observation.force", comparison=">", bound=0)
    decide = Decider(Rule(threshold=HIGH, gates=(gate,)), fps=10)
    assert decide(0.0, 0.9) and not decide(0.1, 0.9, {"observation.force": 0.0})


def test_one_frame_of_delay_is_one_frame() -> None:
    place = np.arange(6)
    found = np.where(place >= 3, 0.9, 0.1)
    one = FrameScores(np.zeros(6, np.int64), place, found, place >= 2)
    *_, delay = rule_figures(one, Rule(), 10.0).sentences
    assert delay.startswith("Delay: median 1 frame (0.10 s; ")
    assert "1 frames" not in delay
