"""How much probabilities may be off before a rule decides another episode wrongly."""

from dataclasses import dataclass

import numpy as np

from labeler.decision.firing import FrameScores, Integers, Mask, Numbers

_SURE = 1e-6
"""Probabilities nearer to 0 and 1 say no more than this one."""
_MISS = 2.0
"""An error that misses an episode counts as so much smaller than one that pays a false reward."""


def lowest_of_runs(values: Numbers, breaks: Mask, frames: int) -> Numbers:
    """For each frame the lowest of so many values up to it, float64 (n,).

    It is -inf where fewer follow each other: values, breaks (n,) as for `run_lengths`. A condition
    "at or above a threshold" has been met for so many frames where this is at or above it.
    """
    lowest = values.astype(np.float64)
    for _ in range(frames - 1):
        before = np.concatenate([[-np.inf], lowest[:-1]])
        lowest = np.where(breaks, -np.inf, np.minimum(values, before))
    return lowest


def log_odds(probabilities: Numbers) -> Numbers:
    """Natural logarithm of the odds of probabilities (n,)."""
    sure = np.clip(probabilities, _SURE, 1 - _SURE)
    found: Numbers = np.log(sure / (1 - sure))
    return found


@dataclass(frozen=True)
class Margins:
    """Log-odds at which episodes change sides with one hold, float64 (episodes,).

    peaks: at a threshold up to this, success is decided before the labelled one, or without one
    tops: at a threshold above this, the labelled success is missed; -inf without one
    """

    peaks: Numbers
    tops: Numbers

    def at(self, threshold: float, false: Mask, missed: Mask) -> float:
        """By how much log-odds may be off until one more episode is decided wrongly.

        false, missed: which of the episodes are so already, bool (episodes,).
        """
        cut = float(log_odds(np.array([threshold]))[0])
        above = cut - self.peaks[~false]
        below = _MISS * (self.tops - cut)[(self.tops > -np.inf) & ~false & ~missed]
        return float(min(above.min(initial=np.inf), below.min(initial=np.inf)))


def margins_of(scores: FrameScores, lowest: Numbers, cutoffs: Integers) -> Margins:
    """Of the lowest probabilities of runs (n,), and the first successes by label (episodes,)."""
    lengths = np.diff(scores.starts, append=len(scores))
    ends = np.repeat(np.where(cutoffs < 0, len(scores), cutoffs), lengths)
    before = np.where(np.arange(len(scores)) < ends, lowest, -np.inf)
    during = np.where(scores.labels, lowest, -np.inf)
    peaks, tops = (np.maximum.reduceat(each, scores.starts) for each in (before, during))
    return Margins(log_odds(peaks), np.where(cutoffs < 0, -np.inf, log_odds(tops)))
