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

    @property
    def accuracy(self) -> float:
        """Share of frames that were judged right."""
        return (self.tp + self.tn) / (self.tp + self.tn + self.fp + self.fn)

    @property
    def precision(self) -> float | None:
        """tp / (tp + fp); None where no frame is judged a success."""
        return _share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float | None:
        """tp / (tp + fn); None where no frame is a success."""
        return _share(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None where there is no success, neither true nor judged."""
        return _share(2 * self.tp, 2 * self.tp + self.fp + self.fn)


@dataclass(frozen=True)
class Figures:
    """What is said about some frames; None where a figure is not defined for them."""

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


def confusion(judged: Judged, threshold: float) -> Confusion:
    """Counts of frames that count as a success if their probability is above `threshold`.

    Raises:
        LabelerError: there is no frame.
    """
    require_frames(judged)
    pairs = 2 * judged.labels.astype(np.int64) + judged.successes(threshold)
    return Confusion(*np.bincount(pairs, minlength=4).tolist())


def figures(judged: Judged, threshold: float) -> Figures:
    """The figures of frames that count as a success if their probability is above `threshold`.

    Raises:
        LabelerError: there is no frame.
    """
    found = confusion(judged, threshold)
    average_precision, roc_auc = _ranking(judged)
    return Figures(
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


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
