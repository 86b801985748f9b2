"""Precision and recall over the thresholds."""

import numpy as np

from classifier.evaluate.scored_frames import ScoredFrames, require_frames
from classifier.evaluate.sweep import sweep
from labeler.contracts.report import Curves

MOST_POINTS = 500


def curves(scored: ScoredFrames, most_points: int = MOST_POINTS) -> Curves | None:
    """The curves, thinned out to at most `most_points`; None where all frames are of one class.

    Both ends are kept.

    Raises:
        LabelerError: there is no frame.
    """
    require_frames(scored)
    rows = sweep(scored)
    if scored.labels.all() or not scored.labels.any() or not len(rows.tp):
        return None
    count = len(rows.tp)
    kept = np.unique(np.linspace(0, count - 1, min(count, most_points)).round().astype(np.int64))
    columns = (rows.lower, rows.precision, rows.recall, rows.f_score(1))
    return Curves(*(tuple(column[kept].tolist()) for column in columns))
