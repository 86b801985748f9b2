"""Broken data files."""

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.broken.breakage import V2, V3, Found, breakage
from tests.broken.edit import cut, data, edit_column, edit_info, edit_table

ERROR, REPORTED = Found.ERROR, Found.REPORTED


@breakage(ERROR, "is missing", quick=True)
def data_missing(root: Path):
    data(root).unlink()


@breakage(ERROR, "is missing", quick=True)
def all_data_missing(root: Path):
    for path in list((root / "data").rglob("*.parquet")):
        path.unlink()


@breakage(ERROR, "is truncated or no parquet file")
def data_truncated(root: Path):
    cut(data(root))


@breakage(ERROR, "is truncated or no parquet file")
def data_truncated_by_a_byte(root: Path):
    data(root).write_bytes(data(root).read_bytes()[:-1])


@breakage(ERROR, "is truncated or no parquet file")
def data_zero_bytes(root: Path):
    data(root).write_bytes(b"")


@breakage(ERROR, "is truncated or no parquet file")
def data_garbage(root: Path):
    data(root).write_bytes(b"PAR1" + bytes(range(256)) * 9 + b"PAR1")


@breakage(ERROR, "is truncated or no parquet file")
def data_pages_overwritten(root: Path):
    content = bytearray(data(root).read_bytes())
    content[4 : len(content) // 3] = b"\xff" * (len(content) // 3 - 4)
    data(root).write_bytes(content)


@breakage(ERROR, "rows")
def data_without_rows(root: Path):
    edit_table(data(root), lambda table: table.slice(0, 0))


@breakage(ERROR, "has no column")
def data_without_columns(root: Path):
    edit_table(data(root), lambda table: table.select([]))


@breakage(ERROR, "rows")
def last_row_missing(root: Path):
    edit_table(data(root), lambda table: table.slice(0, table.num_rows - 1))


@breakage(ERROR, "rows")
def last_row_twice(root: Path):
    edit_table(data(root), lambda table: pa.concat_tables([table, table.slice(table.num_rows - 1)]))


@breakage(ERROR, "frame_index")
def rows_shuffled(root: Path):
    edit_table(data(root), lambda table: table.take(list(range(table.num_rows))[::-1]))


@breakage(ERROR, "rows", versions=V2)
def files_of_two_episodes_swapped(root: Path):
    one, other = data(root, 0), data(root, 1)
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


@breakage(ERROR, "episode_index")
def rows_name_another_episode(root: Path):
    edit_column(data(root), "episode_index", lambda old: [*old[:-1], 77])


for name in ("episode_index", "frame_index", "index", "timestamp", "task_index", "action"):

    def _dropped(root: Path, name=name) -> None:
        edit_table(data(root), lambda table: table.drop_columns([name]))

    breakage(ERROR, f"has no column {name}", name=f"data without {name}")(_dropped)

for name in ("episode_index", "frame_index", "index", "task_index"):
    for kind, change in {
        "text": lambda old: pa.array([str(x) for x in old]),
        "floats": lambda old: pa.array([float(x) for x in old]),
        "lists": lambda old: pa.array([[x] for x in old]),
        "nulls": lambda old: [None, *old[1:]],
        "only nulls": lambda old: pa.nulls(len(old)),
    }.items():

        def _typed(root: Path, name=name, change=change) -> None:
            edit_column(data(root), name, change)

        # LeRobot does not read frame_index.
        found = REPORTED if (kind, name) == ("floats", "frame_index") else ERROR
        breakage(found, name, name=f"{kind} in {name}")(_typed)


@breakage(Found.FINE, "Nothing odd")
def numbers_in_32_bits(root: Path):
    for name in ("episode_index", "frame_index", "index", "task_index"):
        edit_column(data(root), name, lambda old: pa.array(old, pa.int32()))


@breakage(ERROR, "timestamp")
def timestamps_are_text(root: Path):
    edit_column(data(root), "timestamp", lambda old: pa.array([str(x) for x in old]))


@breakage(REPORTED, "timestamp")
def timestamps_missing_in_places(root: Path):
    edit_column(data(root), "timestamp", lambda old: [old[0], None, *old[2:]])


@breakage(REPORTED, "timestamp")
def timestamps_stand_still(root: Path):
    edit_column(data(root), "timestamp", lambda old: [0.0] * len(old))


@breakage(REPORTED, "index is not contiguous")
def gap_in_index(root: Path):
    edit_column(data(root), "index", lambda old: [*old[:-1], old[-1] + 4])


@breakage(REPORTED, "observation.state")
def states_missing(root: Path):
    edit_column(data(root), "observation.state", lambda old: [None, *old[1:]])


@breakage(REPORTED, "observation.state")
def states_not_a_number(root: Path):
    edit_column(data(root), "observation.state", lambda old: [[math.nan] * 6, *old[1:]])


@breakage(ERROR, "action", versions=V3)
def actions_of_another_width(root: Path):
    wide = pa.list_(pa.float32(), 7)
    edit_column(data(root), "action", lambda old: pa.array([[*x, 0.0] for x in old], wide))


@breakage(ERROR, "action")
def actions_are_text(root: Path):
    edit_column(data(root), "action", lambda old: pa.array([str(x) for x in old]))


@breakage(ERROR, "extra", versions=V3)
def column_that_info_does_not_know(root: Path):
    edit_table(data(root), lambda table: table.append_column("extra", table["index"]))


@breakage(REPORTED, "extra", versions=V2)
def column_that_old_info_does_not_know(root: Path):
    edit_table(data(root), lambda table: table.append_column("extra", table["index"]))


@breakage(ERROR, "twice")
def column_twice(root: Path):
    edit_table(data(root), lambda table: table.append_column("index", table["index"]))


for name, change in {
    "NaN": lambda old: [math.nan, *old[1:]],
    "infinity": lambda old: [math.inf, *old[1:]],
    "2": lambda old: [2.0, *old[1:]],
    "null": lambda old: [None, *old[1:]],
    "text": lambda old: pa.array(["yes"] * len(old)),
    "lists": lambda old: pa.array([[x] for x in old], pa.list_(pa.float32(), 1)),
    "bools": lambda old: pa.array([x > 0 for x in old]),
    "doubles": lambda old: pa.array(old, pa.float64()),
}.items():

    def _reward(root: Path, change=change) -> None:
        edit_column(data(root), "next.reward", change)

    breakage(REPORTED, "next.reward", name=f"{name} in next.reward")(_reward)


@breakage(REPORTED, "next.reward")
def rewards_declared_but_missing(root: Path):
    edit_table(data(root), lambda table: table.drop_columns(["next.reward"]))


@breakage(REPORTED, "next.reward")
def rewards_not_declared(root: Path):
    def change(info):
        del info["features"]["next.reward"]

    edit_info(root, change)


@breakage(REPORTED, "belongs to no episode", quick=True)
def stray_parquet_beside_the_data(root: Path):
    data(root).with_name("backup.parquet").write_bytes(data(root).read_bytes())


@breakage(REPORTED, "belongs to no episode", quick=True, versions=V3)
def hidden_parquet_beside_the_data(root: Path):
    data(root).with_name(".tmp.parquet").write_bytes(data(root).read_bytes())


@breakage(REPORTED, "belongs to no episode", quick=True, versions=V2)
def backup_beside_the_data(root: Path):
    data(root).with_name("episode_000000.parquet.bak").write_bytes(b"old")


@breakage(Found.FINE, "Nothing odd")
def rows_in_groups_of_one(root: Path):
    for path in (root / "data").rglob("*.parquet"):
        pq.write_table(pq.read_table(path, partitioning=None), path, row_group_size=1)


@breakage(Found.FINE, "Nothing odd")
def rows_without_schema_metadata(root: Path):
    edit_table(data(root), lambda table: table.replace_schema_metadata(None))


@breakage(ERROR, "rows", versions=V3)
def an_episode_in_the_wrong_place_of_its_file(root: Path):
    edit_table(data(root), lambda t: t.take(np.roll(np.arange(t.num_rows), 4)).slice(1))
