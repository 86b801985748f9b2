"""Reading every row once: order, times, labels, and the figures that statistics must agree with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeler.dataset import REWARD, Dataset
from labeler.dataset.consistency import (
    FRAME_COLUMNS,
    INTEGERS,
    frame_problem,
    index_problem,
    row_problems,
    schema_problems,
    task_numbers,
)
from labeler.dataset.layout import frame_indices
from labeler.errors import DamagedDatasetError
from labeler.inspection.oddity import Oddity, Severity
from labeler.labels.wording import plural
from labeler.parquet.reading import is_numeric, schema_of

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
        elif self.total.shape != total.shape:
            return  # a file with another width: reported as such
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
    tasks = _tasks(dataset)
    for file, episodes in dataset.layout.data_files().items():
        path = dataset.root / file
        if not path.is_file():
            continue  # reported by the completeness check
        try:
            _read(facts, dataset, file, episodes, tasks)
        except DamagedDatasetError as error:
            facts.oddities.append(Oddity(Severity.ERROR, file, error.message))
        on_bytes(path.stat().st_size)
    return facts


def _tasks(dataset: Dataset) -> NDArray[np.int64] | None:
    try:
        return task_numbers(dataset)
    except DamagedDatasetError:
        return None  # reported with the metadata


def _read(
    facts: RowFacts,
    dataset: Dataset,
    file: str,
    episodes: NDArray[np.int64],
    tasks: NDArray[np.int64] | None,
) -> None:
    schema = schema_of(dataset.root / file)
    fatal = list(schema_problems(dataset, file, schema))
    facts.oddities += [Oddity(Severity.ERROR, file, sentence) for sentence in fatal]
    facts.oddities += _of_labels(dataset, file, schema)
    names = [
        field.name
        for field in schema
        if is_numeric(field.type) and schema.names.count(field.name) == 1
    ]
    table = dataset.file_rows(file, names)
    if all(name in names for name in FRAME_COLUMNS):
        facts.oddities += _order(dataset, file, episodes, table, tasks)
    _collect(facts, file, table, dataset.lengths[episodes], episodes)


def _of_labels(dataset: Dataset, file: str, schema: pa.Schema) -> Iterator[Oddity]:
    """Label columns that LeRobot reads as something else than what was meant."""
    if dataset.has_column(REWARD) and REWARD not in schema.names:
        sentence = f"{file} has no column {REWARD}; LeRobot reads no labels there."
        yield Oddity(Severity.WARNING, file, sentence)
    for name in schema.names:
        if name not in dataset.info.features and (
            name == REWARD or not dataset.info.format.declared
        ):
            sentence = f"{file} has a column {name} that meta/info.json does not declare."
            yield Oddity(Severity.WARNING, file, sentence)
    if schema.names.count("frame_index") == 1:
        kind = schema.field("frame_index").type
        if pa.types.is_floating(kind):
            sentence = f"{file}: frame_index holds {kind}, not whole numbers; LeRobot ignores that."
            yield Oddity(Severity.WARNING, file, sentence)
    yield from _of_widths(dataset, file, schema)
    if REWARD in schema.names and schema.names.count(REWARD) == 1:
        kind = schema.field(REWARD).type
        if kind != pa.float32():
            sentence = f"{file}: {REWARD} holds {kind}; LeRobot's classifier needs float."
            yield Oddity(Severity.WARNING, file, sentence)


def _of_widths(dataset: Dataset, file: str, schema: pa.Schema) -> Iterator[Oddity]:
    """Vectors of v2.x, whose readers take the file's word for the width."""
    for column in () if dataset.info.format.declared else dataset.columns:
        if schema.names.count(column.name) != 1:
            continue  # told with the schema
        kind = schema.field(column.name).type
        if pa.types.is_fixed_size_list(kind) and (kind.list_size,) != column.shape:
            sentence = (
                f"{file}: {column.name} has {plural(kind.list_size, 'value')} in a row, "
                "meta/info.json says "
                f"{list(column.shape)}."
            )
            yield Oddity(Severity.WARNING, file, sentence)


def _order(
    dataset: Dataset,
    file: str,
    episodes: NDArray[np.int64],
    table: pa.Table,
    tasks: NDArray[np.int64] | None,
) -> Iterator[Oddity]:
    lengths = dataset.lengths[episodes]
    for sentence in row_problems(dataset, file, table, tasks):
        yield Oddity(Severity.ERROR, file, sentence)
    if table.num_rows == lengths.sum():
        if gap := frame_problem(dataset, file, table):
            yield Oddity(Severity.WARNING, file, gap)
        if not table["index"].null_count and (gap := index_problem(dataset, file, table)):
            yield Oddity(Severity.WARNING, file, gap)
        yield from _times(dataset, file, table, frame_indices(lengths))


def _times(
    dataset: Dataset, file: str, table: pa.Table, frames: NDArray[np.int64]
) -> Iterator[Oddity]:
    times = table["timestamp"].to_numpy().astype(np.float64)
    steps = np.diff(times)
    inside = np.diff(frames) == 1
    wrong = np.flatnonzero(inside & ~(np.abs(steps - 1 / dataset.fps) <= _STEP_TOLERANCE))
    if len(wrong):
        yield Oddity(
            Severity.WARNING,
            file,
            f"{file}: {_steps(len(wrong))} row "
            f"{wrong[0]} ({steps[wrong[0]]:.4f} s){_tolerance(times, dataset.fps)}.",
        )


def _steps(count: int) -> str:
    if count == 1:
        return "1 step of timestamp is not 1/fps, the one after"
    return f"{count:,} steps of timestamp are not 1/fps, the first after"


def _tolerance(times: NDArray[np.float64], fps: float) -> str:
    """What LeRobot has to be told where timestamps are off the times of the images."""
    late = float(np.abs(times - np.round(times * fps) / fps).max())
    known = _STEP_TOLERANCE < late < 0.5 / fps
    return f"; LeRobot needs a tolerance_s above {late:.2g}" if known else ""


def _collect(
    facts: RowFacts,
    file: str,
    table: pa.Table,
    lengths: NDArray[np.int64],
    episodes: NDArray[np.int64],
) -> None:
    for name in table.column_names:
        array = table[name].combine_chunks()
        if not len(array):
            continue
        values = _values(array)
        facts.extents.setdefault(name, Extent()).add(values)
        empty = _without_value(array)
        if empty and name not in INTEGERS:
            sentence = f"{file}: {name} has no value in {plural(empty, 'row')}."
            facts.oddities.append(Oddity(Severity.WARNING, file, sentence))
        elif not empty and not np.isfinite(values).all():
            rows = int(np.count_nonzero(~np.isfinite(values).all(axis=1)))
            sentence = f"{file}: {name} is NaN or infinite in {plural(rows, 'row')}."
            facts.oddities.append(Oddity(Severity.WARNING, file, sentence))
    if REWARD in table.column_names and table.num_rows == lengths.sum():
        _collect_rewards(facts, file, _values(table[REWARD].combine_chunks()), lengths, episodes)


def _collect_rewards(
    facts: RowFacts,
    file: str,
    values: NDArray[np.float64],
    lengths: NDArray[np.int64],
    episodes: NDArray[np.int64],
) -> None:
    column = values[:, 0]
    finite = column[np.isfinite(column)]
    if not np.isin(finite, (0, 1)).all():
        sentence = f"{file}: {REWARD} holds other values than 0 and 1."
        facts.oddities.append(Oddity(Severity.NOTE, file, sentence))
    facts.rewards_binary = facts.rewards_binary and bool(np.isin(column, (0, 1)).all())
    ends = np.cumsum(lengths)
    for episode, start, end in zip(episodes, ends - lengths, ends, strict=True):
        facts.successes[int(episode)] = int((column[start:end] == 1).sum())


def _without_value(array: pa.Array) -> int:
    inner = array.flatten().null_count if pa.types.is_fixed_size_list(array.type) else 0
    return array.null_count or inner


def _values(array: pa.Array) -> NDArray[np.float64]:
    """Shape (rows, dimensions); NaN where there is no value."""
    rows = len(array)
    if pa.types.is_fixed_size_list(array.type):
        width = array.type.list_size
        if array.null_count:
            array = array.fill_null([None] * width)
        array = array.flatten()
    if array.null_count:
        array = array.cast(pa.float64())
    values = array.to_numpy(zero_copy_only=False).astype(np.float64)
    return np.asarray(values.reshape(rows, -1))
