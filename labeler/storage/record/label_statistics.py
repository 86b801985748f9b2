"""Statistics of 0/1 columns, computed from how many ones they hold.

Same quantities as `labeler.dataset.statistics`, for all episodes at once.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeler.dataset.statistics import QUANTILES

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BinaryStatistics:
    """Statistics of one 0/1 column; every array has shape (episodes,)."""

    minimum: Floats
    maximum: Floats
    mean: Floats
    std: Floats
    count: NDArray[np.int64]
    quantiles: dict[str, Floats]

    def of(self, episode: int, *, quantiles: bool, boolean: bool = False) -> dict[str, list[Any]]:
        """Statistics of one episode as lists of one; `boolean` gives true/false for min, max."""
        extreme = bool if boolean else float
        result: dict[str, list[Any]] = {
            "min": [extreme(self.minimum[episode])],
            "max": [extreme(self.maximum[episode])],
            "mean": [float(self.mean[episode])],
            "std": [float(self.std[episode])],
            "count": [int(self.count[episode])],
        }
        if quantiles:
            result |= {name: [float(part[episode])] for name, part in self.quantiles.items()}
        return result

    def column(self, name: str) -> NDArray[Any]:
        """One quantity (`min`, `max`, `mean`, `std`, `count`, `q01` …) of every episode."""
        named = {"min": self.minimum, "max": self.maximum, "mean": self.mean, "std": self.std}
        return {**named, "count": self.count, **self.quantiles}[name]


def binary_statistics(ones: NDArray[np.int64], lengths: NDArray[np.int64]) -> BinaryStatistics:
    """Statistics of columns with `ones` ones among `lengths` values, both of shape (episodes,)."""
    share = ones / lengths
    return BinaryStatistics(
        minimum=(ones == lengths).astype(np.float64),
        maximum=(ones > 0).astype(np.float64),
        mean=share,
        std=np.sqrt(share * (1 - share)),
        count=lengths,
        quantiles={
            name: _quantile(lengths - ones, lengths, rank) for name, rank in QUANTILES.items()
        },
    )


def _quantile(zeros: NDArray[np.int64], lengths: NDArray[np.int64], rank: float) -> Floats:
    """Linear interpolation between the two neighbours in the sorted column."""
    place = rank * (lengths - 1)
    below = np.floor(place)
    fraction = place - below
    above = np.minimum(below + 1, lengths - 1)
    low, high = (below >= zeros), (above >= zeros)
    return np.asarray(low + fraction * (high.astype(np.float64) - low))
