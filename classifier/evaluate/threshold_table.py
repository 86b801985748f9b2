"""Every distinction that a threshold can make between frames."""

from dataclasses import dataclass

import numpy as np

from classifier.evaluate.scored_frames import Integers, Numbers, ScoredFrames, require_frames
from labeler.contracts.report import Curves


@dataclass(frozen=True, eq=False)
class ThresholdTable:
    """One row for each set of frames that some threshold in [0, 1) accepts, from low to high.

    Row i is what every threshold t with lower[i] <= t < upper[i] does: frames above it count as
    successes. Rows with nothing accepted are left out.
    """

    lower: Numbers
    """Highest probability that is not accepted, or 0; float64 (m,)."""
    upper: Numbers
    """Lowest probability that is accepted; float64 (m,)."""
    tp: Integers
    """Accepted success frames, int64 (m,)."""
    fp: Integers
    """Accepted failure frames, int64 (m,)."""
    positives: int

    @property
    def precision(self) -> Numbers:
        """tp / (tp + fp), float64 (m,)."""
        return self.tp / (self.tp + self.fp)

    @property
    def recall(self) -> Numbers:
        """tp / positives, float64 (m,); 0 where no frame is a success."""
        return self.tp / max(self.positives, 1)

    def f_score(self, beta: float) -> Numbers:
        """F measure, float64 (m,): recall counts `beta` times as much as precision.

        C. J. van Rijsbergen, Information Retrieval, 2nd edition, 1979, chapter 7.
        """
        weight = beta * beta
        return (1 + weight) * self.tp / (self.tp + self.fp + weight * self.positives)


def threshold_table(scored: ScoredFrames) -> ThresholdTable:
    """All rows; none if every probability is 0, which is not above any threshold."""
    values, place = np.unique(scored.probabilities, return_inverse=True)
    at_value = [
        np.bincount(place, weights=kind, minlength=len(values)).astype(np.int64)
        for kind in (scored.labels, ~scored.labels)
    ]
    tp, fp = (np.cumsum(counts[::-1])[::-1] for counts in at_value)
    lower = np.concatenate([[0.0], values[:-1]])
    reachable = values > 0
    return ThresholdTable(
        lower[reachable],
        values[reachable],
        tp[reachable],
        fp[reachable],
        positives=int(scored.labels.sum()),
    )


MOST_POINTS = 500


def curves(scored: ScoredFrames, most_points: int = MOST_POINTS) -> Curves | None:
    """The curves, thinned out to at most `most_points`; None where all frames are of one class.

    Both ends are kept.

    Raises:
        LabelerError: there is no frame.
    """
    require_frames(scored)
    rows = threshold_table(scored)
    if scored.labels.all() or not scored.labels.any() or not len(rows.tp):
        return None
    count = len(rows.tp)
    kept = np.unique(np.linspace(0, count - 1, min(count, most_points)).round().astype(np.int64))
    return Curves(
        thresholds=tuple(rows.lower[kept].tolist()),
        precision=tuple(rows.precision[kept].tolist()),
        recall=tuple(rows.recall[kept].tolist()),
        f1=tuple(rows.f_score(1)[kept].tolist()),
        tp=tuple(rows.tp[kept].tolist()),
        fp=tuple(rows.fp[kept].tolist()),
        end=float(rows.upper[-1]),
    )
