"""Do the data files and the rest of the metadata fit what opening a dataset believed?

What is found here keeps LeRobot from loading the dataset, or makes it load something else.
"""

from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import assert_never, cast

import numpy as np
import pyarrow as pa

from labeler.dataset.completeness import Problem
from labeler.dataset.dataset import DONE, REWARD, SUCCESS, Dataset
from labeler.dataset.documents import read_object, read_objects
from labeler.dataset.layout import Integers, frame_indices
from labeler.errors import DamagedDatasetError
from labeler.labels.wording import plural
from labeler.parquet.reading import read_table

INTEGERS = ("frame_index", "episode_index", "index", "task_index")
FRAME_COLUMNS = ("timestamp", *INTEGERS)
"""Columns that every data file has (LeRobot 0.3.3 and 0.6.1, DEFAULT_FEATURES)."""
_OF_LABELS = (REWARD, DONE, SUCCESS)
_RESTORE = "Restore it from the recording or a backup."


def unreadable_metadata(dataset: Dataset) -> list[Problem]:
    """Files under `meta/` that are there but not what LeRobot reads, and undeclared columns."""
    problems = [
        Problem("meta/info.json", f"meta/info.json does not declare the column {name}.")
        for name in FRAME_COLUMNS
        if name not in dataset.info.features and dataset.info.format.declared
    ]
    readers = {
        "meta/tasks.parquet": task_numbers,
        "meta/tasks.jsonl": task_numbers,
        "meta/stats.json": lambda given: read_object(given.root / "meta/stats.json"),
        "meta/episodes_stats.jsonl": _check_episode_statistics,
    }
    wanted = (*dataset.layout.metadata_files(), "meta/stats.json")
    for file, read in readers.items():
        if file in wanted and (dataset.root / file).is_file():
            try:
                read(dataset)
            except DamagedDatasetError as error:
                problems.append(Problem(file, error.message))
    return problems


def task_numbers(dataset: Dataset) -> Integers:
    """Values that `task_index` may have: int64, shape (tasks,).

    LeRobot v3.0 takes the task by its position in the table (0.6.1, dataset_reader.py).

    Raises:
        DamagedDatasetError: the tasks cannot be read.
    """
    file = dataset.info.format.tasks_file
    path = dataset.root / file
    match file:
        case "meta/tasks.jsonl":
            numbers = [record.get("task_index") for record in read_objects(path)]
            if not numbers or any(not _is_whole(number) for number in numbers):
                raise DamagedDatasetError(f"{path} has a line without task_index.", _RESTORE)
            return np.array(numbers, dtype=np.int64)
        case "meta/tasks.parquet":
            return np.arange(read_tasks(path).num_rows)
        case _:
            assert_never(file)


def read_tasks(path: Path) -> pa.Table:
    """The table of tasks of v3.0, a row for each.

    Raises:
        DamagedDatasetError: it cannot be read.
    """
    table = read_table(path)
    of_tasks = table["task_index"].type if "task_index" in table.column_names else None
    if of_tasks is not None and not pa.types.is_integer(of_tasks):
        raise DamagedDatasetError(
            f"{path}: task_index holds values that are not whole numbers.", _RESTORE
        )
    return table


def _is_whole(number: object) -> bool:
    whole = type(number) is int or (isinstance(number, float) and number.is_integer())
    return whole and -(2**63) <= cast("float", number) < 2**63


def schema_problems(dataset: Dataset, file: str, schema: pa.Schema) -> Iterator[str]:
    """Columns of a data file that are missing, there twice, undeclared, or of another type.

    Label columns may be missing or of any type: they are about to be written.
    """
    images = [camera.key for camera in dataset.cameras if camera.kind == "image"]
    declared = [column.name for column in dataset.columns if column.name not in _OF_LABELS]
    for name in dict.fromkeys([*FRAME_COLUMNS, *declared, *images]):
        if name not in schema.names:
            yield f"{file} has no column {name}."
    for name in sorted({name for name in schema.names if schema.names.count(name) > 1}):
        yield f"{file} has the column {name} twice."
    if dataset.info.format.declared:
        for name in schema.names:
            if name not in dataset.info.features and name != REWARD:
                yield f"{file} has a column {name} that meta/info.json does not declare."
    shapes = {column.name: column.shape for column in dataset.columns}
    for field in schema:
        sentence = _wrong_type(dataset, field, shapes.get(field.name, ()))
        if sentence and schema.names.count(field.name) == 1 and field.name not in _OF_LABELS:
            yield f"{file}: {field.name} {sentence}"


def row_problems(
    dataset: Dataset, file: str, table: pa.Table, tasks: Integers | None
) -> Iterator[str]:
    """Rows that are not those of the file's episodes in their order.

    `table` holds the columns of `INTEGERS`, `tasks` the values that `task_index` may have.
    """
    episodes = dataset.layout.data_files()[file]
    lengths = dataset.lengths[episodes]
    if table.num_rows != lengths.sum():
        yield (
            f"{file} has {plural(table.num_rows, 'row')}, its episodes have "
            f"{plural(int(lengths.sum()), 'frame')}."
        )
        return
    for name in INTEGERS:
        if empty := table[name].null_count:
            yield f"{file}: {name} has no value in {empty} of {plural(table.num_rows, 'row')}."
            return
    owners = np.repeat(episodes, lengths)
    wrong = np.flatnonzero(table["episode_index"].to_numpy() != owners)
    if len(wrong):
        yield _first_wrong(file, "episode_index", table, owners, wrong)
    frames = table["frame_index"].to_numpy()
    kind = table["frame_index"].type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        return  # told with the schema
    turns = np.flatnonzero((np.diff(frames) <= 0) & (np.diff(owners) == 0)) + 1
    if len(turns):
        row = int(turns[0])
        yield (
            f"{file}: the rows of an episode are not in order: frame_index {frames[row]} comes "
            f"behind {frames[row - 1]} in row {row}."
        )
    if tasks is None:
        return
    unknown = np.flatnonzero(~np.isin(table["task_index"].to_numpy(), tasks))
    if len(unknown):
        value = table["task_index"][int(unknown[0])].as_py()
        yield f"{file}: task_index {value} in row {unknown[0]} is not among the tasks."


def frame_problem(dataset: Dataset, file: str, table: pa.Table) -> str | None:
    """A sentence if `frame_index` does not count the rows of each episode from 0.

    LeRobot does not read the column; it goes on where the head of an episode was cut off.
    """
    wanted = frame_indices(dataset.lengths[dataset.layout.data_files()[file]])
    if table.num_rows != len(wanted) or table["frame_index"].null_count:
        return None
    wrong = np.flatnonzero(table["frame_index"].to_numpy() != wanted)
    return _first_wrong(file, "frame_index", table, wanted, wrong) if len(wrong) else None


def index_problem(dataset: Dataset, file: str, table: pa.Table) -> str | None:
    """A sentence if the global `index` of a file is not contiguous."""
    episodes = dataset.layout.data_files()[file]
    lengths = dataset.lengths[episodes]
    if table.num_rows != lengths.sum():
        return None
    frames = frame_indices(lengths)
    wanted = frames + np.repeat(dataset.layout.first_indices[episodes], lengths)
    wrong = np.flatnonzero(table["index"].to_numpy() != wanted)
    return _first_wrong(file, "index", table, wanted, wrong) if len(wrong) else None


def _first_wrong(file: str, name: str, table: pa.Table, wanted: Integers, wrong: Integers) -> str:
    row = int(wrong[0])
    found = table[name][row].as_py()
    return (
        f"{file}: {name} is not contiguous: {found} instead of {wanted[row]} in row {row} "
        f"({plural(len(wrong), 'row')} {'differs' if len(wrong) == 1 else 'differ'})."
    )


def _wrong_type(dataset: Dataset, field: pa.Field, shape: tuple[int, ...]) -> str:
    if field.name == "frame_index" and pa.types.is_floating(field.type):
        return ""  # LeRobot does not read it; `row_problems` looks at its order
    if field.name in INTEGERS:
        return "" if pa.types.is_integer(field.type) else f"holds {field.type}, not whole numbers."
    if field.name == "timestamp":
        return "" if pa.types.is_floating(field.type) else f"holds {field.type}, not numbers."
    feature = dataset.info.features.get(field.name)
    if feature is None or not feature.dtype.startswith(("float", "int", "uint", "bool")):
        return ""
    inner = field.type
    while pa.types.is_list(inner) or pa.types.is_fixed_size_list(inner):
        inner = inner.value_type
    if pa.types.is_string(inner) or pa.types.is_large_string(inner):
        return f"holds {field.type}, meta/info.json says {feature.dtype}."
    width = field.type.list_size if pa.types.is_fixed_size_list(field.type) else 0
    declared = dataset.info.format.declared and len(shape) == 1
    if width and declared and width != prod(shape):
        return f"has {plural(width, 'value')} in a row, meta/info.json says {prod(shape)}."
    return ""


def _check_episode_statistics(dataset: Dataset) -> None:
    path = dataset.root / "meta/episodes_stats.jsonl"
    seen: set[int] = set()
    for number, record in enumerate(read_objects(path), start=1):
        episode, stats = record.get("episode_index"), record.get("stats")
        if type(episode) is not int or not isinstance(stats, dict):
            raise DamagedDatasetError(
                f"Line {number} of {path} lacks episode_index or stats.", _RESTORE
            )
        if episode in seen or not 0 <= episode < len(dataset):
            raise DamagedDatasetError(
                f"Line {number} of {path} is about a second or unknown episode {episode}.", _RESTORE
            )
        seen.add(episode)
    if not seen:
        raise DamagedDatasetError(f"{path} has statistics of no episode.", _RESTORE)
