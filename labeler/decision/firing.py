"""What a rule decides, frame by frame: for many episodes at once, and for images one by one.

The two decide alike. Rules are chosen among hundreds, which takes whole arrays; a preview has one
frame at a time and misses some. On the robot a third one runs, which may import nothing of ours
(resources/robot/reward_rule.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from labeler.decision.rule import Gate, Rule

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]
_SLACK = 1e-6  # s: times are sums of rounded ones


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


class Decider:
    """Decides each frame of an episode in order, as the step on the robot does.

    Frames may be dropped in between: what counts is the time for which the probability stays high.
    `rule` may be replaced between two frames.
    """

    def __init__(self, rule: Rule, fps: float) -> None:
        self.rule, self._fps = rule, fps
        self._since: float | None = None
        self._success = False

    def __call__(
        self, seconds: float, probability: float, values: Mapping[str, float] | None = None
    ) -> bool:
        """Whether success is decided at a moment, `seconds` after the episode's start.

        `values` are what the gates compare, by `Gate.source`; without them no gate is looked at.
        """
        rule = self.rule
        is_open = rule.is_open(values)
        high = is_open and probability >= rule.threshold
        if not high:
            self._since = None
        elif self._since is None:
            self._since = seconds
        wait = (rule.hold_frames(self._fps) - 1) / self._fps - _SLACK
        fires = self._since is not None and seconds - self._since >= wait
        release = rule.threshold if rule.release is None else rule.release
        self._success = is_open and probability >= release and (self._success or fires)
        return self._success
