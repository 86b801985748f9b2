"""Features of a whole run in memory, where they fit: a batch is then one indexing."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Rows = NDArray[np.int64]

LIMIT = 2 << 30
"""Bytes up to which features are held in memory."""


class DenseFeatures:
    """Features of all views of some episodes, a tensor per camera."""

    def __init__(self, episodes: Sequence[int], lengths: Rows, views: int) -> None:
        self._first = np.full(len(lengths), -1, dtype=np.int64)
        counts = lengths[list(episodes)]
        self._first[list(episodes)] = np.cumsum(counts) - counts
        self._frames = int(counts.sum())
        self._views = views
        self._cameras: list[Tensor] = []

    def add(self, arrays: Iterable[tuple[int, int, NDArray[np.generic]]]) -> None:
        """Add a camera: episode, view, and features (frames, …) of each."""
        found: Tensor | None = None
        for episode, view, array in arrays:
            if found is None:
                rows = (self._views + 1) * self._frames
                dtype = torch.float16 if array.dtype == np.float16 else torch.float32
                found = torch.empty((rows, *array.shape[1:]), dtype=dtype)
            start = view * self._frames + int(self._first[episode])
            # One entry may need 32 bits where others do with 16.
            if array.dtype.itemsize > found.element_size():
                found = found.float()
            found[start : start + len(array)] = torch.from_numpy(np.array(array))
        if found is not None:
            self._cameras.append(found)

    def holds(self, episodes: Rows, views: Rows) -> bool:
        """Whether all of these are in memory."""
        return bool((self._first[episodes] >= 0).all() and (views <= self._views).all())

    def gather(self, episodes: Rows, frames: Rows, views: Rows) -> Iterator[Tensor]:
        """Features of frames, float32 (n, …), camera by camera."""
        rows = torch.from_numpy(views * self._frames + self._first[episodes] + frames)
        for features in self._cameras:
            yield features.index_select(0, rows).float()
