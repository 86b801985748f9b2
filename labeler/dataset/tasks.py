"""The texts of a dataset's tasks.

v2.x: `meta/tasks.jsonl`. v3.0: `meta/tasks.parquet`, in which a task is its position (LeRobot
0.6.1, dataset_reader.py) and the text is pandas' index, called `task` or `__index_level_0__`.
"""

import pyarrow as pa

from labeler.dataset.consistency import task_numbers
from labeler.dataset.dataset import Dataset
from labeler.dataset.documents import read_objects
from labeler.errors import DamagedDatasetError
from labeler.parquet.reading import read_table


def task_texts(dataset: Dataset) -> dict[int, str]:
    """Text of every task by its `task_index`.

    Raises:
        DamagedDatasetError: the tasks cannot be read.
    """
    numbers = task_numbers(dataset).tolist()
    if dataset.info.generation == 2:
        records = read_objects(dataset.root / "meta/tasks.jsonl")
        return dict(zip(numbers, (str(record.get("task", "")) for record in records), strict=True))
    path = dataset.root / "meta/tasks.parquet"
    table = read_table(path)
    for name in ("task", "__index_level_0__"):
        if name in table.column_names and _is_text(table[name].type):
            return dict(zip(numbers, map(str, table[name].to_pylist()), strict=True))
    raise DamagedDatasetError(
        f"{path} has no column with the texts of the tasks.", "Restore it from the recording."
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
