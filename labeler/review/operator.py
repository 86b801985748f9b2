"""Labels of another operator as something to compare one's own with, and to accept."""

import numpy as np

from labeler.labels import DatasetLabels
from labeler.labels.rewards import exclusion_mask, success_mask
from labeler.review.scores import Scores

_SURE = 0.99


def scores_of(labels: DatasetLabels, by: str) -> Scores:
    """What an operator called `by` says of every frame; nothing of undecided or excluded ones."""
    starts = np.concatenate(([0], np.cumsum(np.asarray(labels.lengths, np.int64))))
    values = np.full(int(starts[-1]), np.nan)
    for episode, label in labels.touched.items():
        if label.decided:
            part = values[starts[episode] : starts[episode + 1]]
            part[:] = np.where(success_mask(label), _SURE, 1 - _SURE)
            part[exclusion_mask(label)] = np.nan
    return Scores(values, starts, by=by)
