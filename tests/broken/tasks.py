"""Broken lists of tasks."""

from pathlib import Path

import pyarrow as pa

from tests.broken.breakage import V2, V3, Found, breakage
from tests.broken.edit import cut, data, edit_column, edit_lines, edit_table, tasks

ERROR = Found.ERROR


@breakage(ERROR, "is missing", quick=True)
def tasks_missing(root: Path):
    tasks(root).unlink()


@breakage(ERROR, "tasks.parquet is truncated", versions=V3, quick=True)
def tasks_truncated(root: Path):
    cut(tasks(root))


@breakage(ERROR, "tasks.jsonl is not valid JSON", versions=V2, quick=True)
def task_lines_truncated(root: Path):
    cut(tasks(root))


@breakage(ERROR, "tasks", quick=True)
def tasks_zero_bytes(root: Path):
    tasks(root).write_bytes(b"")


@breakage(ERROR, "tasks", quick=True)
def tasks_garbage(root: Path):
    tasks(root).write_bytes(b"\x89PNG garbage " * 99)


@breakage(Found.REPORTED, "tasks.parquet has no column task_index", versions=V3, quick=True)
def tasks_without_numbers(root: Path):
    edit_table(tasks(root), lambda table: table.drop_columns(["task_index"]))


@breakage(ERROR, "tasks.jsonl", versions=V2, quick=True)
def task_lines_without_numbers(root: Path):
    edit_lines(tasks(root), lambda records: [{"task": r["task"]} for r in records])


@breakage(ERROR, "tasks", versions=V2, quick=True)
def task_lines_are_lists(root: Path):
    edit_lines(tasks(root), lambda records: [[1, 2]])


@breakage(ERROR, "task_index 5")
def rows_name_an_unknown_task(root: Path):
    edit_column(data(root), "task_index", lambda old: [5] * len(old))


@breakage(ERROR, "task_index")
def rows_name_a_negative_task(root: Path):
    edit_column(data(root), "task_index", lambda old: [-1] * len(old))


@breakage(ERROR, "tasks.parquet", versions=V3, quick=True)
def task_numbers_are_text(root: Path):
    edit_column(tasks(root), "task_index", lambda old: pa.array(["zero"] * len(old)))
