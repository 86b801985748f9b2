"""How well suggestions and decisions go together, and how fast decisions are taken."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeler.labels import EpisodeLabel, Origin
from labeler.review.disagreement import Disagreements

WITHIN = (1, 2, 5)
"""Frames within which agreement is told."""
BREAK = 60.0
"""Seconds between two decisions that are a break, not work."""


@dataclass(frozen=True, slots=True)
class SuggestionAgreement:
    """Suggestions beside final labels of some episodes.

    episodes: how many have both
    within: share whose label says what was suggested, edges at most `WITHIN[i]` frames apart
    accepted: share of labels that are an accepted suggestion, unchanged
    """

    episodes: int
    within: tuple[float, ...]
    accepted: float


def agreement(
    found: Disagreements, labels: Mapping[int, EpisodeLabel]
) -> SuggestionAgreement | None:
    """How well suggestions go with these labels; None if no episode has both."""
    pairs = [
        (label, suggestion.label(label))
        for episode, label in labels.items()
        if label.decided and (suggestion := found.suggestion(episode)) is not None
    ]
    if not pairs:
        return None
    apart = np.array([edge_distance(*pair) for pair in pairs])
    accepted = sum(label.origin is Origin.ACCEPTED for label, _ in pairs) / len(pairs)
    shares = tuple(float(np.mean(apart <= frames)) for frames in WITHIN)
    return SuggestionAgreement(len(pairs), shares, accepted)


@dataclass(frozen=True, slots=True)
class DecisionPace:
    """Seconds from one decision to the next; breaks are left out.

    decisions: how many these are; median, p90: seconds
    """

    decisions: int
    median: float
    p90: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the labels of a recording tell about the work on them.

    pace: None as long as no two decisions are close enough in time
    helped, blind: labels made with suggestions in sight, and without; None without any of them
    """

    pace: DecisionPace | None
    helped: SuggestionAgreement | None
    blind: SuggestionAgreement | None


def edge_distance(one: EpisodeLabel, other: EpisodeLabel) -> float:
    """Frames between the edges of two labels, the largest; infinite if their number differs."""
    if len(one.success) != len(other.success):
        return float("inf")
    pairs = zip(one.success, other.success, strict=True)
    return max(
        (float(max(abs(a.start - b.start), abs(a.end - b.end))) for a, b in pairs), default=0.0
    )


def pace_of(times: NDArray[np.float64]) -> DecisionPace | None:
    """How fast decisions were taken; None if no two are close enough.

    `times` are those of labels, seconds since 1970. Gaps above `BREAK` are no work. Labels that
    were imported together are one moment.
    """
    gaps = np.diff(np.unique(times[times > 0]))
    gaps = gaps[gaps <= BREAK]
    if not len(gaps):
        return None
    p50, p90 = np.percentile(gaps, (50, 90)).tolist()
    return DecisionPace(len(gaps), p50, p90)
