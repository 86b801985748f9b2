"""Chosen episodes of several datasets as one sequence, for whoever goes through all of them."""

from collections import OrderedDict
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from labeler.dataset.dataset import Dataset
from labeler.dataset.layout import Camera, Column, Episode, Integers, VideoSegment

_READING = 3  # parts whose files stay open


@dataclass(frozen=True, slots=True)
class JoinedPart:
    """A dataset, and the episodes that are taken of it: int64, ascending."""

    dataset: Dataset
    chosen: Integers


class JoinedDataset(Dataset):
    """Episodes of several datasets, numbered one part after the other.

    It has no files and no format of its own: `part_of` says whose episode one is. `cameras` are
    those of all parts, as the first part declares them that has them; `columns` are those that all
    parts have alike.

    Attributes:
        parts: the datasets.
        part_numbers: number of the part of every episode: int64, shape (episodes,).
    """

    def __init__(self, root: Path, parts: Sequence[JoinedPart], name: str = "") -> None:
        self.root = root
        self._name = name or root.stem
        self.parts = tuple(parts)
        first = self.parts[0].dataset
        self.info = first.info
        self.cameras = _cameras(self.parts)
        self.columns = _columns(self.parts)
        self._lengths = np.concatenate([part.dataset.lengths[part.chosen] for part in self.parts])
        counts = [len(part.chosen) for part in self.parts]
        self.part_numbers = np.repeat(np.arange(len(self.parts), dtype=np.int64), counts)
        self._own = np.concatenate([part.chosen for part in self.parts])
        self._readers: OrderedDict[int, Dataset] = OrderedDict()

    @property
    def name(self) -> str:
        """How people call it; the name of `root` without its ending if nothing else is said."""
        return self._name

    @property
    def lengths(self) -> Integers:
        """Frames of every episode: int64, shape (episodes,)."""
        return self._lengths

    def __getitem__(self, index: int) -> Episode:  # type: ignore[override]
        dataset, own = self.part_of(index)
        return replace(dataset[own], index=index)

    def part_of(self, episode: int) -> tuple[Dataset, int]:
        """The dataset that an episode belongs to, opened for this one, and its number there."""
        if not 0 <= episode < len(self):
            raise IndexError(episode)
        number = int(self.part_numbers[episode])
        if number not in self._readers:
            self._readers[number] = self.parts[number].dataset.reopen()
        self._readers.move_to_end(number)
        if len(self._readers) > _READING:
            self._readers.popitem(last=False)[1].close()
        return self._readers[number], int(self._own[episode])

    def segment(self, episode: int, key: str) -> VideoSegment:
        """Where the images of an episode are."""
        dataset, own = self.part_of(episode)
        return dataset.segment(own, key)

    def rows(self, episode: int, columns: Sequence[str]) -> pa.Table:
        """The rows of one episode, as its own dataset gives them."""
        dataset, own = self.part_of(episode)
        return dataset.rows(own, columns)

    def reopen(self) -> "JoinedDataset":
        """Another reader of the same episodes, for another thread."""
        other = copy(self)
        other._readers = OrderedDict()
        return other

    def close(self) -> None:
        """Close the files that are open for reading."""
        while self._readers:
            self._readers.popitem()[1].close()


def _cameras(parts: Sequence[JoinedPart]) -> tuple[Camera, ...]:
    found: dict[str, Camera] = {}
    for part in parts:
        for camera in part.dataset.cameras:
            found.setdefault(camera.key, camera)
    return tuple(found.values())


def _columns(parts: Sequence[JoinedPart]) -> tuple[Column, ...]:
    others = [frozenset(part.dataset.columns) for part in parts[1:]]
    return tuple(c for c in parts[0].dataset.columns if all(c in other for other in others))
