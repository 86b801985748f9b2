"""The label that explains a classifier's probabilities best."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from labeler.labels import EpisodeLabel, Origin
from labeler.labels.episode import never, with_cutoff

_LEAST = 1e-6  # a probability of 0 or 1 would forbid every other explanation


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A cutoff, or None where "never" explains the frames better.

    margin: log-likelihood by which it wins over the best explanation of the other kind; 0 is a tie
    """

    cutoff: int | None
    margin: float

    def label(self, template: EpisodeLabel) -> EpisodeLabel:
        """The label that accepting it gives; note, flag and exclusions stay."""
        accepted = replace(template, origin=Origin.ACCEPTED)
        return never(accepted) if self.cutoff is None else with_cutoff(accepted, self.cutoff)


def suggest(probabilities: NDArray[np.floating]) -> Suggestion:
    """Maximum likelihood over "success from k on" for every known frame k, and "never".

    `probabilities` are those of success per frame, shape (length,); one that is not finite is
    unknown and speaks for nothing. The likelihood of a cutoff k is
    sum(log(1 - p) before k) + sum(log p from k on); of equal ones the first wins, "never" last.
    """
    known = np.isfinite(probabilities)
    if not known.any():
        return Suggestion(None, 0.0)
    values = np.where(known, probabilities, 0.5).astype(np.float64).clip(_LEAST, 1 - _LEAST)
    success = np.where(known, np.log(values), 0.0)
    failure = np.where(known, np.log1p(-values), 0.0)
    before = np.cumsum(failure) - failure  # of the frames before k
    after = np.cumsum(success[::-1])[::-1]  # of k and the frames after it
    likelihood = np.where(known, before + after, -np.inf)
    best = int(np.argmax(likelihood))
    margin = float(likelihood[best] - failure.sum())
    return Suggestion(best, margin) if margin > 0 else Suggestion(None, -margin)
