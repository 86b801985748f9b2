"""Changing files of a recording, as broken programs and people do."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def is_v3(root: Path) -> bool:
    return (root / "meta/episodes").is_dir()


def data(root: Path, place: int = -1) -> Path:
    """A data file: the last one, if nothing else is said."""
    return sorted((root / "data").rglob("*.parquet"))[place]


def video(root: Path, place: int = -1) -> Path:
    return sorted((root / "videos").rglob("*.mp4"))[place]


def episodes(root: Path) -> Path:
    if is_v3(root):
        return sorted((root / "meta/episodes").rglob("*.parquet"))[-1]
    return root / "meta/episodes.jsonl"


def tasks(root: Path) -> Path:
    return root / f"meta/tasks.{'parquet' if is_v3(root) else 'jsonl'}"


def edit_json(path: Path, change: Callable[[Any], Any]) -> None:
    """`change` edits the document, or gives one to take its place."""
    document = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(change(document) or document), "utf-8")


def edit_info(root: Path, change: Callable[[Any], Any]) -> None:
    edit_json(root / "meta/info.json", change)


def edit_lines(path: Path, change: Callable[[list[Any]], Any]) -> None:
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    records = change(records) or records
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")


def edit_table(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(change(pq.read_table(path, partitioning=None)), path)


def edit_column(path: Path, name: str, change: Callable[[list[Any]], Any]) -> None:
    """`change` gives the new values: a list keeps the type, an array brings its own."""

    def replaced(table: pa.Table) -> pa.Table:
        index = table.column_names.index(name)
        values = change(table[name].to_pylist())
        if isinstance(values, list):
            values = pa.array(values, table.schema.field(index).type)
        return table.set_column(index, name, values)

    edit_table(path, replaced)


def edit_episodes(root: Path, change: Callable[[list[Any]], Any]) -> None:
    """`change` edits the list of episodes: lines of v2.x, rows of v3.0."""
    path = episodes(root)
    if not is_v3(root):
        edit_lines(path, change)
        return

    def changed(table: pa.Table) -> pa.Table:
        records = table.to_pylist()
        return pa.Table.from_pylist(change(records) or records, table.schema)

    edit_table(path, changed)


def cut(path: Path, share: float = 0.5) -> None:
    """Leave the beginning of a file."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
