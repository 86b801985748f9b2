"""The usual figures of a two-class classifier at one threshold."""

from dataclasses import dataclass

from classifier.evaluate.judged import Judged, require_frames
from classifier.evaluate.ranking import ranking


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
    require_frames(judged)
    found = _confusion(judged, threshold)
    average_precision, roc_auc = ranking(judged)
    return Figures(
        frames=len(judged),
        positives=found.tp + found.fn,
        accuracy=(found.tp + found.tn) / len(judged),
        precision=_share(found.tp, found.tp + found.fp),
        recall=_share(found.tp, found.tp + found.fn),
        f1=_share(2 * found.tp, 2 * found.tp + found.fp + found.fn),
        average_precision=average_precision,
        roc_auc=roc_auc,
        confusion=found,
        threshold=threshold,
    )


def _confusion(judged: Judged, threshold: float) -> Confusion:
    predicted = judged.successes(threshold)
    wrong = predicted != judged.labels
    fp, fn = int((wrong & predicted).sum()), int((wrong & judged.labels).sum())
    tp = int(predicted.sum()) - fp
    return Confusion(tn=len(judged) - tp - fp - fn, fp=fp, fn=fn, tp=tp)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
