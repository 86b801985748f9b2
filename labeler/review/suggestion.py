"""The label that explains a classifier's probabilities best, and how clearly it does."""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf

import numpy as np
from numpy.typing import NDArray

from labeler.labels import EpisodeLabel, FrameRange, Origin
from labeler.labels.episode import with_success

LOSS_COST = 15.0
"""What an explanation pays for each time that success is lost, in nats.

A few confident frames against the rest (4.6 nats each at most) are an error of the classifier."""
NEAR = 2
"""Frames within which two edges count as the same."""
_LEAST = 0.01  # no single frame decides: a classifier is never surer than this, right or wrong
_GRID = 2.0**20
_HIGH, _MEDIUM = 6.0, 2.0  # nats

Numbers = NDArray[np.float64]


class SuggestionKind(StrEnum):
    """What is suggested."""

    CUTOFF = "cutoff"
    NEVER = "never"
    RANGES = "ranges"


class Basis(StrEnum):
    """What a suggestion rests on."""

    CLASSIFIER = "classifier"
    SIGNALS = "signals"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A label somebody may accept.

    ranges: frames of success; empty for "never"
    margin: log-likelihood by which it wins over the best explanation of another kind, in nats;
        "never" over cutoffs that leave more than `NEAR` frames of success, if the episode is longer
    sharpness: that by which a cutoff wins over every other more than `NEAR` frames away
    by: the operator whose label it is; empty for a classifier or a guess
    """

    kind: SuggestionKind
    ranges: tuple[FrameRange, ...] = ()
    margin: float = 0.0
    sharpness: float = inf
    basis: Basis = Basis.CLASSIFIER
    by: str = ""

    @property
    def cutoff(self) -> int | None:
        """First frame of success if success lasts from there; None otherwise."""
        return self.ranges[0].start if self.kind is SuggestionKind.CUTOFF else None

    @property
    def confidence(self) -> float:
        """Nats by which it wins over the best suggestion that somebody would call another one."""
        return min(self.margin, self.sharpness)

    def label(self, template: EpisodeLabel) -> EpisodeLabel:
        """The label that accepting it gives; note, flag and exclusions stay."""
        return with_success(replace(template, origin=Origin.ACCEPTED), self.ranges)


def confidence_word(confidence: float) -> str:
    """`high`, `medium` or `low`; 6 nats are odds of 400 to 1, 2 nats of 7 to 1."""
    return "high" if confidence >= _HIGH else "medium" if confidence >= _MEDIUM else "low"


def log_odds(
    probabilities: NDArray[np.floating], excluded: NDArray[np.bool_] | None = None
) -> Numbers:
    """log p - log(1 - p) per frame, shape (length,); 0 where unknown (NaN) or excluded.

    Rounded to a millionth, in powers of two: sums are exact and equal explanations are equal.
    """
    known = np.where(np.isfinite(probabilities), probabilities, 0.5).clip(_LEAST, 1 - _LEAST)
    odds: Numbers = np.log(known / (1 - known), dtype=np.float64)
    odds = np.round(odds * _GRID) / _GRID
    if excluded is not None:
        odds[excluded] = 0.0
    return odds


def suggest(
    probabilities: NDArray[np.floating], excluded: NDArray[np.bool_] | None = None
) -> Suggestion:
    """Maximum likelihood over "success from k on" for every k, "never", and ranges.

    `probabilities` are those of success per frame, shape (length,). The log-likelihood of a label
    is the sum of log p over its success frames and log(1 - p) over the others. Less that of
    "never", which is the same for all, it is the sum of the log-odds over its success frames. Of
    cutoffs that are equal the latest counts: it stands on a frame that says something. Labels in
    which success is lost pay `LOSS_COST` for each time. Linear in the length.
    """
    odds = log_odds(probabilities, excluded)
    gains = np.cumsum(odds[::-1])[::-1]  # of success from k on
    best = len(gains) - 1 - int(np.argmax(gains[::-1]))
    cutoff, (lossy, ranges) = float(gains[best]), best_ranges(odds)
    if lossy > max(cutoff, 0.0):
        return Suggestion(SuggestionKind.RANGES, ranges, lossy - max(cutoff, 0.0))
    if cutoff > 0:
        whole = (FrameRange(best, len(odds)),)
        sharpness = cutoff - _best_elsewhere(gains, best)
        return Suggestion(SuggestionKind.CUTOFF, whole, cutoff - max(lossy, 0.0), sharpness)
    serious = gains[:-NEAR] if len(gains) > NEAR else gains
    return Suggestion(SuggestionKind.NEVER, (), -max(float(serious.max()), lossy))


def best_ranges(odds: Numbers) -> tuple[float, tuple[FrameRange, ...]]:
    """The best label in which success is lost at least once: its log-likelihood over "never".

    Viterbi's algorithm with the states "before any success", whose value is 0, "first success",
    "lost" and "success again". Every step into "lost" costs `LOSS_COST`.
    """
    first = lost = again = -inf
    steps: list[tuple[bool, bool, bool, bool]] = []
    for gain in odds.tolist():
        begins, falls = first <= 0, max(first, again) - LOSS_COST > lost
        steps.append((begins, falls, first >= again, lost >= again))
        fallen = max(first, again) - LOSS_COST if falls else lost
        first, again, lost = gain + max(first, 0.0), gain + max(again, lost), fallen
    return max(lost, again), _trace(steps, lost >= again)


def _trace(steps: list[tuple[bool, bool, bool, bool]], ends_lost: bool) -> tuple[FrameRange, ...]:
    """The success frames along the best path, found from its end."""
    ranges: list[FrameRange] = []
    state, end = ("lost", 0) if ends_lost else ("again", len(steps))
    for frame in range(len(steps) - 1, -1, -1):
        begins, falls, from_first, rises = steps[frame]
        if state == "lost" and falls:
            state, end = ("first" if from_first else "again"), frame
        elif (state == "again" and rises) or (state == "first" and begins):
            ranges.append(FrameRange(frame, end))
            if state == "first":
                break
            state = "lost"
    return tuple(reversed(ranges))


def _best_elsewhere(gains: Numbers, cutoff: int) -> float:
    """The best log-likelihood of a cutoff that is more than `NEAR` frames away."""
    before, after = gains[: max(cutoff - NEAR, 0)], gains[cutoff + NEAR + 1 :]
    return float(max(before.max(initial=-inf), after.max(initial=-inf)))
