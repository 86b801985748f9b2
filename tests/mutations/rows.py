"""Data files: types, encodings, order of rows, and in which file rows are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.broken.edit import data, edit_episodes, edit_table
from tests.mutations.mutation import BOTH, EITHER, V3, add, mutation

_REWARD = ("v2.1-two-cameras-reward", "v3.0-061-h264-reward")
_FILES = "v3.0-061-two-cameras-files"
Edit = Callable[[pa.Table], pa.Table]


def every(edit: Edit, **options: Any) -> Callable[[Path], None]:
    """A change of every data file."""

    def change(root: Path) -> None:
        for path in sorted((root / "data").rglob("*.parquet")):
            pq.write_table(edit(pq.read_table(path, partitioning=None)), path, **options)

    return change


def cast(name: str, kind: pa.DataType) -> Edit:
    """A column as another type; the metadata of the file stay as they are."""

    def edit(table: pa.Table) -> pa.Table:
        at = table.column_names.index(name)
        values = table[name].combine_chunks()
        if pa.types.is_nested(kind):
            flat = not pa.types.is_nested(values.type)
            values = pa.array([[v] if flat else v for v in values.to_pylist()], kind)
        return table.set_column(at, name, values.cast(kind))

    return edit


def same(table: pa.Table) -> pa.Table:
    return table


FLOATS, DOUBLES = pa.list_(pa.float32()), pa.list_(pa.float64(), 3)
for name, kind in {
    "timestamp": pa.float64(),
    "frame_index": pa.int32(),
    "episode_index": pa.int32(),
    "index": pa.int32(),
    "task_index": pa.int16(),
    "observation.state": DOUBLES,
    "action": FLOATS,
}.items():
    add(f"rows: {name} is {kind}", every(cast(name, kind)), EITHER)
add("rows: episode_index is uint64", every(cast("episode_index", pa.uint64())))
add("rows: frame_index is a float", every(cast("frame_index", pa.float64())))
add("rows: action is a large list", every(cast("action", pa.large_list(pa.float32()))))
for kind in (pa.int64(), pa.bool_(), pa.float64(), pa.float16()):
    add(f"rows: next.reward is {kind}", every(cast("next.reward", kind)), _REWARD)
add(
    "rows: next.reward is a list of one",
    every(cast("next.reward", pa.list_(pa.float32(), 1))),
    _REWARD,
)
add("rows: next.done is int64", every(cast("next.done", pa.int64())), _REWARD)

add("rows: compressed with zstd", every(same, compression="zstd"), EITHER)
add("rows: not compressed", every(same, compression="none"), EITHER)
add("rows: one row group per row", every(same, row_group_size=1), EITHER)
add("rows: one row group", every(same), EITHER)
add("rows: without dictionaries", every(same, use_dictionary=False), EITHER)
add("rows: data pages of version 2", every(same, data_page_version="2.0"), EITHER)
add("rows: parquet of version 1.0", every(same, version="1.0"), EITHER)
add("rows: without metadata of datasets", every(lambda t: t.replace_schema_metadata(None)))
add("rows: columns in another order", every(lambda t: t.select(t.column_names[::-1])), EITHER)
add("rows: a further column", every(lambda t: t.append_column("x", t["index"])))
add("rows: without action", every(lambda t: t.drop_columns(["action"])))
for name in ("index", "timestamp", "frame_index", "task_index", "episode_index"):
    add(f"rows: without {name}", every(lambda t, n=name: t.drop_columns([n])))


@mutation("rows: through pandas")
def _pandas(root: Path) -> None:
    """Fixed lists become lists and the metadata those of pandas, without importing it here."""
    metadata = {b"pandas": b'{"index_columns": [], "column_indexes": [], "columns": []}'}
    for name in ("observation.state", "action"):
        every(cast(name, FLOATS))(root)
    every(lambda t: t.replace_schema_metadata(metadata))(root)


def column(name: str, change: Callable[[list[Any]], list[Any]]) -> Edit:
    """Other values of a column, of the same type."""

    def edit(table: pa.Table) -> pa.Table:
        at = table.column_names.index(name)
        values = pa.array(change(table[name].to_pylist()), table.schema.field(name).type)
        return table.set_column(at, table.schema.field(name), values)

    return edit


def ordered(order: Callable[[int], Any]) -> Edit:
    return lambda table: table.take(pa.array(order(table.num_rows)))


def _one(edit: Edit, place: int = -1) -> Callable[[Path], None]:
    return lambda root: edit_table(data(root, place), edit)


_reverse = ordered(lambda n: np.arange(n)[::-1])
add("rows: in reverse order", _one(_reverse))
add("rows: shuffled", _one(ordered(lambda n: np.random.default_rng(0).permutation(n))))
add("rows: the last two exchanged", _one(ordered(lambda n: [*range(n - 2), n - 1, n - 2])))
add("rows: the last one twice", _one(ordered(lambda n: [*range(n), n - 1])))
add("rows: the last one lacks", _one(ordered(lambda n: range(n - 1))))
add("rows: the first one lacks", _one(ordered(lambda n: range(1, n)), 0))
add(
    "rows: index starts at 100",
    every(column("index", lambda v: [n + 100 for n in v])),
    free=["index"],
)
add("rows: index is 0 throughout", every(column("index", lambda v: [0] * len(v))), free=["index"])
add(
    "rows: task_index of a row is unknown",
    _one(column("task_index", lambda v: [*v[:-1], 9])),
    free=["task_index"],
)
add(
    "rows: task_index of a row is null",
    _one(column("task_index", lambda v: [*v[:-1], None])),
    free=["task_index"],
)
add(
    "rows: frame_index counts through",
    every(column("frame_index", lambda v: list(range(len(v))))),
    [V3],
    free=["frame_index"],
)
add(
    "rows: frame_index starts at 1",
    every(column("frame_index", lambda v: [n + 1 for n in v])),
    free=["frame_index"],
)
add(
    "rows: action of a row is null",
    _one(column("action", lambda v: [*v[:-1], None])),
    free=["action"],
)
add(
    "rows: reward of a row is null",
    _one(column("next.reward", lambda v: [*v[:-1], None])),
    _REWARD,
    free=["next.reward"],
)
add(
    "rows: action holds NaN",
    _one(column("action", lambda v: [*v[:-1], [float("nan")] * 3])),
    free=["action"],
)


def _split(root: Path, stale: bool) -> None:
    """The rows of the last two episodes go to another file."""
    path = data(root)
    table = pq.read_table(path)
    late = np.asarray(table["episode_index"]) >= 1
    pq.write_table(table.filter(pa.array(late)), path.with_name("file-001.parquet"))
    pq.write_table(table.filter(pa.array(~late)), path)
    if stale:  # as LeRobot's own libero: the first of them is said to be where it was
        edit_episodes(root, lambda rows: rows[2].update({"data/file_index": 1}))
    else:
        edit_episodes(
            root, lambda rows: [r.update({"data/file_index": 1}) for r in rows[1:]] and rows
        )


add("rows: two files", lambda root: _split(root, stale=False), [V3])
add(
    "rows: an episode is in another file than its index says",
    lambda root: _split(root, stale=True),
    [V3],
    odd=True,
)


@mutation("rows: all files put into the first, indices as they were", _FILES, odd=True)
def _joined(root: Path) -> None:
    paths = sorted((root / "data").rglob("*.parquet"))
    pq.write_table(pa.concat_tables(pq.read_table(p) for p in paths), paths[0])
    for path in paths[1:]:
        path.unlink()


@mutation("rows: the two files exchanged", _FILES, odd=True)
def _exchanged(root: Path) -> None:
    first, second = sorted((root / "data").rglob("*.parquet"))
    first.rename(first.with_name("x"))
    second.rename(first)
    first.with_name("x").rename(second)


@mutation("rows: the last episode stands first in its file", V3, odd=True)
def _turned(root: Path) -> None:
    edit_table(data(root), lambda t: pa.concat_tables([t.slice(13), t.slice(0, 13)]))


@mutation("rows: a stray copy of the file beside it")
def _stray(root: Path) -> None:
    path = data(root)
    path.with_name("copy.parquet").write_bytes(path.read_bytes())


@mutation("rows: a hidden file of another program beside it")
def _hidden(root: Path) -> None:
    data(root).with_name("._file.parquet").write_bytes(b"\0\5\x16\7")


add(
    "rows: the file is called otherwise",
    lambda root: data(root).rename(data(root).with_name("x.parquet")) and None,
    BOTH,
)
add("rows: the file is empty", lambda root: data(root).write_bytes(b"") and None)
add(
    "rows: the file is cut off",
    lambda root: data(root).write_bytes(data(root).read_bytes()[:-9]) and None,
)
