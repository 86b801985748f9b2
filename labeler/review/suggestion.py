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
    """Maximum likelihood over "success from k on" for every k, and "never".

    `probabilities` are those of success per frame, shape (length,); NaN counts as unknown. The
    likelihood of a cutoff k is sum(log(1 - p) before k) + sum(log p from k on).
    """
    known = np.where(np.isfinite(probabilities), probabilities, 0.5).clip(_LEAST, 1 - _LEAST)
    success, failure = np.log(known), np.log1p(-known)
    before = np.concatenate(([0.0], np.cumsum(failure)))
    after = np.concatenate((np.cumsum(success[::-1])[::-1], [0.0]))
    likelihood = before + after  # index k: success from k on; the last one is "never"
    best = int(np.argmax(likelihood[:-1]))
    margin = float(likelihood[best] - likelihood[-1])
    return Suggestion(best, margin) if margin > 0 else Suggestion(None, -margin)
