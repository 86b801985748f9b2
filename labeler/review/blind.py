"""Blind episodes, which are labelled without help so that the help can be measured."""

import numpy as np
from numpy.typing import NDArray

from labeler.review.stable import stable_numbers

EVERY = 10
FEWEST = 20
"""Recordings with fewer episodes have no blind ones: a share of one or two would tell nothing."""


def blind_episodes(count: int, seed: int = 0, every: int = EVERY) -> NDArray[np.bool_]:
    """Which of `count` episodes are blind: exactly one of each `every` that follow one another.

    bool, shape (count,). Depends on nothing but an episode's index and the seed, so that a
    recording to which episodes are added keeps its blind ones. `every` 0 means none.
    """
    blind = np.zeros(count, np.bool_)
    if every < 1 or count < FEWEST:
        return blind
    blocks = -(-count // every)
    chosen = np.arange(blocks) * every + (stable_numbers(blocks, seed) % np.uint64(every)).astype(
        np.int64
    )
    blind[chosen[chosen < count]] = True
    return blind
