"""What a rule decides, frame by frame, for many episodes at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from labeler.decision.rule import Gate, Rule

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class FrameScores:
    """Frames with a classifier's probabilities, sorted by (episode, frame), none twice.

    Raises:
        ValueError: the arrays are not parallel, or not sorted.
    """

    episodes: Integers
    """Episode index, int64 (n,)."""
    frames: Integers
    """Frame index in the episode, counted from 0, int64 (n,)."""
    probabilities: Numbers
    """Probability of success in [0, 1], float64 (n,)."""
    labels: Mask
    """Whether the frame is labelled success, bool (n,)."""
    columns: Mapping[str, Numbers] = field(default_factory=dict)
    """Values that gates compare, float64 (n,), by `Gate.source`."""

    def __post_init__(self) -> None:
        shape = self.episodes.shape
        parallel = (self.frames, self.probabilities, self.labels, *self.columns.values())
        if len(shape) != 1 or any(array.shape != shape for array in parallel):
            raise ValueError("episodes, frames, probabilities, labels and columns differ in length")
        steps = np.diff(self.episodes)
        if not np.all((steps > 0) | ((steps == 0) & (np.diff(self.frames) > 0))):
            raise ValueError("frames have to be sorted by (episode, frame), none twice")

    def __len__(self) -> int:
        return len(self.episodes)

    @cached_property
    def starts(self) -> Integers:
        """Position of the first frame of each episode, int64 (episodes,)."""
        return np.flatnonzero(np.diff(self.episodes, prepend=-1)).astype(np.int64)

    @cached_property
    def breaks(self) -> Mask:
        """Where a frame does not follow the one before: a new episode, or frames left out."""
        follows = (np.diff(self.episodes) == 0) & (np.diff(self.frames) == 1)
        return np.concatenate([np.ones(min(len(self), 1), np.bool_), ~follows])


def open_gates(scores: FrameScores, gates: tuple[Gate, ...]) -> Mask:
    """Where all gates are open, bool (n,); closed where a value is NaN.

    Raises:
        KeyError: `scores.columns` lacks what a gate compares.
    """
    mask = np.ones(len(scores), np.bool_)
    for gate in gates:
        mask &= gate.is_open(scores.columns[gate.source])
    return mask


def run_lengths(met: Mask, breaks: Mask) -> Integers:
    """For each frame, how many frames in a row have met a condition, int64 (n,).

    met, breaks: bool (n,); a run begins again where `breaks` is true.
    """
    place = np.arange(len(met))
    begins = np.where(breaks, place, 0)
    last_miss = np.where(met, -1, place)
    begun = np.maximum.accumulate(begins) - 1
    lengths: Integers = place - np.maximum(np.maximum.accumulate(last_miss), begun)
    return lengths


def decisions(scores: FrameScores, rule: Rule, fps: float) -> Mask:
    """Whether success is decided at each frame, bool (n,).

    Exactly what the step on the robot does with the frames in order, reset at each episode's start.
    """
    gate = open_gates(scores, rule.gates)
    high = gate & (scores.probabilities >= rule.threshold)
    fires = run_lengths(high, scores.breaks) >= rule.hold_frames(fps)
    if rule.release is None or rule.release >= rule.threshold:
        return fires
    # Between two frames that end it, success lasts from the first frame that fires on.
    stays = gate & (scores.probabilities >= rule.release)
    spans = np.cumsum(scores.breaks | ~stays)
    since = np.maximum.accumulate(np.where(fires, np.arange(len(fires)), -1))
    begins = np.searchsorted(spans, spans, side="left")
    result: Mask = stays & (since >= begins)
    return result


def first_successes(scores: FrameScores, rule: Rule, fps: float) -> Integers:
    """Position of the first frame of each episode at which success is decided, int64 (episodes,).

    Positions are those in `scores`; -1 where an episode has none. On the robot the episode ends
    there.
    """
    gate = open_gates(scores, rule.gates)
    met = run_lengths(gate & (scores.probabilities >= rule.threshold), scores.breaks)
    return first_at(scores, met >= rule.hold_frames(fps))


def first_at(scores: FrameScores, mask: Mask) -> Integers:
    """Position of the first true frame of each episode, -1 without one, int64 (episodes,)."""
    if not len(scores):
        return np.zeros(0, np.int64)
    place = np.where(mask, np.arange(len(scores)), len(scores))
    first = np.minimum.reduceat(place, scores.starts)
    return np.where(first == len(scores), -1, first).astype(np.int64)
