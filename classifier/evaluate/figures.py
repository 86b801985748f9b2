"""The usual figures of a two-class classifier at one threshold."""

import numpy as np

from classifier.evaluate.scored_frames import Mask, ScoredFrames, require_frames, runs
from labeler.contracts.report import Confusion, EpisodeFigures, FrameFigures


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


def episode_figures(scored: ScoredFrames, threshold: float) -> tuple[EpisodeFigures, ...]:
    """One entry for each episode, in the order of the episodes; none for no frames."""
    return tuple(_of(e, frames, threshold) for e, frames in scored.by_episode().items())


def _of(episode: int, scored: ScoredFrames, threshold: float) -> EpisodeFigures:
    predicted = scored.successes(threshold)
    false_positives = predicted & ~scored.labels
    first_success, first_predicted = _first(scored, scored.labels), _first(scored, predicted)
    return EpisodeFigures(
        episode=episode,
        frames=len(scored),
        first_success=first_success,
        first_predicted=first_predicted,
        delay=_difference(first_predicted, first_success),
        longest_false_run=max(map(len, runs(scored, false_positives)), default=0),
        false_positives=int(false_positives.sum()),
        misses=int((~predicted & scored.labels).sum()),
    )


def _difference(later: int | None, earlier: int | None) -> int | None:
    return None if later is None or earlier is None else later - earlier


def _first(scored: ScoredFrames, mask: Mask) -> int | None:
    return int(scored.frames[np.argmax(mask)]) if mask.any() else None
