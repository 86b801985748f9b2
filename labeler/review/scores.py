"""Probabilities of every frame: of a classifier, or of another operator's labels."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.rewards import exclusion_mask, success_mask
from labeler.review.suggestion import Suggestion, suggest

THRESHOLD = 0.5
_SURE = 0.99  # what a person says, as a probability


@dataclass(frozen=True, eq=False)
class Scores:
    """Probability of success of every frame of a recording.

    values: float64, shape (frames,), episode after episode; NaN where there is none
    starts: int64, shape (episodes + 1,)
    by: the operator whose labels these are; empty for a classifier
    spread: standard deviation among several classifiers, float64, shape (frames,), NaN where there
        was one; None where nothing is known of it
    distance: how far the image is from those that the classifier was trained on, in units of what
        is still like them, float64, shape (frames,), NaN where it was trained on the episode; None
        where nothing is known of it
    name: what the file and column are called
    calibrated: whether values are probabilities; else they only rise with success
    """

    values: NDArray[np.float64]
    starts: NDArray[np.int64]
    threshold: float = THRESHOLD
    by: str = ""
    spread: NDArray[np.float64] | None = None
    distance: NDArray[np.float64] | None = None
    name: str = ""
    calibrated: bool = True

    def __len__(self) -> int:
        return len(self.starts) - 1

    def probabilities(self, episode: int) -> NDArray[np.float64] | None:
        """Those of one episode, shape (length,); None where there are none."""
        return self._known(self.values, episode)

    def spreads(self, episode: int) -> NDArray[np.float64] | None:
        """How far classifiers differ on each frame of an episode; None where that is not known."""
        return self._known(self.spread, episode)

    def unlike(self, episode: int) -> NDArray[np.bool_] | None:
        """Which frames of an episode are not like those of the training, bool, shape (length,).

        None where that is not known.
        """
        part = self._known(self.distance, episode)
        return None if part is None else part > 1

    def _known(
        self, values: NDArray[np.float64] | None, episode: int
    ) -> NDArray[np.float64] | None:
        """Values of one episode, shape (length,); None where there are none."""
        if values is None:
            return None
        part: NDArray[np.float64] = values[self.starts[episode] : self.starts[episode + 1]]
        return part if np.isfinite(part).any() else None

    def doubt(self) -> NDArray[np.float64]:
        """Mean spread of each episode, float64, shape (episodes,); NaN where it is not known."""
        if self.spread is None:
            return np.full(len(self), np.nan)
        known = np.isfinite(self.spread)
        sums = np.concatenate(([0.0], np.cumsum(np.where(known, self.spread, 0.0))))
        counts = np.concatenate(([0], np.cumsum(known)))
        total, count = np.diff(sums[self.starts]), np.diff(counts[self.starts])
        doubt: NDArray[np.float64] = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        return doubt

    def scored(self) -> NDArray[np.bool_]:
        """Which episodes have a probability for any frame: bool, shape (episodes,)."""
        known = np.concatenate(([0], np.cumsum(np.isfinite(self.values))))
        some: NDArray[np.bool_] = np.diff(known[self.starts]) > 0
        return some

    def suggestion(self, label: EpisodeLabel, episode: int) -> Suggestion | None:
        """What the probabilities suggest for an episode; excluded frames of `label` are unknown."""
        values = self.probabilities(episode)
        if values is None:
            return None
        return replace(suggest(values, exclusion_mask(label)), by=self.by)

    def before(self, other: "Scores") -> "Scores":
        """These, and those of `other` for frames that have none here.

        So probabilities of labelled episodes from classifiers that never saw them come before
        those of the final one, which learned them by heart.
        """
        absent = np.isnan(self.values)
        nothing = np.full_like(self.values, np.nan)

        def joined(
            own: NDArray[np.float64] | None, others: NDArray[np.float64] | None
        ) -> NDArray[np.float64] | None:
            if own is None and others is None:
                return None
            own, others = (nothing if one is None else one for one in (own, others))
            return np.where(absent, others, own)

        return replace(
            self,
            values=np.where(absent, other.values, self.values),
            spread=joined(self.spread, other.spread),
            distance=joined(self.distance, other.distance),
        )


def scores_of_labels(labels: DatasetLabels, by: str) -> Scores:
    """What an operator called `by` says of every frame; nothing of undecided or excluded ones.

    As scores, the labels can be compared with one's own, and accepted.
    """
    starts = np.concatenate(([0], np.cumsum(np.asarray(labels.lengths, np.int64))))
    values = np.full(int(starts[-1]), np.nan)
    for episode, label in labels.touched.items():
        if label.decided:
            part = values[starts[episode] : starts[episode + 1]]
            part[:] = np.where(success_mask(label), _SURE, 1 - _SURE)
            part[exclusion_mask(label)] = np.nan
    return Scores(values, starts, by=by)
