"""A hint from signals of the robot for an episode without a suggestion of a classifier.

What the fingers did says when success would begin, never whether the task succeeded. The labels of
other episodes say how far they close around the object and how far on nothing, and how often the
hint was right; without such labels a hint has a low confidence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf, isfinite, log, nan

import numpy as np

from labeler.labels import FrameRange
from labeler.review.guess import turning_point, usual_delay
from labeler.review.suggestion import Basis, Numbers, Suggestion, SuggestionKind

_ENDS = 0.1  # share of an episode whose median is its first, or its last, pose
_RIGHT = 0.8  # of the labels of a kind that a border has to be right about
_ALIKE = 2  # episodes that failed alike, from which on others are said to fail
_NEAR_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class SignalReading:
    """What the signals of an episode say.

    turn: frame at which the gripper has closed for good, or motion has stopped; None if neither
    closure: how far the fingers are closed at the end, in units of the signal along the way that
        they went, larger for further; NaN where no gripper is known or it did not close
    """

    turn: int | None
    closure: float = nan


def reading_of(signal: Numbers, fps: float, *, gripper: bool) -> SignalReading:
    """Read the signals of an episode, shape (length, dimensions), `fps` frames per second."""
    turn = turning_point(signal, fps, gripper=gripper)
    if turn is None or not gripper:
        return SignalReading(turn)
    edge = max(round(len(signal) * _ENDS), 3)
    last = np.median(signal[-edge:], axis=0)
    way = last - np.median(signal[:edge], axis=0)
    return SignalReading(turn, float(last @ way / np.linalg.norm(way)))


@dataclass(frozen=True, slots=True)
class HintRule:
    """What labels say of signals.

    delay: frames from the turning point to success
    held, empty: usual closure of episodes that succeed, and that fail; NaN where not known
    open_fails: whether episodes in which nothing closes have failed so far
    margin: nats for a hint being right, from how often it would have been
    """

    delay: int
    held: float = nan
    empty: float = nan
    open_fails: bool = False
    margin: float = 0.0

    def hint(self, reading: SignalReading, length: int) -> Suggestion | None:
        """The hint for an episode of `length` frames; None where the signals say nothing."""
        if self.says_never(reading):
            return Suggestion(SuggestionKind.NEVER, (), self.margin, inf, Basis.SIGNALS)
        if reading.turn is None or reading.turn + self.delay >= length:
            return None
        ranges = (FrameRange(max(reading.turn + self.delay, 0), length),)
        return Suggestion(SuggestionKind.CUTOFF, ranges, self.margin, inf, Basis.SIGNALS)

    def says_never(self, reading: SignalReading) -> bool:
        """Whether the fingers did what they do in episodes that fail."""
        if reading.turn is None:
            return self.open_fails
        border = (self.held + self.empty) / 2
        if not isfinite(border) or not isfinite(reading.closure):
            return False
        return reading.closure > border if self.empty > self.held else reading.closure < border


def learn_rule(
    readings: Mapping[int, SignalReading],
    cutoffs: Mapping[int, int | None],
    default_delay: int,
    fps: float,
) -> HintRule:
    """Learn from labelled episodes: `cutoffs` has their first success frame, None for "never"."""
    told = {episode: one for episode, one in readings.items() if episode in cutoffs}
    success = {e: cutoff for e, cutoff in cutoffs.items() if cutoff is not None}
    turns = {episode: one.turn for episode, one in told.items()}
    good = [one for episode, one in told.items() if cutoffs[episode] is not None]
    bad = [one for episode, one in told.items() if cutoffs[episode] is None]
    opened = [one.turn is None for one in bad]
    rule = HintRule(
        usual_delay(turns, success, default_delay),
        _middle(good),
        _middle(bad),
        open_fails=sum(opened) >= _ALIKE and all(one.turn is not None for one in good),
    )
    if not (_share(rule, bad, never=True) >= _RIGHT and _share(rule, good, never=False) >= _RIGHT):
        rule = HintRule(rule.delay, open_fails=rule.open_fails)
    near = max(round(_NEAR_SECONDS * fps), 1)
    right = [_is_right(rule, one, cutoffs[episode], near) for episode, one in told.items()]
    hits = sum(one is True for one in right)
    misses = sum(one is False for one in right)
    return HintRule(
        rule.delay, rule.held, rule.empty, rule.open_fails,
        max(log((hits + 1) / (misses + 1)), 0.0),
    )  # fmt: skip


def _is_right(rule: HintRule, reading: SignalReading, cutoff: int | None, near: int) -> bool | None:
    """Whether the rule says what was labelled; None where it says nothing."""
    if rule.says_never(reading):
        return cutoff is None
    if reading.turn is None:
        return None
    return cutoff is not None and abs(reading.turn + rule.delay - cutoff) <= near


def _middle(readings: Iterable[SignalReading]) -> float:
    closures = [one.closure for one in readings if isfinite(one.closure)]
    return float(np.median(closures)) if closures else nan


def _share(rule: HintRule, readings: list[SignalReading], *, never: bool) -> float:
    """Share of episodes with a closure that a rule takes for what they are."""
    closed = [one for one in readings if isfinite(one.closure)]
    return sum(rule.says_never(one) is never for one in closed) / max(len(closed), 1)
