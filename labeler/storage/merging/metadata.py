"""The metadata of a merged dataset, in the layout of LeRobot's own writers."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, assert_never

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeler import disk
from labeler.dataset.features import CROPS
from labeler.dataset.statistics import QUANTILES, aggregate_rows
from labeler.parquet.rewriting import write_table
from labeler.storage.merging.plan import (
    CHUNK,
    DATA_FILE_MB,
    VIDEO_FILE_MB,
    MergePlan,
    agreed,
    path_of_file,
)
from labeler.storage.merging.statistics import BASIC, Stacked
from labeler.storage.record.label_metadata import PathOf, json_bytes, with_features
from labeler.storage.recording import v3
from labeler.storage.recording.tables import tasks_table

_EPISODES_PER_FILE = 20_000  # of some kilobytes each, far below LeRobot's limit of 100 MB
_EPISODES_PER_GROUP = 1000


def write_merged_metadata(
    plan: MergePlan, tasks: Sequence[str], statistics: Stacked, path_of: PathOf, *, bounds: bool
) -> dict[str, str]:
    """Write every file under `meta/` that LeRobot reads; relative paths and SHA-256 come back.

    `bounds`: quantiles of all episodes are bounds, as `aggregate_rows` has it.
    """
    written = {}

    def write(file: str, data: bytes) -> None:
        written[file] = disk.write_file(path_of(file), data)

    write("meta/info.json", json_bytes(_info(plan, len(tasks))))
    if crops := agreed(plan.crops):
        write(CROPS, json_bytes(crops))
    match plan.format.files:
        case "of one episode":
            for file, lines in _lines(plan, tasks, statistics).items():
                write(file, "".join(json.dumps(line) + "\n" for line in lines).encode("ascii"))
        case "shared":
            write("meta/stats.json", json_bytes(_totals(plan, statistics, bounds=bounds)))
            written |= _write_tables(plan, tasks, statistics, path_of)
        case other:
            assert_never(other)
    return written


def _write_tables(
    plan: MergePlan, tasks: Sequence[str], statistics: Stacked, path_of: PathOf
) -> dict[str, str]:
    """The tasks and episodes of v3.0."""
    table, file = tasks_table(list(tasks)), "meta/tasks.parquet"
    written = {file: write_table(path_of(file), table, [table.num_rows], "snappy")}
    table = _episodes_table(plan, statistics)
    for number, start in enumerate(range(0, table.num_rows, _EPISODES_PER_FILE)):
        part = _place(table.slice(start, _EPISODES_PER_FILE), number)
        file = path_of_file(v3.EPISODES_PATH, number)
        groups = [_EPISODES_PER_GROUP] * -(-part.num_rows // _EPISODES_PER_GROUP)
        written[file] = write_table(path_of(file), part, groups, "snappy")
    return written


def _info(plan: MergePlan, tasks: int) -> dict[str, Any]:
    agreement, episodes = plan.agreement, len(plan.labels)
    fps = agreement.fps
    info: dict[str, Any] = {
        "codebase_version": str(agreement.version),
        "robot_type": agreement.robot_type,
        "total_episodes": episodes,
        "total_frames": int(plan.columns.lengths.sum()),
        "total_tasks": tasks,
    }
    if plan.format.counts_files:
        info |= {
            "total_videos": episodes * len(plan.video_keys),
            "total_chunks": -(-episodes // CHUNK),
        }
    info["chunks_size"] = CHUNK
    if plan.format.shares_files:
        info |= {"data_files_size_in_mb": DATA_FILE_MB, "video_files_size_in_mb": VIDEO_FILE_MB}
    info |= {
        "fps": int(fps) if float(fps).is_integer() else fps,
        "splits": {"train": f"0:{episodes}"},
        "data_path": plan.format.data_path,
        "video_path": plan.format.video_path if plan.video_keys else None,
        "features": agreement.features,
    }
    return with_features(info, plan.columns, {})


def _lines(
    plan: MergePlan, tasks: Sequence[str], statistics: Stacked
) -> dict[str, Iterator[dict[str, Any]]]:
    """The JSON lines of v2.1, by file."""
    lengths = plan.labels.lengths
    return {
        "meta/tasks.jsonl": (
            {"task_index": index, "task": task} for index, task in enumerate(tasks)
        ),
        "meta/episodes.jsonl": (
            {"episode_index": episode, "tasks": list(texts), "length": lengths[episode]}
            for episode, texts in enumerate(_episode_tasks(plan))
        ),
        "meta/episodes_stats.jsonl": _statistics_lines(plan, statistics),
    }


def _statistics_lines(plan: MergePlan, statistics: Stacked) -> Iterator[dict[str, Any]]:
    """Without quantiles, which LeRobot 0.3.3 does not know; true and false for bools."""
    lists = {
        name: {key: values.tolist() for key, values in part.items() if key in BASIC}
        for name, part in statistics.items()
    }
    labels = {name: plan.columns.statistics(name) for name in plan.columns.names}
    for episode in range(len(plan.labels)):
        stats = {
            name: {key: values[episode] for key, values in part.items()}
            for name, part in lists.items()
        }
        for name, part in labels.items():
            boolean = plan.columns.feature(name)["dtype"] == "bool"
            stats[name] = part.of(episode, quantiles=False, boolean=boolean)
        yield {"episode_index": episode, "stats": stats}


def _totals(plan: MergePlan, statistics: Stacked, *, bounds: bool) -> dict[str, Any]:
    result = {}
    for name, part in statistics.items():
        if name in plan.columns.names:
            result[name] = plan.columns.total_statistics(name).of(0, quantiles=True)
            continue
        total = aggregate_rows(part, bounds=bounds)
        result[name] = {key: values.tolist() for key, values in total.items()}
    return result


def _episode_tasks(plan: MergePlan) -> Iterator[tuple[str, ...]]:
    for part in plan.parts:
        tasks = part.dataset.layout.all_tasks()
        yield from (tasks[kept.episode] for kept in part.selection.kept)


def _episodes_table(plan: MergePlan, statistics: Stacked) -> pa.Table:
    """Rows of `meta/episodes` in the order of LeRobot's recorder, but for their own place."""
    lengths, places = plan.columns.lengths, plan.places
    firsts = np.cumsum(lengths) - lengths
    tasks = [list(texts) for texts in _episode_tasks(plan)]
    columns: dict[str, pa.Array] = {
        "episode_index": pa.array(np.arange(len(lengths))),
        "tasks": pa.array(tasks, pa.list_(pa.string())),
        "length": pa.array(lengths),
        "data/chunk_index": pa.array(places.data // CHUNK),
        "data/file_index": pa.array(places.data % CHUNK),
        "dataset_from_index": pa.array(firsts),
        "dataset_to_index": pa.array(firsts + lengths),
    }
    for key in plan.video_keys:
        number, start = places.videos[key], places.starts[key]
        columns |= {
            f"videos/{key}/chunk_index": pa.array(number // CHUNK),
            f"videos/{key}/file_index": pa.array(number % CHUNK),
            f"videos/{key}/from_timestamp": pa.array(start),
            f"videos/{key}/to_timestamp": pa.array(start + lengths / plan.agreement.fps),
        }
    for name, part in statistics.items():
        for key in (*BASIC, *QUANTILES):
            if key in part:
                kind = np.int64 if key == "count" else np.float64
                columns[f"stats/{name}/{key}"] = _nest(part[key].astype(kind))
    return pa.table(columns)


def _place(table: pa.Table, number: int) -> pa.Table:
    for name, value in zip(("chunk_index", "file_index"), divmod(number, CHUNK), strict=True):
        place = pa.array(np.full(table.num_rows, value, dtype=np.int64))
        table = table.append_column(f"meta/episodes/{name}", place)
    return table


def _nest(values: NDArray[Any]) -> pa.Array:
    """One list per row: shape (rows, d) as lists of d, deeper shapes as lists of lists."""
    result = pa.array(np.ascontiguousarray(values).ravel())
    for size in reversed(values.shape[1:]):
        offsets = np.arange(0, len(result) + 1, size, dtype=np.int32)
        result = pa.ListArray.from_arrays(pa.array(offsets), result)
    return result
