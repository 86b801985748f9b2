"""Orders of work that a classifier makes possible."""

from enum import StrEnum

import numpy as np

from labeler.review.disagreement import Disagreements
from labeler.review.stable import stable_numbers
from labeler.review.suggestion import Numbers


class ReviewOrder(StrEnum):
    """Which episodes come first.

    CONFIDENCE: those without a decision whose suggestion is least certain
    UNDECIDED: those without a decision on which classifiers of several folds differ most
    DISAGREEMENT: labels that the probabilities speak against most; probable errors
    STATE: those where "never" stands against some success
    RECHECK: labelled episodes in a random order that stays the same
    """

    CONFIDENCE = "confidence"
    UNDECIDED = "undecided"
    DISAGREEMENT = "disagreement"
    STATE = "state disagreement"
    RECHECK = "recheck"


def ranks(order: ReviewOrder, found: Disagreements, seed: int = 0) -> Numbers:
    """A number per episode to sort by, least first; NaN for those without a place in the order.

    float64, shape (episodes,).
    """
    match order:
        case ReviewOrder.CONFIDENCE:
            keys, placed = found.suggested.confidence, found.scored & ~found.decided
        case ReviewOrder.UNDECIDED:
            keys, placed = -found.scores.doubt(), ~found.decided
        case ReviewOrder.DISAGREEMENT:
            keys, placed = -found.severity, found.severity > 0
        case ReviewOrder.STATE:
            keys, placed = -found.severity, found.state_differs
        case ReviewOrder.RECHECK:
            keys, placed = stable_numbers(len(found.scored), seed).astype(np.float64), found.decided
    ranked: Numbers = np.where(placed, keys, np.nan)
    return ranked
