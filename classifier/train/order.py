"""Which frames, in which of their views, each step is given."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from classifier.config import TrainConfig

Rows = NDArray[np.int64]


def batches(
    rows: Rows, targets: Rows, config: TrainConfig, first: int, last: int
) -> Iterator[tuple[Rows, Rows]]:
    """Rows and views of the steps `first` to `last` - 1: int64 (batch,) each.

    The order of an epoch depends on the seed and on its number alone, so that a run can be resumed
    at any step.
    """
    per_epoch = -(-len(rows) // config.batch_size)
    for step in range(first, last):
        if step == first or step % per_epoch == 0:
            order, views = _epoch(rows, targets, config, step // per_epoch)
        start = (step % per_epoch) * config.batch_size
        part = slice(start, start + config.batch_size)
        yield order[part], views[part]


def _epoch(rows: Rows, targets: Rows, config: TrainConfig, epoch: int) -> tuple[Rows, Rows]:
    random = np.random.default_rng((config.seed, epoch))
    if config.train.balance == "sampling":
        counts = np.bincount(targets)
        weights = 1.0 / counts[targets]
        order = random.choice(rows, size=len(rows), p=weights / weights.sum())
    else:
        order = random.permutation(rows)
    views = random.integers(0, config.views, size=len(rows), endpoint=True)
    return order.astype(np.int64), views.astype(np.int64)
