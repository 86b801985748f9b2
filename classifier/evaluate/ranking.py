"""How well probabilities put successes before failures, whatever the threshold."""

import numpy as np

from classifier.evaluate.judged import Integers, Judged


def ranking(judged: Judged) -> tuple[float | None, float | None]:
    """Average precision, and the area under the ROC curve; None where all are of one class.

    As scikit-learn defines them (user guide, "Metrics and scoring"), whose import takes longer than
    a small training: the tests compare both.
    """
    if judged.labels.all() or not judged.labels.any():
        return None, None
    tp, fp = _accepted(judged)
    before = np.concatenate([[0], tp[:-1]])
    precision = tp / (tp + fp)
    average = float(((tp - before) * precision).sum() / tp[-1])
    below = np.concatenate([[0], fp[:-1]])
    area = float(((fp - below) * (tp + before)).sum() / 2 / (tp[-1] * fp[-1]))
    return average, area


def _accepted(judged: Judged) -> tuple[Integers, Integers]:
    """Success and failure frames at or above each probability that occurs, from the highest."""
    values, place = np.unique(-judged.probabilities, return_inverse=True)
    tp, fp = (
        np.cumsum(np.bincount(place, weights=kind, minlength=len(values))).astype(np.int64)
        for kind in (judged.labels, ~judged.labels)
    )
    return tp, fp
