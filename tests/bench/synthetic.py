"""Datasets of any size as LeRobot's recorder lays them out, written fast.

v3.0 after LeRobot 0.6.1: data with one row group per episode, `meta/episodes` with one per ten
episodes (`metadata_buffer_size`) and the statistics of every feature, a new file at 100 MB. v2.1
after 0.3.3. Every episode has 100 frames. Pictures are declared but not written.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from labeler.storage.recording.tables import tasks_table

FRAMES = 100
"""Frames of every episode."""
CAMERAS = ("observation.images.front", "observation.images.gripper")
TASK = "pick up the red cube and lift it"
_FPS = 10
_FILE_BYTES = 100 << 20
_BLOCK = 1000  # episodes that are made at a time
_VECTORS = ("observation.state", "action")
_INTEGERS = ("frame_index", "episode_index", "index", "task_index")
_QUANTILES = {"q01": 1, "q10": 10, "q50": 50, "q90": 89, "q99": 98}
_JOINTS = [f"joint_{number}.pos" for number in range(6)]

Block = dict[str, NDArray[Any]]
"""Values of every column: shape (episodes, FRAMES) or (episodes, FRAMES, 6)."""
EpisodeStatistics = dict[str, NDArray[Any]]
"""Every quantity of one feature: shape (episodes, 1), (episodes, 6) or (episodes, 3, 1, 1)."""


def write_v3(root: Path, episodes: int, *, cameras: tuple[str, ...] = (), seed: int = 0) -> None:
    """A complete recording but for the videos of its cameras; another seed gives other rows."""
    _write_v3(root, episodes, cameras, with_rows=True, seed=seed)


def write_v3_metadata(root: Path, episodes: int, *, per_row_group: int = 10) -> None:
    """The metadata of a recording with two cameras; neither rows nor videos."""
    _write_v3(root, episodes, CAMERAS, with_rows=False, per_row_group=per_row_group)


def write_v21_metadata(root: Path, episodes: int) -> None:
    """The metadata of a v2.1 recording with two cameras; neither rows nor videos."""
    meta = root / "meta"
    meta.mkdir(parents=True)
    (meta / "tasks.jsonl").write_text(json.dumps({"task_index": 0, "task": TASK}) + "\n")
    with (meta / "episodes.jsonl").open("w") as lines, _stats_lines(meta) as statistics:
        for first in range(0, episodes, _BLOCK):
            count = min(_BLOCK, episodes - first)
            parts = _statistics(_values(first, count), CAMERAS)
            for row in range(count):
                index = {"episode_index": first + row}
                lines.write(json.dumps({**index, "tasks": [TASK], "length": FRAMES}) + "\n")
                stats = {
                    name: {k: v[row].tolist() for k, v in part.items() if k not in _QUANTILES}
                    for name, part in parts.items()
                }
                statistics.write(json.dumps({**index, "stats": stats}) + "\n")
    info = {
        "total_videos": episodes * len(CAMERAS),
        "total_chunks": -(-episodes // 1000),
        "data_path": "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet",
        "video_path": (
            "videos/chunk-{episode_chunk:03d}/{video_key}/episode_{episode_index:06d}.mp4"
        ),
    }
    _write_json(meta / "info.json", _info("v2.1", episodes, CAMERAS) | info)


def _stats_lines(meta: Path) -> Any:
    return (meta / "episodes_stats.jsonl").open("w")


def _write_v3(
    root: Path,
    episodes: int,
    cameras: tuple[str, ...],
    *,
    with_rows: bool,
    per_row_group: int = 10,
    seed: int = 0,
) -> None:
    meta = root / "meta"
    meta.mkdir(parents=True)
    data, metadata = _Files(root, "data", FRAMES), _Files(root, "meta/episodes", per_row_group)
    totals = _Totals()
    for first in range(0, episodes, _BLOCK):
        count = min(_BLOCK, episodes - first)
        values = _values(first, count, seed)
        if with_rows:
            data.write(lambda number, values=values: _rows_table(values))
        parts = _statistics(values, cameras)
        totals.add(parts)
        make = _episodes_table(first, count, data.number, cameras, parts)
        metadata.write(make)
    data.close()
    metadata.close()
    pq.write_table(tasks_table([TASK]), meta / "tasks.parquet")
    _write_json(meta / "stats.json", totals.document())
    info = {
        "data_files_size_in_mb": 100,
        "video_files_size_in_mb": 200,
        "data_path": "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet",
        "video_path": "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4",
    }
    _write_json(meta / "info.json", _info("v3.0", episodes, cameras) | info)


@dataclass
class _Files:
    """Parquet files below a folder; a full one is followed by the next."""

    root: Path
    folder: str
    per_row_group: int
    number: int = 0
    writer: pq.ParquetWriter | None = None

    @property
    def path(self) -> Path:
        return self.root / self.folder / "chunk-000" / f"file-{self.number:03d}.parquet"

    def write(self, make: Callable[[int], pa.Table]) -> None:
        """Append a table, made for the number of the file it goes into."""
        if self.writer is not None and self.path.stat().st_size > _FILE_BYTES * 0.95:
            self.close()
            self.number += 1
        table = make(self.number)
        if self.writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.writer = pq.ParquetWriter(self.path, table.schema, compression="snappy")
        self.writer.write_table(table, row_group_size=self.per_row_group)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.writer = None


@dataclass
class _Totals:
    """Statistics of the whole dataset: the episodes are of one length, so means are plain."""

    parts: dict[str, list[EpisodeStatistics]] = field(default_factory=dict)

    def add(self, statistics: dict[str, EpisodeStatistics]) -> None:
        for name, part in statistics.items():
            self.parts.setdefault(name, []).append(part)

    def document(self) -> dict[str, dict[str, Any]]:
        return {name: self._of(parts) for name, parts in self.parts.items()}

    def _of(self, parts: list[EpisodeStatistics]) -> dict[str, Any]:
        every = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
        result = {key: values.mean(axis=0) for key, values in every.items()}
        spread = every["std"] ** 2 + (every["mean"] - result["mean"]) ** 2
        result |= {
            "min": every["min"].min(axis=0),
            "max": every["max"].max(axis=0),
            "std": np.sqrt(spread.mean(axis=0)),
            "count": every["count"].sum(axis=0),
        }
        return {key: values.tolist() for key, values in result.items()}


def _values(first: int, count: int, seed: int = 0) -> Block:
    random = np.random.default_rng([first, seed])
    frames = np.broadcast_to(np.arange(FRAMES), (count, FRAMES))
    episodes = first + np.arange(count)[:, None]
    state = np.cumsum(random.normal(size=(count, FRAMES, 6)), axis=1).astype(np.float32)
    noise = random.normal(size=state.shape).astype(np.float32)
    return {
        "observation.state": state,
        "action": state + noise,
        "timestamp": (frames / _FPS).astype(np.float32),
        "frame_index": frames,
        "episode_index": np.broadcast_to(episodes, frames.shape),
        "index": episodes * FRAMES + frames,
        "task_index": np.zeros_like(frames),
    }


def _statistics(values: Block, cameras: tuple[str, ...]) -> dict[str, EpisodeStatistics]:
    count = len(values["timestamp"])
    pictures = np.random.default_rng(count).random((count, 9, 3))
    result = {}
    for camera in cameras:
        parts = _quantities(pictures)
        result[camera] = {
            key: part if key == "count" else part[:, :, None, None] for key, part in parts.items()
        }
    return result | {name: _quantities(array) for name, array in values.items()}


def _quantities(values: NDArray[Any]) -> EpisodeStatistics:
    rows = values.reshape(*values.shape[:2], -1).astype(np.float64)
    ordered = np.sort(rows, axis=1)
    last = rows.shape[1] - 1
    return {
        "min": ordered[:, 0],
        "max": ordered[:, -1],
        "mean": rows.mean(axis=1),
        "std": rows.std(axis=1),
        "count": np.full((len(rows), 1), rows.shape[1]),
        **{name: ordered[:, min(place, last)] for name, place in _QUANTILES.items()},
    }


def _rows_table(values: Block) -> pa.Table:
    columns = {}
    for name, array in values.items():
        flat = pa.array(np.ascontiguousarray(array).ravel())
        columns[name] = pa.FixedSizeListArray.from_arrays(flat, 6) if name in _VECTORS else flat
    features = {name: _huggingface(name) for name in columns}
    text = json.dumps({"info": {"features": features}})
    return pa.table(columns).replace_schema_metadata({"huggingface": text})


def _huggingface(name: str) -> dict[str, Any]:
    value = {"dtype": "int64" if name in _INTEGERS else "float32", "_type": "Value"}
    return {"feature": value, "length": 6, "_type": "List"} if name in _VECTORS else value


def _episodes_table(
    first: int,
    count: int,
    data_file: int,
    cameras: tuple[str, ...],
    statistics: dict[str, EpisodeStatistics],
) -> Callable[[int], pa.Table]:
    episodes = first + np.arange(count)
    zeros = np.zeros(count, dtype=np.int64)
    columns: dict[str, Any] = {
        "episode_index": episodes,
        "tasks": pa.array([[TASK]] * count),
        "length": zeros + FRAMES,
        "data/chunk_index": zeros,
        "data/file_index": zeros + data_file,
        "dataset_from_index": episodes * FRAMES,
        "dataset_to_index": (episodes + 1) * FRAMES,
    }
    for camera in cameras:
        columns |= {
            f"videos/{camera}/chunk_index": zeros,
            f"videos/{camera}/file_index": episodes // 500,
            f"videos/{camera}/from_timestamp": episodes % 500 * FRAMES / _FPS,
            f"videos/{camera}/to_timestamp": (episodes % 500 + 1) * FRAMES / _FPS,
        }
    for name, part in statistics.items():
        columns |= {f"stats/{name}/{key}": _nested(values) for key, values in part.items()}

    def make(number: int) -> pa.Table:
        place = {"meta/episodes/chunk_index": zeros, "meta/episodes/file_index": zeros + number}
        return pa.table(columns | place)

    return make


def _nested(values: NDArray[Any]) -> pa.Array:
    """One list per row: shape (rows, d) as lists of d, deeper shapes as lists of lists."""
    result = pa.array(np.ascontiguousarray(values).ravel())
    for depth in range(values.ndim - 1, 0, -1):
        size = values.shape[depth]
        offsets = np.arange(0, len(result) + 1, size, dtype=np.int32)
        result = pa.ListArray.from_arrays(pa.array(offsets), result)
    return result


def _info(version: str, episodes: int, cameras: tuple[str, ...]) -> dict[str, Any]:
    return {
        "codebase_version": version,
        "fps": _FPS,
        "features": dict(_features(cameras)),
        "total_episodes": episodes,
        "total_frames": episodes * FRAMES,
        "total_tasks": 1,
        "chunks_size": 1000,
        "robot_type": "so101_follower",
        "splits": {"train": f"0:{episodes}"},
    }


def _features(cameras: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    for camera in cameras:
        names = ["height", "width", "channels"]
        yield camera, {"dtype": "video", "shape": [480, 640, 3], "names": names}
    for name in _VECTORS:
        yield name, {"dtype": "float32", "shape": [6], "names": _JOINTS}
    yield "timestamp", {"dtype": "float32", "shape": [1], "names": None}
    for name in _INTEGERS:
        yield name, {"dtype": "int64", "shape": [1], "names": None}


def _write_json(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=4))
