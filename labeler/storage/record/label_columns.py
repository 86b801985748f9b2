"""The columns that labels become: names, types, feature entries and values."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeler.dataset import DONE, REWARD, SUCCESS
from labeler.dataset.layout import frame_indices
from labeler.labels import DatasetLabels
from labeler.labels.rewards import success_masks
from labeler.storage.record.copy_record import Options
from labeler.storage.record.label_statistics import BinaryStatistics, binary_statistics
from labeler.storage.record.selection import Unlabeled


@dataclass(frozen=True)
class LabelColumns:
    """Columns written for `labels`: `next.reward` unless they are none, others if asked.

    Types and feature entries as LeRobot's recorder makes them (0.6.1, rl/gym_manipulator.py): a
    plain scalar `float` or `bool`, shape [1].
    """

    labels: DatasetLabels
    done: bool = False
    success: bool = False
    reward: bool = True

    @classmethod
    def of(cls, labels: DatasetLabels, options: Options) -> "LabelColumns":
        """The columns that these options ask for."""
        reward = options.unlabeled is not Unlabeled.KEEP
        return cls(labels, options.done, options.success_column, reward)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in the order in which they are inserted."""
        wanted = {REWARD: self.reward, DONE: self.done, SUCCESS: self.success}
        return tuple(name for name, there in wanted.items() if there)

    def feature(self, name: str) -> dict[str, Any]:
        """Entry of `features` in `info.json`."""
        dtype = "float32" if name == REWARD else "bool"
        return {"dtype": dtype, "shape": [1], "names": None}

    def arrays(self, episodes: Iterable[int]) -> dict[str, pa.Array]:
        """Values for the rows of these episodes of the copy, one after the other."""
        chosen = np.fromiter(episodes, dtype=np.int64)
        lengths = self.lengths[chosen]
        rows = np.repeat(self._firsts[chosen], lengths) + frame_indices(lengths)
        success = self._success[rows]
        done = np.zeros(len(rows), dtype=np.bool_)
        done[np.cumsum(lengths) - 1] = True
        values = {REWARD: success.astype(np.float32), DONE: done, SUCCESS: success}
        return {name: pa.array(values[name]) for name in self.names}

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Frames of every episode of the copy."""
        return np.asarray(self.labels.lengths, dtype=np.int64)

    def statistics(self, name: str) -> BinaryStatistics:
        """Statistics of a column, per episode."""
        return binary_statistics(self._ones(name), self.lengths)

    def total_statistics(self, name: str) -> BinaryStatistics:
        """Statistics of a column over the whole copy, as if it were one episode."""
        return binary_statistics(
            self._ones(name).sum(keepdims=True), self.lengths.sum(keepdims=True)
        )

    def _ones(self, name: str) -> NDArray[np.int64]:
        if name == DONE:
            return np.ones(len(self.lengths), dtype=np.int64)
        return np.add.reduceat(self._success, self._firsts, dtype=np.int64)

    @cached_property
    def _success(self) -> NDArray[np.bool_]:
        return success_masks(list(self.labels))

    @cached_property
    def _firsts(self) -> NDArray[np.int64]:
        """Position of every episode's first frame among all frames of the copy."""
        return np.asarray(np.cumsum(self.lengths) - self.lengths)
