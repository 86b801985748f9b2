"""The parquet tables of v3.0 metadata: tasks and episodes."""

import json
from typing import Any

import pyarrow as pa

_PANDAS_VERSION = "2.3.3"  # the one LeRobot 0.6.1 writes with; readers only look at the index
_NESTED = pa.list_(pa.list_(pa.list_(pa.float64())))


def tasks_table(tasks: list[str]) -> pa.Table:
    """meta/tasks.parquet: a pandas table indexed by the text of the task."""
    columns = [
        _pandas_column("task_index", "int64", "int64"),
        _pandas_column("task", "unicode", "object"),
    ]
    index = {
        "name": None,
        "field_name": None,
        "pandas_type": "unicode",
        "numpy_type": "object",
        "metadata": {"encoding": "UTF-8"},
    }
    pandas = {
        "index_columns": ["task"],
        "column_indexes": [index],
        "columns": columns,
        "attributes": {},
        "creator": {"library": "pyarrow", "version": pa.__version__},
        "pandas_version": _PANDAS_VERSION,
    }
    schema = pa.schema(
        [("task_index", pa.int64()), ("task", pa.string())],
        metadata={"pandas": json.dumps(pandas)},
    )
    return pa.table({"task_index": list(range(len(tasks))), "task": tasks}, schema=schema)


def _pandas_column(name: str, pandas: str, numpy: str) -> dict[str, Any]:
    return {
        "name": name,
        "field_name": name,
        "pandas_type": pandas,
        "numpy_type": numpy,
        "metadata": None,
    }


def episodes_table(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows of meta/episodes, in the column order and the types of LeRobot's recorder."""
    schema = pa.schema([(name, _episode_type(name, value)) for name, value in rows[0].items()])
    return pa.Table.from_pylist(rows, schema=schema)


def _episode_type(name: str, value: object) -> pa.DataType:
    if name == "tasks":
        return pa.list_(pa.string())
    if name.startswith("stats/"):
        if name.endswith("/count"):
            return pa.list_(pa.int64())
        return (
            _NESTED
            if isinstance(value, list) and isinstance(value[0], list)
            else pa.list_(pa.float64())
        )
    return pa.float64() if name.endswith("_timestamp") else pa.int64()
