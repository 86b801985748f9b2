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

_ENOUGH = 1e-4
"""As in `solve`: logits are right to a few thousandths, which changes no mean loss by `_GAIN`."""
_GAIN = 1e-3
"""A weaker one has to lower the mean loss by so much: of equal ones the strongest is taken."""


@dataclass(frozen=True)
class OutOfFold:
    """One strength, and what classifiers say of episodes that they did not see.

    logits: float64 (n,), of every frame
    loss: mean log loss after a calibration, so that no strength wins by its certainty alone
    solutions: of each fold, nearly exact ones: for the frames that it does not hold out
    """

    strength: float
    logits: Floats
    loss: float
    solutions: tuple[Solution, ...] = ()


def out_of_fold_logits(
    kernel: Kernel,
    success: NDArray[np.bool_],
    episodes: Rows,
    folds: Sequence[Rows],
    strengths: Sequence[float] = STRENGTHS,
    views: int = 0,
    check: Callable[[], None] = lambda: None,
) -> Iterator[OutOfFold]:
    """For each strength, every frame's logit of the fold that holds it out.

    `episodes` is the number of each frame's episode, `folds` are the rows that each holds out;
    together they are all rows. The kernel has all frames and after them, `views` times, all of them
    changed: these are learnt from, too, never predicted. `check` is called between any two
    solutions; what it raises ends the work.
    """
    count = len(success)
    targets = np.tile(success.astype(np.float64), views + 1)
    everything = np.arange(count)
    trained = [with_views(np.setdiff1d(everything, held), count, views) for held in folds]
    parts = [kernel.products[np.ix_(rows, rows)] for rows in trained]
    asked = [kernel.products[np.ix_(held, rows)] for held, rows in zip(folds, trained, strict=True)]
    last: list[Solution] = []
    for strength in strengths:
        logits = np.empty(count)
        found = []
        for number, (held, rows) in enumerate(zip(folds, trained, strict=True)):
            check()
            start = last[number].dual if last else None
            weighted = strength * (views + 1)  # as if each frame counted once, with its views
            found.append(solve(parts[number], targets[rows], weighted, start, _ENOUGH))
            logits[held] = found[-1].logits(asked[number])
        last = found
        loss = loss_after_calibration(logits, success, episodes)
        yield OutOfFold(strength, logits, loss, tuple(found))


def with_views(rows: Rows, count: int, views: int) -> Rows:
    """Rows of some of `count` frames, and of their views, which follow all frames."""
    found: Rows = (rows + count * np.arange(views + 1)[:, None]).ravel()
    return found


def best_strength(tried: Sequence[OutOfFold]) -> OutOfFold:
    """The one with the lowest loss; the strongest of those that are practically as good."""
    least = min(each.loss for each in tried)
    return next(each for each in tried if each.loss <= least + _GAIN)
