"""The usual figures of a two-class classifier at one threshold."""

import numpy as np

from classifier.evaluate.judged import Judged, require_frames
from labeler.contracts.report import Confusion, FrameFigures


def confusion(judged: Judged, threshold: float) -> Confusion:
    """Counts of frames that count as a success if their probability is above `threshold`.

    Raises:
        LabelerError: there is no frame.
    """
    require_frames(judged)
    pairs = 2 * judged.labels.astype(np.int64) + judged.successes(threshold)
    return Confusion(*np.bincount(pairs, minlength=4).tolist())


def figures(judged: Judged, threshold: float) -> FrameFigures:
    """The figures of frames that count as a success if their probability is above `threshold`.

    Raises:
        LabelerError: there is no frame.
    """
    found = confusion(judged, threshold)
    average_precision, roc_auc = _ranking(judged)
    return FrameFigures(
        frames=len(judged),
        positives=int(judged.labels.sum()),
        accuracy=found.accuracy,
        precision=found.precision,
        recall=found.recall,
        f1=found.f1,
        average_precision=average_precision,
        roc_auc=roc_auc,
        confusion=found,
        threshold=threshold,
    )


def _ranking(judged: Judged) -> tuple[float | None, float | None]:
    """Average precision and area under the ROC curve: they know no threshold."""
    if judged.labels.all() or not judged.labels.any():
        return None, None
    from sklearn import metrics  # takes a second; a training needs it at its end only

    return (
        float(metrics.average_precision_score(judged.labels, judged.probabilities)),
        float(metrics.roc_auc_score(judged.labels, judged.probabilities)),
    )
