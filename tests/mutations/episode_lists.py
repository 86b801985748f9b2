"""The list of episodes and the statistics: `meta/episodes`, `episodes.jsonl`, `stats.json`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.broken.edit import edit_episodes, edit_json, edit_lines, edit_table, episodes
from tests.mutations.mutation import V2, V3, add, mutation
from tests.mutations.rows import cast

CAMERA = "observation.images.gripper"
FROM, TO = (f"videos/{CAMERA}/{name}_timestamp" for name in ("from", "to"))


def listed(edit: Callable[[pa.Table], pa.Table]) -> Callable[[Path], None]:
    """A change of the table of episodes of v3.0."""
    return lambda root: edit_table(episodes(root), edit)


for name, kind in {
    "episode_index": pa.int32(),
    "length": pa.int32(),
    "data/file_index": pa.int16(),
    "dataset_from_index": pa.uint64(),
    FROM: pa.float32(),
    "tasks": pa.large_list(pa.large_string()),
}.items():
    add(f"episodes: {name} is {kind}", listed(cast(name, kind)), [V3])
add("episodes: length is a float", listed(cast("length", pa.float64())), [V3])
add("episodes: data/file_index is a float", listed(cast("data/file_index", pa.float64())), [V3])
for name in ("tasks", "length", "dataset_from_index", "data/file_index", FROM, TO):
    add(f"episodes: without {name}", listed(lambda t, n=name: t.drop_columns([n])), [V3])
add(
    "episodes: with metadata of pandas",
    listed(lambda t: t.replace_schema_metadata({"pandas": "{}"})),
    [V3],
)
add(
    "episodes: a further column",
    listed(lambda t: t.append_column("is_success", pa.array([True] * 3))),
    [V3],
)
add("episodes: columns in another order", listed(lambda t: t.select(t.column_names[::-1])), [V3])
add(
    "episodes: without statistics",
    listed(lambda t: t.select([n for n in t.column_names if not n.startswith("stats/")])),
    [V3],
)
add("episodes: rows in reverse order", listed(lambda t: t.take([2, 1, 0])), [V3])
add("episodes: the last one is not listed", lambda root: edit_episodes(root, lambda r: r[:-1]))
add("episodes: the first one is not listed", lambda root: edit_episodes(root, lambda r: r[1:]))
add(
    "episodes: the last one is listed twice",
    lambda root: edit_episodes(root, lambda r: [*r, r[-1]]),
)
add(
    "episodes: a length is one less",
    lambda root: edit_episodes(root, lambda r: r[1].update(length=4)),
)
add(
    "episodes: a length is one more",
    lambda root: edit_episodes(root, lambda r: r[1].update(length=6)),
)
add("episodes: a length is 0", lambda root: edit_episodes(root, lambda r: r[1].update(length=0)))
add(
    "episodes: a length is null",
    lambda root: edit_episodes(root, lambda r: r[1].update(length=None)),
)
add("episodes: tasks are null", lambda root: edit_episodes(root, lambda r: r[1].update(tasks=None)))
add("episodes: tasks are empty", lambda root: edit_episodes(root, lambda r: r[1].update(tasks=[])))
add(
    "episodes: dataset_from_index counts otherwise",
    listed(
        lambda t: t.set_column(
            t.column_names.index("dataset_from_index"), "dataset_from_index", pa.array([5, 13, 18])
        )
    ),
    [V3],
)


@mutation("episodes: a file for each", V3)
def _files(root: Path) -> None:
    path = episodes(root)
    table = pq.read_table(path)
    for row in range(table.num_rows):
        pq.write_table(table.slice(row, 1), path.with_name(f"file-{row:03d}.parquet"))


@mutation("episodes: two files of different columns", V3)
def _uneven(root: Path) -> None:
    path = episodes(root)
    table = pq.read_table(path)
    pq.write_table(table.slice(0, 2), path)
    names = [name for name in table.column_names if not name.startswith("stats/action")]
    pq.write_table(table.slice(2).select(names), path.with_name("file-001.parquet"))


@mutation("episodes: one row group for each", V3)
def _groups(root: Path) -> None:
    pq.write_table(pq.read_table(episodes(root)), episodes(root), row_group_size=1)


def lines(change: Callable[[list[Any]], Any]) -> Callable[[Path], None]:
    return lambda root: edit_lines(root / "meta/episodes.jsonl", change)


add("episodes: lines in reverse order", lines(lambda r: r[::-1]), [V2], odd=True)
add("episodes: length is a string", lines(lambda r: r[1].update(length="5")), [V2])
add("episodes: length is a float", lines(lambda r: r[1].update(length=5.0)), [V2])
add("episodes: tasks are a string", lines(lambda r: r[1].update(tasks="x")), [V2])
add("episodes: without tasks", lines(lambda r: r[1].pop("tasks") and None), [V2])
add("episodes: a further key", lines(lambda r: r[1].update(is_success=True)), [V2])
add("episodes: episode_index is a string", lines(lambda r: r[1].update(episode_index="1")), [V2])


def text(file: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    """A change of a metadata file as text, its ends of lines included."""

    def edit(root: Path) -> None:
        path = root / "meta" / file
        path.write_bytes(change(path.read_bytes().decode()).encode())

    return edit


for file in ("episodes.jsonl", "tasks.jsonl", "episodes_stats.jsonl"):
    add(f"{file}: ends of lines of Windows", text(file, lambda s: s.replace("\n", "\r\n")), [V2])
    add(f"{file}: empty lines", text(file, lambda s: s.replace("\n", "\n\n")), [V2])
    add(f"{file}: no end of line at the end", text(file, str.rstrip), [V2])
    add(f"{file}: a comma behind a line", text(file, lambda s: s.replace("\n", ",\n", 1)), [V2])
    add(
        f"{file}: a line in Latin-1's next line character",
        text(file, lambda s: s.replace("}\n", ', "note": "a\x85b"}\n', 1)),
        [V2],
    )

_STATS = "meta/episodes_stats.jsonl"


def stats_lines(change: Callable[[list[Any]], Any]) -> Callable[[Path], None]:
    return lambda root: edit_lines(root / _STATS, change)


add("statistics: lines in reverse order", stats_lines(lambda r: r[::-1]), [V2])
add("statistics: those of an episode lack", stats_lines(lambda r: r[:-1]), [V2])
add(
    "statistics: those of a column lack",
    stats_lines(lambda r: r[0]["stats"].pop("action") and None),
    [V2],
)
add(
    "statistics: numbers without lists",
    stats_lines(lambda r: r[0]["stats"]["timestamp"].update(mean=0.3)),
    [V2],
)
add(
    "statistics: without count",
    stats_lines(lambda r: r[0]["stats"]["action"].pop("count") and None),
    [V2],
)
add(
    "statistics: a stats.json of v2.0 beside them",
    lambda root: (root / "meta/stats.json").write_text("{}") and None,
    [V2],
)
add("statistics: no file", lambda root: (root / _STATS).unlink(), [V2])


def stats(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    return lambda root: edit_json(root / "meta/stats.json", change)


add("statistics: no file", lambda root: (root / "meta/stats.json").unlink(), [V3])
add(
    "statistics: an empty object",
    lambda root: (root / "meta/stats.json").write_text("{}") and None,
    [V3],
)
add("statistics: those of a column lack", stats(lambda s: s.pop("action") and None), [V3])
add("statistics: those of a column are null", stats(lambda s: s.update(action=None)), [V3])
add(
    "statistics: without quantiles",
    stats(lambda s: [s["action"].pop(q) for q in ("q01", "q99")] and None),
    [V3],
)
add("statistics: of a column that is not there", stats(lambda s: s.update(x=s["action"])), [V3])
add("statistics: numbers without lists", stats(lambda s: s["timestamp"].update(mean=0.3)), [V3])
add("statistics: NaN", lambda root: _not_a_number(root), [V3])


def _not_a_number(root: Path) -> None:
    path = root / "meta/stats.json"
    document = json.loads(path.read_text())
    document["action"]["mean"] = [float("nan")] * 3
    path.write_text(json.dumps(document))
