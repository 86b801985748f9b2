"""How strongly to regularise: what predicts best the episodes that were left out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.convex.calibration import loss_after_calibration
from classifier.convex.logistic import Floats, Kernel, Solution, solve

Rows = NDArray[np.int64]

STRENGTHS: tuple[float, ...] = (10.0, 1.0, 0.1, 0.01, 0.001, 0.0001)
"""Strengths that are tried, strongest first, for features whose frames have a mean square of 1."""

_GAIN = 1e-3
"""A weaker one has to lower the mean loss by so much: of equal ones the strongest is taken."""


@dataclass(frozen=True)
class OutOfFold:
    """One strength, and what classifiers say of episodes that they did not see.

    logits: float64 (n,), of every frame
    loss: mean log loss after a calibration, so that no strength wins by its certainty alone
    """

    strength: float
    logits: Floats
    loss: float


def out_of_fold_logits(
    kernel: Kernel,
    success: NDArray[np.bool_],
    episodes: Rows,
    folds: Sequence[Rows],
    strengths: Sequence[float] = STRENGTHS,
    check: Callable[[], None] = lambda: None,
) -> Iterator[OutOfFold]:
    """For each strength, every frame's logit of the fold that holds it out.

    `episodes` is the number of each frame's episode, `folds` are the rows that each holds out;
    together they are all rows. `check` is called between any two solutions; what it raises ends the
    work.
    """
    targets = success.astype(np.float64)
    everything = np.arange(len(kernel))
    trained = [np.setdiff1d(everything, held) for held in folds]
    parts = [kernel.products[np.ix_(rows, rows)] for rows in trained]
    asked = [kernel.products[np.ix_(held, rows)] for held, rows in zip(folds, trained, strict=True)]
    last: list[Solution | None] = [None] * len(folds)
    for strength in strengths:
        logits = np.empty(len(kernel))
        for number, (held, rows) in enumerate(zip(folds, trained, strict=True)):
            check()
            before = last[number]
            start = None if before is None else before.dual
            found = solve(parts[number], targets[rows], strength, start)
            last[number] = found
            logits[held] = found.logits(asked[number])
        yield OutOfFold(strength, logits, loss_after_calibration(logits, success, episodes))


def best_strength(tried: Sequence[OutOfFold]) -> OutOfFold:
    """The one with the lowest loss; the strongest of those that are practically as good."""
    least = min(each.loss for each in tried)
    return next(each for each in tried if each.loss <= least + _GAIN)
