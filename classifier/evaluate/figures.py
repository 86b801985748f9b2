"""The usual figures of a two-class classifier at one threshold."""

import numpy as np

from classifier.evaluate.scored_frames import ScoredFrames, require_frames
from labeler.contracts.report import Confusion, FrameFigures


def confusion(scored: ScoredFrames, threshold: float) -> Confusion:
    """Counts of frames that count as a success if their probability is above `threshold`.

    Raises:
        LabelerError: there is no frame.
    """
    require_frames(scored)
    pairs = 2 * scored.labels.astype(np.int64) + scored.successes(threshold)
    return Confusion(*np.bincount(pairs, minlength=4).tolist())


def figures(scored: ScoredFrames, threshold: float) -> FrameFigures:
    """The figures of frames that count as a success if their probability is above `threshold`.

    Raises:
        LabelerError: there is no frame.
    """
    found = confusion(scored, threshold)
    average_precision, roc_auc = _ranking(scored)
    return FrameFigures(
        frames=len(scored),
        positives=int(scored.labels.sum()),
        accuracy=found.accuracy,
        precision=found.precision,
        recall=found.recall,
        f1=found.f1,
        average_precision=average_precision,
        roc_auc=roc_auc,
        confusion=found,
        threshold=threshold,
    )


def _ranking(scored: ScoredFrames) -> tuple[float | None, float | None]:
    """Average precision and area under the ROC curve: they know no threshold."""
    if scored.labels.all() or not scored.labels.any():
        return None, None
    from sklearn import metrics  # takes a second; a training needs it at its end only

    return (
        float(metrics.average_precision_score(scored.labels, scored.probabilities)),
        float(metrics.roc_auc_score(scored.labels, scored.probabilities)),
    )
