"""Broken lists of episodes."""

from pathlib import Path

import pyarrow as pa

from tests.broken.breakage import V2, V3, Found, breakage
from tests.broken.edit import (
    cut,
    edit_column,
    edit_episodes,
    edit_info,
    edit_table,
    episodes,
)

REFUSED, ERROR = Found.REFUSED, Found.ERROR
KEY = "observation.images.gripper"


@breakage(REFUSED, "episodes")
def episodes_missing(root: Path):
    episodes(root).unlink()


@breakage(REFUSED, "it has no footer", versions=V3)
def episodes_truncated(root: Path):
    cut(episodes(root))


@breakage(REFUSED, "Line", versions=V2)
def episode_lines_truncated(root: Path):
    cut(episodes(root), 0.9)


@breakage(REFUSED, "episodes")
def episodes_zero_bytes(root: Path):
    episodes(root).write_bytes(b"")


@breakage(REFUSED, "episodes")
def episodes_garbage(root: Path):
    episodes(root).write_bytes(b"PAR1 nonsense PAR1")


@breakage(REFUSED, "no episodes")
def no_episode_at_all(root: Path):
    edit_info(root, lambda info: info | {"total_episodes": 0, "total_frames": 0})
    if episodes(root).suffix == ".jsonl":
        episodes(root).write_text("")
    else:
        edit_table(episodes(root), lambda table: table.slice(0, 0))


@breakage(REFUSED, "numbered from 0", versions=V3)
def episode_twice(root: Path):
    edit_episodes(root, lambda records: [*records[:2], records[1], *records[2:]])


@breakage(REFUSED, "numbered from 0")
def episode_left_out(root: Path):
    edit_episodes(root, lambda records: [records[0], *records[2:]])


@breakage(Found.REPORTED, "in their order", versions=V2)
def lines_out_of_order(root: Path):
    edit_episodes(root, lambda records: records[::-1])


@breakage(REFUSED, "numbered from 0", versions=V3)
def episodes_out_of_order(root: Path):
    edit_episodes(root, lambda records: records[::-1])


@breakage(REFUSED, "numbered from 0")
def episode_numbers_negative(root: Path):
    edit_episodes(root, lambda records: [r | {"episode_index": -1} for r in records])


@breakage(ERROR, "counts 3 episodes, there are 2", quick=True)
def last_episode_left_out(root: Path):
    edit_episodes(root, lambda records: records[:-1])


def _length(value: object, found: Found, says: str, versions=(*V2, *V3)) -> None:
    def damage(root: Path) -> None:
        def change(records):
            records[1]["length"] = value

        edit_episodes(root, change)

    quick = found is not REFUSED
    name = f"length of an episode is {value!r}"
    name = name if V2[0] in versions else f"{name} in the table"
    breakage(found, says, versions=versions, name=name, quick=quick)(damage)


for length in (0, -3):
    _length(length, REFUSED, "episode 1 has", V2)
    _length(length, Found.REPORTED, "episode 1 has", V3)
for length in (None, "3", 3.5, [3], True, 10**30):
    _length(length, REFUSED, "episode 1", V2)
for length in (2, 4, 2**40):
    _length(length, ERROR, "counts 12 frames", V2)
    _length(length, Found.REPORTED, "other lengths than those of the rows", V3)


@breakage(ERROR, "rows", versions=V2)
def lengths_too_long_and_counted_so(root: Path):
    def change(records):
        records[-1]["length"] += 1

    edit_episodes(root, change)
    edit_info(root, lambda info: info | {"total_frames": 13})


@breakage(ERROR, "rows", versions=V2)
def lengths_beyond_memory_and_counted_so(root: Path):
    def change(records):
        records[-1]["length"] = 2**40

    edit_episodes(root, change)
    edit_info(root, lambda info: info | {"total_frames": 7 + 2**40})


def _shift(root: Path) -> None:
    def change(records):
        records[0]["length"] += 1
        records[1]["length"] -= 1

    edit_episodes(root, change)


breakage(ERROR, "episode", name="lengths shifted between episodes", versions=V2)(_shift)
breakage(Found.REPORTED, "of episodes 0-1", name="lengths shifted in the table", versions=V3)(
    _shift
)


@breakage(Found.REPORTED, "counts", versions=V3)
def lengths_too_long_in_the_table_and_counted_so(root: Path):
    edit_episodes(root, lambda records: records[-1].update(length=2**40))
    edit_info(root, lambda info: info | {"total_frames": 7 + 2**40})


for column in ("episode_index", "length", "data/file_index", "dataset_from_index"):

    def _without(root: Path, column=column) -> None:
        edit_table(episodes(root), lambda table: table.drop_columns([column]))

    def _with_nulls(root: Path, column=column) -> None:
        edit_column(episodes(root), column, lambda old: [None, *old[1:]])

    def _with_text(root: Path, column=column) -> None:
        edit_column(episodes(root), column, lambda old: pa.array([str(x) for x in old]))

    said = {"versions": V3}
    found = REFUSED if column == "episode_index" else Found.REPORTED
    breakage(found, column, name=f"episodes without {column}", **said)(_without)
    breakage(found, column, name=f"null in {column} of episodes", **said)(_with_nulls)
    breakage(found, column, name=f"text in {column} of episodes", **said)(_with_text)

for column in ("chunk_index", "file_index", "from_timestamp"):
    full = f"videos/{KEY}/{column}"

    def _without_video(root: Path, full=full) -> None:
        edit_table(episodes(root), lambda table: table.drop_columns([full]))

    def _null_video(root: Path, full=full) -> None:
        edit_column(episodes(root), full, lambda old: [None, *old[1:]])

    def _text_video(root: Path, full=full) -> None:
        edit_column(episodes(root), full, lambda old: pa.array(["x"] * len(old)))

    breakage(REFUSED, column, name=f"episodes without {full}", versions=V3)(_without_video)
    breakage(REFUSED, column, name=f"null in {full}", versions=V3)(_null_video)
    breakage(REFUSED, column, name=f"text in {full}", versions=V3)(_text_video)

for start in (-1.0, float("nan"), float("inf")):

    def _start(root: Path, start=start) -> None:
        edit_column(episodes(root), f"videos/{KEY}/from_timestamp", lambda old: [start, *old[1:]])

    breakage(REFUSED, "from_timestamp", name=f"a video starts at {start}", versions=V3)(_start)


@breakage(ERROR, "too short", versions=V3)
def a_video_starts_past_its_end(root: Path):
    edit_column(episodes(root), f"videos/{KEY}/from_timestamp", lambda old: [*old[:-1], 99.0])


@breakage(Found.REPORTED, "belong to two episodes", versions=V3)
def times_of_videos_are_whole_numbers(root: Path):
    edit_episodes(root, lambda records: [r | {f"videos/{KEY}/from_timestamp": 0} for r in records])


@breakage(Found.REPORTED, "another data file", versions=V3, quick=True)
def episodes_name_another_data_file(root: Path):
    edit_column(episodes(root), "data/file_index", lambda old: [*old[:-1], 7])


@breakage(Found.REPORTED, "data/file_index", versions=V3)
def episodes_name_a_negative_file(root: Path):
    edit_column(episodes(root), "data/file_index", lambda old: [*old[:-1], -7])


@breakage(Found.REPORTED, "global index has gaps", versions=V3, quick=True)
def gap_in_the_global_index(root: Path):
    def change(records):
        for record in records[1:]:
            record["dataset_from_index"] += 5
            record["dataset_to_index"] += 5

    edit_episodes(root, change)


@breakage(Found.REPORTED, "listed more than once", versions=V3, quick=True)
def stray_list_of_episodes(root: Path):
    path = episodes(root)
    (path.parent / "file-000_backup.parquet").write_bytes(path.read_bytes())


@breakage(REFUSED, "meta/episodes", versions=V3)
def lists_of_episodes_disagree_on_types(root: Path):
    path = episodes(root)
    other = path.parent / "file-001.parquet"
    other.write_bytes(path.read_bytes())
    edit_column(other, "length", lambda old: pa.array([[x] for x in old]))


@breakage(REFUSED, "length", versions=V3)
def column_of_episodes_twice(root: Path):
    edit_table(episodes(root), lambda table: table.append_column("length", table["length"]))


@breakage(Found.FINE, "none", versions=V3)
def episodes_without_tasks(root: Path):
    edit_table(episodes(root), lambda table: table.drop_columns(["tasks"]))


for odd in (5, "one task", None):

    def _tasks(root: Path, odd=odd) -> None:
        if episodes(root).suffix == ".jsonl":
            edit_episodes(root, lambda records: [r | {"tasks": odd} for r in records])
        else:
            edit_column(episodes(root), "tasks", lambda old: pa.array([odd] * len(old)))

    breakage(Found.FINE, "tasks", name=f"tasks of an episode are {odd!r}")(_tasks)


@breakage(REFUSED, "is not a JSON object", versions=V2)
def episode_lines_are_numbers(root: Path):
    edit_episodes(root, lambda records: [0, 1, 2])


@breakage(Found.REPORTED, "empty line", versions=V2, quick=True)
def episode_lines_with_empty_lines(root: Path):
    path = episodes(root)
    path.write_text(path.read_text().replace("\n", "\n\n"))
