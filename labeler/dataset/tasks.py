"""The texts of a dataset's tasks.

v2.x: `meta/tasks.jsonl`. v3.0: `meta/tasks.parquet`, in which a task is its position (LeRobot
0.6.1, dataset_reader.py) and the text is pandas' index, called `task` or `__index_level_0__`.
"""

from pathlib import Path
from typing import assert_never

import pyarrow as pa

from labeler.dataset.consistency import read_tasks, task_numbers
from labeler.dataset.dataset import Dataset
from labeler.dataset.documents import read_objects
from labeler.errors import DamagedDatasetError


def task_texts(dataset: Dataset) -> dict[int, str]:
    """Text of every task by its `task_index`.

    Raises:
        DamagedDatasetError: the tasks cannot be read.
    """
    file = dataset.info.format.tasks_file
    path = dataset.root / file
    match file:
        case "meta/tasks.jsonl":
            numbers = task_numbers(dataset).tolist()
            texts = [str(record.get("task", "")) for record in read_objects(path)]
            return dict(zip(numbers, texts, strict=True))
        case "meta/tasks.parquet":
            return dict(enumerate(_texts_of_table(path)))
        case _:
            assert_never(file)


def _texts_of_table(path: Path) -> list[str]:
    table = read_tasks(path)
    for name in ("task", "__index_level_0__"):
        if name in table.column_names and _is_text(table[name].type):
            return [str(text) for text in table[name].to_pylist()]
    raise DamagedDatasetError(
        f"{path} has no column with the texts of the tasks.", "Restore it from the recording."
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
