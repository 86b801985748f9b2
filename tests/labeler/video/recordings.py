"""Small v3.0 datasets around given videos or pictures."""

import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from labeler.dataset import Dataset, open_dataset

CAMERA = "observation.images.gripper"


def video_path(root: Path, file: int = 0) -> Path:
    return root / f"videos/{CAMERA}/chunk-000/file-{file:03d}.mp4"


def write_recording(
    root: Path,
    lengths: Sequence[int],
    fps: float,
    pictures: Sequence[object] | None = None,
    files: Sequence[int] | None = None,
) -> Dataset:
    """Write metadata and rows: videos (`files[i]` of episode i, default all 0) unless `pictures`.

    `pictures` are the cells of an image camera. Videos are for the caller to put at `video_path`.
    """
    numbers = files or [0] * len(lengths)
    starts = [
        sum(n for n, other in zip(lengths[:i], numbers[:i], strict=True) if other == numbers[i])
        for i in range(len(lengths))
    ]
    firsts = [sum(lengths[:index]) for index in range(len(lengths))]
    zeros = [0] * len(lengths)
    episodes = {
        "episode_index": list(range(len(lengths))),
        "tasks": [["lift"]] * len(lengths),
        "length": list(lengths),
        "data/chunk_index": zeros,
        "data/file_index": zeros,
        "dataset_from_index": firsts,
        "dataset_to_index": [a + b for a, b in zip(firsts, lengths, strict=True)],
    }
    if pictures is None:
        episodes[f"videos/{CAMERA}/chunk_index"] = zeros
        episodes[f"videos/{CAMERA}/file_index"] = list(numbers)
        episodes[f"videos/{CAMERA}/from_timestamp"] = [start / fps for start in starts]
    _write(root / "meta/episodes/chunk-000/file-000.parquet", episodes)
    times = [frame / fps for length in lengths for frame in range(length)]
    rows = {
        "episode_index": [i for i, length in enumerate(lengths) for _ in range(length)],
        "timestamp": pa.array(times, pa.float32()),
    }
    if pictures is not None:
        rows[CAMERA] = pa.array(pictures, pa.struct({"bytes": pa.binary(), "path": pa.string()}))
    _write(root / "data/chunk-000/file-000.parquet", rows)
    dtype = "video" if pictures is None else "image"
    info = {
        "codebase_version": "v3.0",
        "total_episodes": len(lengths),
        "total_frames": sum(lengths),
        "fps": fps,
        "features": {CAMERA: {"dtype": dtype, "shape": [64, 128, 3], "names": None}},
    }
    (root / "meta/info.json").write_text(json.dumps(info))
    return open_dataset(root)


def _write(path: Path, columns: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
