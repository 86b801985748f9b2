"""The comparison of decision rules counts what happens where a rule was not chosen."""

import numpy as np

from labeler.decision import FrameScores
from tests.bench.decision.__main__ import RULES, half, measured

LENGTH, FPS = 20, 10.0


def scores(blip: int, state: float) -> FrameScores:
    """Eight episodes, four of which succeed at 10; the others have one high frame, or none."""
    episodes, frames = np.repeat(np.arange(8), LENGTH), np.tile(np.arange(LENGTH), 8)
    succeeds = np.isin(episodes, (0, 1, 4, 5))
    labels = succeeds & (frames >= 10)
    false = ~succeeds & (frames == blip)
    found = np.where(labels, 0.9, np.where(false, 0.95, 0.1))
    columns = {"observation.state[z]": np.where(false, state, 1.0 * labels)}
    return FrameScores(episodes, frames, found, labels, columns)


def test_a_hold_keeps_single_frames_away_and_costs_its_time() -> None:
    told = measured(scores(blip=5, state=1.0), FPS)
    assert told[RULES[0]] == "4 of 8, 0 of 4, 0.00 s"
    assert told[RULES[2]] == "0 of 8, 0 of 4, 0.10 s"
    assert told[RULES[3]] == told[RULES[2]]  # the state does not tell them apart


def test_a_gate_takes_the_wait_away() -> None:
    told = measured(scores(blip=5, state=0.0), FPS)
    assert told[RULES[2]] == "0 of 8, 0 of 4, 0.10 s"
    assert told[RULES[3]] == "0 of 8, 0 of 4, 0.00 s"


def test_halves_are_the_even_and_the_odd_episodes() -> None:
    found = scores(blip=5, state=0.0)
    assert np.unique(half(found, 0).episodes).tolist() == [0, 2, 4, 6]
    assert np.unique(half(found, 1).episodes).tolist() == [1, 3, 5, 7]
