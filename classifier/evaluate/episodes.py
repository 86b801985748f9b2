"""What the classifier does in each episode: when it fires, and how long wrongly."""

import numpy as np

from classifier.evaluate.judged import Judged, Mask
from classifier.evaluate.runs import runs
from labeler.contracts.report import EpisodeFigures


def episode_figures(judged: Judged, threshold: float) -> tuple[EpisodeFigures, ...]:
    """One entry for each episode, in the order of the episodes; none for no frames."""
    return tuple(_of(e, frames, threshold) for e, frames in judged.by_episode().items())


def _of(episode: int, judged: Judged, threshold: float) -> EpisodeFigures:
    predicted = judged.successes(threshold)
    false_positives = predicted & ~judged.labels
    first_success, first_predicted = _first(judged, judged.labels), _first(judged, predicted)
    return EpisodeFigures(
        episode=episode,
        frames=len(judged),
        first_success=first_success,
        first_predicted=first_predicted,
        delay=_difference(first_predicted, first_success),
        longest_false_run=max(map(len, runs(judged, false_positives)), default=0),
        false_positives=int(false_positives.sum()),
        misses=int((~predicted & judged.labels).sum()),
    )


def _difference(later: int | None, earlier: int | None) -> int | None:
    return None if later is None or earlier is None else later - earlier


def _first(judged: Judged, mask: Mask) -> int | None:
    return int(judged.frames[np.argmax(mask)]) if mask.any() else None
