"""Reading every row once: order, times, labels, and the figures that statistics must agree with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeler.dataset import REWARD, Dataset
from labeler.dataset.layout import frame_indices
from labeler.dataset.parquet import schema_of
from labeler.errors import DamagedDatasetError
from labeler.inspection.oddity import Oddity, Severity

_STEP_TOLERANCE = 1e-4
"""Seconds; LeRobot's own tolerance (`tolerance_s`)."""


@dataclass
class Extent:
    """Sum, smallest and largest value and number of the rows of a column, per dimension."""

    count: int = 0
    total: NDArray[np.float64] | None = None
    low: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None

    def add(self, values: NDArray[np.float64]) -> None:
        """Take in rows, shape (n, dimensions)."""
        total, low, high = values.sum(axis=0), values.min(axis=0), values.max(axis=0)
        if self.total is None or self.low is None or self.high is None:
            self.total, self.low, self.high = total, low, high
        else:
            self.total = self.total + total
            self.low, self.high = np.minimum(self.low, low), np.maximum(self.high, high)
        self.count += len(values)


@dataclass
class RowFacts:
    """What reading the rows brought."""

    oddities: list[Oddity] = field(default_factory=list)
    extents: dict[str, Extent] = field(default_factory=dict)
    successes: dict[int, int] = field(default_factory=dict)
    """Frames with reward 1 of every episode that has a reward column."""
    rewards_binary: bool = True


def read_rows(dataset: Dataset, on_bytes: Callable[[int], None]) -> RowFacts:
    """Read every data file; what cannot be read becomes an oddity."""
    facts = RowFacts()
    for file, episodes in dataset.layout.data_files().items():
        path = dataset.root / file
        if not path.is_file():
            continue  # reported by the completeness check
        try:
            names = [f.name for f in schema_of(path) if _numeric(f.type)]
            table = dataset.file_rows(file, names)
        except DamagedDatasetError as error:
            facts.oddities.append(Oddity(Severity.ERROR, file, error.message))
            continue
        facts.oddities += _order(dataset, file, episodes, table)
        _collect(facts, table, dataset.lengths[episodes], episodes)
        on_bytes(path.stat().st_size)
    return facts


def _order(
    dataset: Dataset, file: str, episodes: NDArray[np.int64], table: pa.Table
) -> Iterator[Oddity]:
    lengths = dataset.lengths[episodes]
    if table.num_rows != lengths.sum():
        yield Oddity(
            Severity.ERROR,
            file,
            f"{file} has {table.num_rows} rows, its episodes have {lengths.sum()} frames.",
        )
        return
    frames = frame_indices(lengths)
    expected = {
        "episode_index": np.repeat(episodes, lengths),
        "frame_index": frames,
        "index": frames + np.repeat(dataset.layout.first_indices[episodes], lengths),
    }
    for name, wanted in expected.items():
        if name not in table.column_names:
            yield Oddity(Severity.ERROR, file, f"{file} has no column {name}.")
            continue
        wrong = np.flatnonzero(table[name].to_numpy() != wanted)
        if len(wrong):
            severity = Severity.WARNING if name == "index" else Severity.ERROR
            row = int(wrong[0])
            yield Oddity(
                severity,
                file,
                f"{file}: {name} is not contiguous: {table[name][row].as_py()} instead of "
                f"{wanted[row]} in row {row} ({len(wrong)} rows).",
            )
    yield from _times(dataset, file, table, frames)


def _times(
    dataset: Dataset, file: str, table: pa.Table, frames: NDArray[np.int64]
) -> Iterator[Oddity]:
    if "timestamp" not in table.column_names:
        yield Oddity(Severity.ERROR, file, f"{file} has no column timestamp.")
        return
    steps = np.diff(table["timestamp"].to_numpy().astype(np.float64))
    inside = np.diff(frames) == 1
    wrong = np.flatnonzero(inside & ~(np.abs(steps - 1 / dataset.fps) <= _STEP_TOLERANCE))
    if len(wrong):
        yield Oddity(
            Severity.WARNING,
            file,
            f"{file}: {len(wrong)} steps of timestamp are not 1/fps, the first after row "
            f"{wrong[0]} ({steps[wrong[0]]:.4f} s).",
        )


def _collect(
    facts: RowFacts, table: pa.Table, lengths: NDArray[np.int64], episodes: NDArray[np.int64]
) -> None:
    for name in table.column_names:
        values = _values(table[name])
        if values is not None and len(values):
            facts.extents.setdefault(name, Extent()).add(values)
    if REWARD in table.column_names and table.num_rows == lengths.sum():
        column = table[REWARD].to_numpy()
        binary = np.isin(column, (0, 1)).all()
        facts.rewards_binary = facts.rewards_binary and bool(binary)
        ends = np.cumsum(lengths)
        for episode, start, end in zip(episodes, ends - lengths, ends, strict=True):
            facts.successes[int(episode)] = int((column[start:end] == 1).sum())


def _values(column: pa.ChunkedArray) -> NDArray[np.float64] | None:
    array = column.combine_chunks()
    rows = len(array)
    if array.null_count:
        return None
    if pa.types.is_fixed_size_list(array.type):
        array = array.flatten()
    values = array.to_numpy(zero_copy_only=False).astype(np.float64)
    return np.asarray(values.reshape(rows, -1)) if rows else None


def _numeric(kind: pa.DataType) -> bool:
    if pa.types.is_fixed_size_list(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    )
