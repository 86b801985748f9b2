"""The statistics LeRobot keeps per episode and per dataset, as pure functions over arrays.

Formulas of compute_stats.py of LeRobot 0.3.3 (v2.1: no quantiles) and 0.6.1 (v3.0: quantiles).
Quantiles are exact here; LeRobot estimates them from a histogram.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Statistics = Mapping[str, NDArray[Any]]
"""`min`, `max`, `mean`, `std` (population), `count`, and `q01` … `q99` where the version has them.

Shapes: (d,) for a column of d values, (1,) for a scalar column and for `count`, (3, 1, 1) for a
camera, whose values are divided by 255.
"""

QUANTILES: Mapping[str, float] = {"q01": 0.01, "q10": 0.10, "q50": 0.50, "q90": 0.90, "q99": 0.99}


_MEDIAN = 0.5


def column_statistics(values: NDArray[Any], *, quantiles: bool) -> Statistics:
    """Statistics of one column, shape (n,) or (n, d) with n > 0, any numeric or bool dtype.

    Without quantiles `min` and `max` keep the dtype (0.3.3, get_feature_stats); with quantiles
    integers and bools are floats throughout (0.6.1, RunningQuantileStats.update).
    """
    rows = values.reshape(len(values), -1)
    if quantiles:
        rows = rows.astype(np.result_type(rows.dtype, np.float32), copy=False)
    result = {
        "min": rows.min(axis=0),
        "max": rows.max(axis=0),
        "mean": np.mean(rows, axis=0),
        "std": np.std(rows, axis=0),
        "count": np.array([len(rows)]),
    }
    if quantiles:
        result |= _exact_quantiles(rows)
    return result


def _exact_quantiles(rows: NDArray[Any]) -> dict[str, NDArray[Any]]:
    ordered = np.sort(rows, axis=0).astype(np.float64)
    result = {}
    for name, share in QUANTILES.items():
        below, fraction = divmod(share * (len(ordered) - 1), 1.0)
        low = ordered[int(below)]
        high = ordered[min(int(below) + 1, len(ordered) - 1)]
        result[name] = low + fraction * (high - low)
    return result


def sample_frames(length: int) -> NDArray[np.int64]:
    """Frame indices whose images enter the statistics of an episode (`sample_indices`)."""
    wanted = max(min(100, length), min(int(length**0.75), 10_000))
    return np.round(np.linspace(0, length - 1, wanted)).astype(np.int64)


def thin(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Every n-th pixel of an image (h, w, 3) of 300 pixels or more on its longer side.

    Formula of `auto_downsample_height_width`.
    """
    height, width = image.shape[:2]
    if max(height, width) < 300:
        return image
    step = int((width if width > height else height) / 150)
    return image[::step, ::step]


def image_histogram(image: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How often each value occurs in each channel of an image (h, w, 3): shape (3, 256)."""
    return np.stack(
        [np.bincount(image[..., channel].ravel(), minlength=256) for channel in range(3)]
    )


def image_statistics(histogram: NDArray[np.int64], images: int, *, quantiles: bool) -> Statistics:
    """Statistics of a camera from the summed histogram (3, 256) of its sampled images.

    Values are divided by 255, shapes are (3, 1, 1); `count` is the number of images.
    """
    values = np.arange(256)
    pixels = int(histogram[0].sum())
    mean = histogram @ values / pixels
    spread = histogram @ values**2 / pixels - mean**2
    result = {
        "min": np.argmax(histogram > 0, axis=1) / 255,
        "max": (255 - np.argmax(histogram[:, ::-1] > 0, axis=1)) / 255,
        "mean": mean / 255,
        "std": np.sqrt(np.maximum(spread, 0)) / 255,
    }
    if quantiles:
        result |= {name: _from_histogram(histogram, share) for name, share in QUANTILES.items()}
    shaped: dict[str, NDArray[Any]] = {key: part.reshape(3, 1, 1) for key, part in result.items()}
    count = {"count": np.array([images])}
    basic = {key: shaped.pop(key) for key in ("min", "max", "mean", "std")}
    return basic | count | shaped


def _from_histogram(histogram: NDArray[np.int64], share: float) -> NDArray[np.float64]:
    ranks = np.cumsum(histogram, axis=1)
    below, fraction = divmod(share * (int(ranks[0, -1]) - 1), 1.0)
    low, high = (
        np.argmax(ranks > min(rank, ranks[0, -1] - 1), axis=1) for rank in (below, below + 1)
    )
    return np.asarray((low + fraction * (high - low)) / 255)


def aggregate(parts: Sequence[Statistics], *, bounds: bool = False) -> Statistics:
    """Statistics of several episodes (or groups of them) together; `parts` is not empty.

    Quantiles come back only if every part has them; see `aggregate_rows`.
    """
    shared = [key for key in parts[0] if all(key in part for part in parts)]
    stacked = {key: np.stack([part[key] for part in parts]) for key in shared}
    return aggregate_rows(stacked, bounds=bounds)


def aggregate_rows(stacked: Statistics, *, bounds: bool = False) -> Statistics:
    """The same for quantities that are stacked: shape (parts, …) for one of shape (…).

    Means and quantiles are weighted by `count`, variances combined by the parallel algorithm
    (`aggregate_feature_stats`). With `bounds`, quantiles up to the median are the least of the
    parts and those above it the largest, as LeRobot does it after 0.6.1 (its pull request 3804):
    what lies between two of them does in every part.
    """
    means = stacked["mean"]
    counts = stacked["count"].reshape(-1)
    total = counts.sum()
    weights = counts.reshape(-1, *(1,) * (means.ndim - 1))
    mean = (means * weights).sum(axis=0) / total
    variances = stacked["std"] ** 2 + (means - mean) ** 2
    result: dict[str, NDArray[Any]] = {
        "min": np.min(stacked["min"], axis=0),
        "max": np.max(stacked["max"], axis=0),
        "mean": mean,
        "std": np.sqrt((variances * weights).sum(axis=0) / total),
        "count": np.array([total]),
    }
    for name, share in QUANTILES.items():
        if name in stacked and bounds:
            result[name] = (np.max if share > _MEDIAN else np.min)(stacked[name], axis=0)
        elif name in stacked:
            result[name] = (stacked[name] * weights).sum(axis=0) / total
    return result


class DatasetStatistics:
    """Statistics of a whole dataset, fed episode by episode in bounded memory."""

    _BATCH = 256

    def __init__(self) -> None:
        self._pending: dict[str, list[Statistics]] = {}

    def add(self, episode: Mapping[str, Statistics]) -> None:
        """Take in the statistics of one more episode, by feature name."""
        for name, part in episode.items():
            pending = self._pending.setdefault(name, [])
            pending.append(part)
            if len(pending) >= self._BATCH:
                pending[:] = [aggregate(pending)]

    def total(self) -> dict[str, Statistics]:
        """Statistics of everything added, by feature name."""
        return {name: aggregate(parts) for name, parts in self._pending.items()}


def as_lists(statistics: Statistics, keys: Iterable[str] | None = None) -> dict[str, list[Any]]:
    """The form that goes into JSON and parquet: nested lists, in the order of `keys` if given."""
    return {key: statistics[key].tolist() for key in (statistics if keys is None else keys)}
