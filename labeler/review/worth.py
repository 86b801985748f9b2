"""What scores are worth on labelled episodes, and where they begin to mean success.

A model that was never shown the task may be wrong about half of the failures: its scores suggest
labels only beside these figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from labeler.labels import EpisodeLabel, State
from labeler.labels.rewards import exclusion_mask, success_mask
from labeler.labels.wording import decimals_text, plural
from labeler.review.disagreement import Disagreements
from labeler.review.scores import Scores
from labeler.review.suggestion import SuggestionKind
from labeler.review.suggestion_columns import KINDS

_EDGE = 1e-6
_NEVER = KINDS.index(SuggestionKind.NEVER)


@dataclass(frozen=True, slots=True)
class Worth:
    """Scores beside the labels of the episodes that have both.

    auc: probability that a frame of success has a higher score than another frame, ties counting
        half; None where there are no two kinds of frames
    false_successes: of `failures` episodes that never succeed, those for which success is suggested
    missed: of `successes` episodes, those for which `never` is suggested
    """

    name: str
    auc: float | None
    failures: int
    false_successes: int
    successes: int
    missed: int

    @property
    def sentence(self) -> str:
        """All of it, for people."""
        return f"{self.name}: {self.figures}"

    @property
    def figures(self) -> str:
        """The same without the name."""
        if not self.failures + self.successes:
            return "no labelled episode to measure it on."
        auc = "no AUC" if self.auc is None else f"AUC {decimals_text(self.auc)}"
        return (
            f"{auc}, suggests success in {self.false_successes} of "
            f"{plural(self.failures, 'failed episode')}, misses {self.missed} of "
            f"{plural(self.successes, 'successful episode')}."
        )


def worth_of(scores: Scores, labels: Mapping[int, EpisodeLabel]) -> Worth:
    """Compare scores with labels; only frames and episodes that have both count."""
    found = Disagreements(scores, labels)
    both = found.decided & found.scored
    states = np.zeros(len(scores), np.bool_)
    for episode, label in labels.items():
        states[episode] = label.state is State.SUCCESS
    suggested = found.suggested.kinds != _NEVER
    values, success = _labelled_frames(scores, labels)
    return Worth(
        scores.name,
        _auc(values, success),
        int((both & ~states).sum()),
        int((both & ~states & suggested).sum()),
        int((both & states).sum()),
        int((both & states & ~suggested).sum()),
    )


def fit(scores: Scores, labels: Mapping[int, EpisodeLabel]) -> Scores:
    """Scores that are no probabilities, bent so that 0.5 parts labelled frames best.

    The value that is put at 0.5 has the largest difference between the shares of success frames
    and of others above it (Youden's J). Probabilities, and scores without labels, stay.
    """
    values, success = _labelled_frames(scores, labels)
    if scores.calibrated or not success.any() or success.all():
        return scores
    order = np.argsort(values, kind="stable")
    ordered, hits = values[order], success[order]
    parted = np.cumsum(~hits) / (~hits).sum() - np.cumsum(hits) / hits.sum()
    parted[:-1][ordered[:-1] == ordered[1:]] = -np.inf  # equal values lie on one side
    best = int(np.argmax(parted[:-1]))
    edge = float(np.clip((ordered[best] + ordered[best + 1]) / 2, _EDGE, 1 - _EDGE))
    bent = np.interp(scores.values, [0.0, edge, 1.0], [0.0, 0.5, 1.0])
    return replace(scores, values=np.where(np.isfinite(scores.values), bent, np.nan))


def _labelled_frames(
    scores: Scores, labels: Mapping[int, EpisodeLabel]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores and success of all frames that have both and are not excluded, shape (frames,)."""
    values, success = [np.zeros(0)], [np.zeros(0, np.bool_)]
    for episode, label in sorted(labels.items()):
        if not label.decided:
            continue
        part = scores.values[scores.starts[episode] : scores.starts[episode + 1]]
        kept = np.isfinite(part) & ~exclusion_mask(label)
        values.append(part[kept])
        success.append(success_mask(label)[kept])
    return np.concatenate(values), np.concatenate(success)


def _auc(values: NDArray[np.float64], success: NDArray[np.bool_]) -> float | None:
    """The Mann-Whitney statistic over the number of pairs."""
    hits = int(success.sum())
    pairs = hits * (len(success) - hits)
    if not pairs:
        return None
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return float((ranks[success].sum() - hits * (hits + 1) / 2) / pairs)
