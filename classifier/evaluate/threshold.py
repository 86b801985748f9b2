"""The threshold that goes into the checkpoint, chosen on held-out frames.

A false positive is worse than a miss, because a policy learns to exploit it. So precision is asked
for, and recall is what is left.
"""

import numpy as np

from classifier.evaluate.scored_frames import ScoredFrames, require_frames
from classifier.evaluate.threshold_table import ThresholdTable, threshold_table
from classifier.evaluate.wording import number
from labeler.contracts.report import ChosenThreshold

DEFAULT_PRECISION = 0.98
UNDECIDED = 0.5
"""LeRobot's default `success_threshold`, where the frames say nothing about a better one."""


def choose_threshold(
    scored: ScoredFrames, precision: float = DEFAULT_PRECISION, classes: int = 2
) -> ChosenThreshold:
    """The threshold with the highest recall among those whose precision reaches `precision`.

    It lies in the middle of the gap between the frames it separates. Where several have that
    recall, it is the highest of them: the others only let more false positives through. Where none
    reaches the precision, it is the one with the best F0.5 (precision counts twice as much).
    With more than two `classes` it is 0.5: LeRobot's step on the robot rewards the likeliest class.

    Raises:
        LabelerError: there is no frame.
        ValueError: `precision` is not in (0, 1].
    """
    if not 0 < precision <= 1:
        raise ValueError(f"precision has to be in (0, 1], not {precision}")
    require_frames(scored)
    if classes > 2:
        return _likeliest(scored, precision)
    rows = threshold_table(scored)
    if reason := _undecidable(scored, rows):
        sentence = f"{reason}, so the threshold stays at {UNDECIDED}."
        return ChosenThreshold(UNDECIDED, None, None, precision, False, sentence)
    reaching = np.flatnonzero((rows.precision >= precision) & (rows.tp > 0))
    if len(reaching):
        # `tp` never grows with the row: the first row has the most, the last with as many is meant.
        row = int(reaching[rows.tp[reaching] == rows.tp[reaching[0]]][-1])
    else:
        row = int(np.argmax(rows.f_score(0.5)))
    return _choose_row(rows, row, precision)


def _likeliest(scored: ScoredFrames, target: float) -> ChosenThreshold:
    fired = scored.probabilities > UNDECIDED
    right, successes = int((fired & scored.labels).sum()), int(scored.labels.sum())
    precision = right / int(fired.sum()) if fired.any() else None
    recall = right / successes if successes else None
    sentence = (
        "With more than two classes, LeRobot rewards a frame whose likeliest class is 1, whatever "
        "the threshold."
    )
    reached = precision is not None and precision >= target
    return ChosenThreshold(UNDECIDED, precision, recall, target, reached, sentence)


def _undecidable(scored: ScoredFrames, rows: ThresholdTable) -> str:
    if not scored.labels.any():
        return "No frame that the threshold could be chosen on is a success"
    if scored.labels.all():
        return "Every frame that the threshold could be chosen on is a success"
    if not rows.tp.any():
        return "Every success frame has probability 0"
    return ""


def _choose_row(rows: ThresholdTable, row: int, target: float) -> ChosenThreshold:
    precision, recall = float(rows.precision[row]), float(rows.recall[row])
    reached = precision >= target
    between = _between(float(rows.lower[row]), float(rows.upper[row]))
    if reached:
        sentence = f"Highest recall at a precision of at least {target:g}."
    else:
        sentence = (
            f"No threshold reaches a precision of {target:g}; this one has the best F0.5, "
            f"with a precision of {number(precision)}."
        )
    return ChosenThreshold(between, precision, recall, target, reached, sentence)


def _between(lower: float, upper: float) -> float:
    """A number t with lower <= t < upper, close to the middle and with few digits.

    People copy it by hand into the robot's configuration; what they read is what was evaluated.
    """
    middle, slack = lower + (upper - lower) / 2, (upper - lower) / 4
    for digits in range(2, 17):
        short = round(middle, digits)
        if abs(short - middle) <= slack and lower <= short < upper:
            return short
    return middle if middle < upper else lower  # neighbouring floats have no middle
