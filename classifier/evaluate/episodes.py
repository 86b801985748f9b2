"""What the classifier does in each episode: when it fires, and how long wrongly."""

import numpy as np

from classifier.evaluate.runs import runs
from classifier.evaluate.scored_frames import Mask, ScoredFrames
from labeler.contracts.report import EpisodeFigures


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
