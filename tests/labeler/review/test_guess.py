"""Guesses from signals: the demo's robot, other units and directions, and signals that say none."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from labeler.dataset import open_dataset
from labeler.demo.arm import joint_positions
from labeler.demo.recording import CUTOFFS, FPS, stories
from labeler.review.guess import (
    LIFT_SECONDS,
    guess,
    read_signal,
    source_of,
    turning_point,
    usual_delay,
)
from labeler.review.suggestion import Basis, SuggestionKind

SHARED = (
    Path(os.environ.get("LABELER_SHARED") or Path(__file__).resolve().parents[4] / "shared")
    / "datasets"
)
DELAY = round(LIFT_SECONDS * FPS)


def demo_signals(episode: int) -> np.ndarray:
    motion = stories()[episode].motion()
    wanted = joint_positions(motion.tip, motion.opening, motion.yaw)
    return wanted + np.random.default_rng(episode).normal(0, 0.25, wanted.shape)


@pytest.mark.parametrize("episode", range(len(CUTOFFS)))
def test_the_demo_is_guessed_within_two_frames(episode: int) -> None:
    turn = turning_point(demo_signals(episode)[:, 5:], FPS, gripper=True)
    found = guess(turn, 100, DELAY)
    assert abs(found.cutoff - CUTOFFS[episode]) <= 2
    assert (found.kind, found.basis, found.confidence) == (
        SuggestionKind.CUTOFF,
        Basis.SIGNALS,
        0.0,
    )


def closing(at: int, length: int = 80, opened: float = 60.0, closed: float = 12.0) -> np.ndarray:
    times, values = (at - 4, at), (opened, closed)
    noise = np.random.default_rng(at).normal(0, 0.004 * abs(opened - closed), length)
    return (np.interp(np.arange(length), times, values) + noise)[:, None]


@pytest.mark.parametrize(("opened", "closed"), [(60, 12), (0, 1), (-0.04, 0.0), (1e4, 2e4)])
@pytest.mark.parametrize("at", [20, 43, 66])
def test_units_and_direction_do_not_matter(opened: float, closed: float, at: int) -> None:
    turn = turning_point(closing(at, opened=opened, closed=closed), 10, gripper=True)
    assert abs(turn - at) <= 2


def test_two_fingers_close_together() -> None:
    both = np.hstack([closing(43), closing(43, opened=0, closed=1)])
    assert abs(turning_point(both, 10, gripper=True) - 43) <= 2


def test_closing_again_counts_from_the_last_time() -> None:
    twice = np.concatenate([closing(20, 40), closing(20, 60)])
    assert abs(turning_point(twice, 10, gripper=True) - 60) <= 2


@pytest.mark.parametrize(
    "signal",
    [
        np.full((50, 1), 3.0),
        np.random.default_rng(0).normal(0, 1, (50, 1)),
        np.concatenate([closing(20, 40), closing(20, 40)[::-1]]),
        closing(78),
        np.full((50, 1), np.nan),
        closing(4, 7),
        np.zeros((0, 1)),
    ],
    ids=["constant", "noise", "opens again", "at the very end", "nan", "short", "empty"],
)
def test_no_signal_no_guess(signal: np.ndarray) -> None:
    assert turning_point(signal, 10, gripper=True) is None


def test_motion_that_stops() -> None:
    frames = np.arange(100)
    random = np.random.default_rng(1)
    moving = np.stack([np.minimum(frames, 70) * 0.8, np.sin(np.minimum(frames, 70) / 9) * 30])
    turn = turning_point(moving.T + random.normal(0, 0.02, (100, 2)), 10, gripper=False)
    assert abs(turn - 70) <= 3
    assert turning_point(moving.T[:72], 10, gripper=False) is None


def test_labels_teach_how_long_the_lift_takes() -> None:
    turns = {0: 20, 1: 30, 2: None, 3: 40, 4: 50}
    assert usual_delay(turns, {}, 5) == 5
    assert usual_delay(turns, {0: 32, 1: 42, 2: 3}, 5) == 12
    assert guess(20, 100, 12).cutoff == 32
    assert guess(95, 100, 12) is None
    assert guess(None, 100, 12) is None


def test_the_gripper_is_found_by_its_name(make_recording: Callable[..., Path]) -> None:
    with open_dataset(make_recording()) as dataset:
        source = source_of(dataset)
        assert (source.column, source.dimensions, source.gripper) == (
            "observation.state",
            (5,),
            True,
        )
        signal = read_signal(dataset, source, 1)
        assert signal.shape == (9, 1)
        rows = dataset.rows(1, ["observation.state"])["observation.state"].to_pylist()
        assert signal[:, 0].tolist() == [row[5] for row in rows]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the sample datasets are not here")
@pytest.mark.parametrize(
    "name", ["v2.0-pick_lift", "v3.0-pick_lift_varlen", "v2.1-pick_lift_image_reward"]
)
def test_sample_datasets_are_guessed_within_two_frames(name: str) -> None:
    cutoffs = json.loads((SHARED / f"{name}.cutoffs.json").read_text())
    with open_dataset(SHARED / name) as dataset:
        source = source_of(dataset)
        for episode, length in enumerate(dataset.lengths.tolist()):
            turn = turning_point(read_signal(dataset, source, episode), dataset.fps, gripper=True)
            found, cutoff = guess(turn, length, DELAY), cutoffs[str(episode)]
            if length > 2 * DELAY and cutoff is not None:
                assert abs(found.cutoff - cutoff) <= 2
            else:
                assert found is None
