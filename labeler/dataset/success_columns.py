"""Columns that say success: of the rows, one value per frame, or of the list of episodes.

LeRobot's recorders write `next.reward`, and evaluation and rollout `next.success` (0.6.1,
scripts/lerobot_eval.py), both in the rows. Other tools keep an outcome per episode beside its
length: in `meta/episodes.jsonl`, or as a column of `meta/episodes`.
"""

from dataclasses import dataclass
from typing import Literal, assert_never

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeler.cures import RunInspect
from labeler.dataset.consistency import INTEGERS, row_problems
from labeler.dataset.dataset import REWARD, Dataset
from labeler.dataset.documents import read_objects
from labeler.dataset.layout import Column
from labeler.errors import DamagedDatasetError, LabelError
from labeler.parquet.reading import schema_of

_LINES = "meta/episodes.jsonl"
_OUTCOMES = ("success", "is_success", "is_episode_successful", "episode_success", "successful")
"""Names under which tools keep the outcome of an episode."""
_NAMED = "success"
_COUNTING = {
    *INTEGERS, "timestamp", "task_index", "length", "tasks", "dataset_from_index",
    "dataset_to_index",
}  # fmt: skip
Values = NDArray[np.float64]
"""NaN where there is no value."""


@dataclass(frozen=True)
class SuccessColumn:
    """A column that may say success.

    name: as it is called; a column of the rows comes before one of the list of episodes
    per: whether it has a value for every frame or for every episode
    """

    name: str
    per: Literal["frame", "episode"]

    def __str__(self) -> str:
        return f"{self.name} (per {self.per})"


def success_columns(dataset: Dataset) -> tuple[SuccessColumn, ...]:
    """Those whose name says it, `next.reward` among them; values are not looked at."""
    rows = [
        column.name
        for column in dataset.columns
        if _is_number(column) and (column.name == REWARD or _NAMED in column.name.lower())
    ]
    episodes = [name for name in _episode_columns(dataset) if name.lower() in _OUTCOMES]
    return (
        *(SuccessColumn(name, "frame") for name in rows),
        *(SuccessColumn(name, "episode") for name in episodes if name not in rows),
    )


def label_columns(dataset: Dataset) -> tuple[SuccessColumn, ...]:
    """Every column that labels can be taken from: `success_columns`, then all others with a value.

    What LeRobot counts and numbers with is left out. Columns of the list of episodes are not
    looked into: some may hold no numbers.
    """
    first = success_columns(dataset)
    known = {column.name for column in first} | _COUNTING
    rows = [column.name for column in dataset.columns if _is_number(column)]
    more = [SuccessColumn(name, "frame") for name in rows if name not in known]
    known |= set(rows)
    episodes = [name for name in _episode_columns(dataset) if name not in known]
    return (*first, *more, *(SuccessColumn(name, "episode") for name in episodes))


def column_named(dataset: Dataset, name: str) -> SuccessColumn:
    """The column of the rows with this name, or else that of the list of episodes.

    Raises:
        LabelError: the dataset has neither. An absent column says nothing about success.
    """
    if dataset.has_column(name):
        return SuccessColumn(name, "frame")
    if name in _episode_columns(dataset):
        return SuccessColumn(name, "episode")
    found = ", ".join(str(column) for column in success_columns(dataset))
    raise LabelError(
        f"{dataset.root} has no column {name}.",
        f"These may say success: {found}." if found else "None of its columns says success.",
    )


def episode_values(dataset: Dataset, name: str) -> Values:
    """Values of a column of the list of episodes as numbers: shape (episodes,).

    Raises:
        LabelError: it holds other things than numbers and truth values.
        DamagedDatasetError: the list of episodes cannot be read.
    """
    values: list[object] = [None] * len(dataset)
    match dataset.info.format.files:
        case "shared":
            for part in dataset.layout.episode_files:
                if name in part.schema.names:
                    column = part.rows(dataset.root, [name])[name].to_pylist()
                    for episode, value in zip(part.episodes.tolist(), column, strict=True):
                        values[episode] = value
        case "of one episode":
            for record in read_objects(dataset.root / _LINES):
                values[record["episode_index"]] = record.get(name)
        case other:
            assert_never(other)
    numbers = [_number(value, name) for value in values]
    return np.array(numbers, dtype=np.float64)


def frame_values(dataset: Dataset, name: str) -> dict[int, Values]:
    """Values of a column of the rows as numbers: per episode, shape (length,).

    Raises:
        LabelError: it holds vectors, or other things than numbers and truth values.
        DamagedDatasetError: a data file cannot be read, or its rows are not those of its episodes.
    """
    found: dict[int, Values] = {}
    for file, episodes in dataset.layout.data_files().items():
        if name not in schema_of(dataset.root / file).names:
            raise LabelError(
                f"{dataset.root / file} has no column {name}, which meta/info.json declares.",
                "An absent value is no success: label these episodes, or restore the file.",
            )
        table = dataset.file_rows(file, list(dict.fromkeys([*INTEGERS, name])))
        for sentence in row_problems(dataset, file, table, None):
            raise DamagedDatasetError(
                f"{dataset.root} is damaged: {sentence}",
                "Restore the file or its metadata.",
                RunInspect(),
            )
        values = _numbers(table[name].combine_chunks(), name)
        ends = np.cumsum(dataset.lengths[episodes])
        parts = np.split(values, ends[:-1])
        found |= {int(episode): part for episode, part in zip(episodes, parts, strict=True)}
    return found


def _is_number(column: Column) -> bool:
    kinds = ("bool", "int", "uint", "float")
    return column.shape in ((), (1,)) and column.dtype.startswith(kinds)


def _episode_columns(dataset: Dataset) -> list[str]:
    keys: dict[str, None] = {}
    match dataset.info.format.files:
        case "shared":
            for part in dataset.layout.episode_files:
                keys |= dict.fromkeys(name for name in part.schema.names if "/" not in name)
        case "of one episode":
            for record in read_objects(dataset.root / _LINES):
                keys |= dict.fromkeys(record)
        case other:
            assert_never(other)
    return list(keys)


def _number(value: object, name: str) -> float:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None:
        return float("nan")
    if isinstance(value, bool | int | float):
        return float(value)
    raise _no_numbers(name)


def _numbers(column: pa.Array, name: str) -> Values:
    kind = column.type
    if pa.types.is_fixed_size_list(kind) and kind.list_size == 1 and not column.null_count:
        column = column.flatten()
    if not (
        pa.types.is_boolean(column.type)
        or pa.types.is_integer(column.type)
        or pa.types.is_floating(column.type)
    ):
        raise _no_numbers(name)
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.uint8())
    values: Values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return values


def _no_numbers(name: str) -> LabelError:
    return LabelError(
        f"The column {name} has rows that are not a single number or truth value.",
        "Name a column that has one for every frame or episode.",
    )
