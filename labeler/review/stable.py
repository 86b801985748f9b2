"""Random numbers that belong to an episode: the same ones whenever and wherever they are drawn."""

import numpy as np
from numpy.typing import NDArray

_ODD, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def stable_numbers(count: int, seed: int) -> NDArray[np.uint64]:
    """Numbers of 0 to `count` - 1: uint64, shape (count,).

    SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014), whose
    state after i steps needs no step before.
    """
    state = np.arange(1, count + 1, dtype=np.uint64) + np.uint64(seed)
    with np.errstate(over="ignore"):  # arithmetic modulo 2^64
        state *= np.uint64(_ODD)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(_FIRST)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(_SECOND)
        mixed: NDArray[np.uint64] = state ^ (state >> np.uint64(31))
    return mixed
