"""The usual figures of a two-class classifier at one threshold."""

from dataclasses import dataclass

import numpy as np

from classifier.evaluate.judged import Judged, require_frames


@dataclass(frozen=True)
class Confusion:
    """How many frames of each kind were judged how."""

    tn: int
    """Failure, judged a failure."""
    fp: int
    """Failure, judged a success: what a policy learns to exploit."""
    fn: int
    """Success, judged a failure."""
    tp: int
    """Success, judged a success."""


@dataclass(frozen=True)
class Figures:
    """What is said about some frames; None where a figure is not defined for them.

    Definitions are those of scikit-learn's user guide, section "Metrics and scoring".
    """

    frames: int
    positives: int
    """Frames labelled success."""
    accuracy: float
    precision: float | None
    """tp / (tp + fp); None where no frame is judged a success."""
    recall: float | None
    """tp / (tp + fn); None where no frame is a success."""
    f1: float | None
    average_precision: float | None
    """None where all frames are of one class."""
    roc_auc: float | None
    """None where all frames are of one class."""
    confusion: Confusion
    threshold: float


def figures(judged: Judged, threshold: float) -> Figures:
    """The figures of frames that count as a success if their probability is above `threshold`.

    Raises:
        LabelerError: there is no frame.
    """
    from sklearn import metrics  # takes a second or two; commands that only ask for help start fast

    require_frames(judged)
    labels, predicted = judged.labels, judged.successes(threshold)
    tn, fp, fn, tp = metrics.confusion_matrix(labels, predicted, labels=[False, True]).ravel()
    average_precision, roc_auc = _ranking(judged)
    undefined = {"zero_division": np.nan}
    return Figures(
        frames=len(judged),
        positives=int(labels.sum()),
        accuracy=float(metrics.accuracy_score(labels, predicted)),
        precision=_defined(metrics.precision_score(labels, predicted, **undefined)),
        recall=_defined(metrics.recall_score(labels, predicted, **undefined)),
        f1=_defined(metrics.f1_score(labels, predicted, **undefined)),
        average_precision=average_precision,
        roc_auc=roc_auc,
        confusion=Confusion(int(tn), int(fp), int(fn), int(tp)),
        threshold=threshold,
    )


def _ranking(judged: Judged) -> tuple[float | None, float | None]:
    """Average precision and area under the ROC curve: they know no threshold."""
    from sklearn import metrics

    if judged.labels.all() or not judged.labels.any():
        return None, None
    return (
        float(metrics.average_precision_score(judged.labels, judged.probabilities)),
        float(metrics.roc_auc_score(judged.labels, judged.probabilities)),
    )


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
