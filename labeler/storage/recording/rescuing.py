"""Writes what is whole of an unfinished recording as a recording that is closed."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from labeler import disk
from labeler.dataset import open_dataset
from labeler.dataset.documents import read_object
from labeler.dataset.features import CROPS
from labeler.dataset.statistics import (
    DatasetStatistics,
    Statistics,
    as_lists,
    column_statistics,
    image_histogram,
    image_statistics,
    sample_frames,
    thin,
)
from labeler.dataset.tasks import task_texts
from labeler.disk.staging import new_folder
from labeler.parquet.reading import is_numeric
from labeler.storage.recording.layout import ParquetBuffer, json_text
from labeler.storage.recording.tables import episodes_table
from labeler.storage.recording.unfinished import DataRows, Unfinished

_EPISODES = "meta/episodes/chunk-000/file-000.parquet"
_PER_GROUP = 10  # episodes, as LeRobot buffers them

EpisodeStatistics = list[dict[str, Statistics]]


def rescue(found: Unfinished, destination: Path, aside: Path | None = None) -> None:
    """Write the whole episodes to `destination`; what is there goes to `aside`.

    The recording is only read. Every image that enters the statistics is decoded on the way.

    Raises:
        DamagedDatasetError: an image cannot be shown after all; nothing is written.
        StorageError: writing failed; nothing is left.
    """
    with new_folder(destination, aside) as staged:
        _write_rows(found, staged)
        _copy_videos(found, staged)
        for file in ("meta/tasks.parquet", CROPS):
            if (found.root / file).is_file():
                _place(staged, file, (found.root / file).read_bytes())
        _place(staged, "meta/info.json", json_text(_info(found)))
        rows = _episode_rows(found)
        _write_episodes(staged, rows)
        with open_dataset(staged) as dataset:
            texts = task_texts(dataset)
        statistics = _statistics(found, staged)
        for row, tasks, own in zip(rows, _tasks(found), statistics, strict=True):
            row["tasks"] = [texts[number] for number in tasks]
            for name, part in own.items():
                row |= {f"stats/{name}/{key}": values for key, values in as_lists(part).items()}
            row |= {"meta/episodes/chunk_index": 0, "meta/episodes/file_index": 0}
        disk.remove_file(staged / _EPISODES)
        _write_episodes(staged, rows)
        totals = DatasetStatistics()
        for own in statistics:
            totals.add(own)
        content = {name: as_lists(part) for name, part in totals.total().items()}
        _place(staged, "meta/stats.json", json_text(content))


def _place(root: Path, file: str, content: bytes) -> None:
    disk.make_folders((root / file).parent)
    disk.write_file(root / file, content)


def _write_rows(found: Unfinished, root: Path) -> None:
    template = found.info.data_template()
    for part in found.data:
        buffer = ParquetBuffer(part.table.schema)
        for table in _by_episode(part):
            buffer.add(table)
        file = template.expand(chunk_index=part.chunk, file_index=part.file)
        _place(root, file, buffer.finish())


def _by_episode(part: DataRows) -> list[pa.Table]:
    episodes = part.table["episode_index"].to_numpy()
    starts = np.flatnonzero(np.diff(episodes, prepend=-1))
    lengths = np.diff(starts, append=len(episodes))
    return [part.table.slice(int(s), int(n)) for s, n in zip(starts, lengths, strict=True)]


def _copy_videos(found: Unfinished, root: Path) -> None:
    template = found.info.video_template() if found.videos else None
    for key, places in found.videos.items():
        for chunk, number in dict.fromkeys((place.chunk, place.file) for place in places):
            assert template is not None
            file = template.expand(chunk_index=chunk, file_index=number, video_key=key)
            disk.make_folders((root / file).parent)
            disk.copy_file(found.root / file, root / file)


def _info(found: Unfinished) -> dict[str, Any]:
    episodes = len(found.lengths)
    info = read_object(found.root / "meta/info.json")
    return info | {
        "total_episodes": episodes,
        "total_frames": int(found.lengths.sum()),
        "splits": {"train": f"0:{episodes}"},
    }


def _episode_rows(found: Unfinished) -> list[dict[str, Any]]:
    """Rows of `meta/episodes` but for tasks and statistics, columns in LeRobot's order."""
    fps, firsts = found.info.fps, np.cumsum(found.lengths) - found.lengths
    places = [(part.chunk, part.file) for part in found.data for _ in _by_episode(part)]
    rows = []
    for episode, length in enumerate(found.lengths.tolist()):
        row: dict[str, Any] = {
            "episode_index": episode,
            "tasks": [],
            "length": length,
            "data/chunk_index": places[episode][0],
            "data/file_index": places[episode][1],
            "dataset_from_index": int(firsts[episode]),
            "dataset_to_index": int(firsts[episode]) + length,
        }
        for key, own in found.videos.items():
            place = own[episode]
            row |= {
                f"videos/{key}/chunk_index": place.chunk,
                f"videos/{key}/file_index": place.file,
                f"videos/{key}/from_timestamp": place.first / fps,
                f"videos/{key}/to_timestamp": (place.first + length) / fps,
            }
        rows.append(row)
    return rows


def _write_episodes(root: Path, rows: list[dict[str, Any]]) -> None:
    table = episodes_table(rows)
    buffer = ParquetBuffer(table.schema)
    for first in range(0, len(rows), _PER_GROUP):
        buffer.add(table.slice(first, _PER_GROUP))
    _place(root, _EPISODES, buffer.finish())


def _tasks(found: Unfinished) -> list[list[int]]:
    """Numbers of the tasks of every episode."""
    return [
        list(dict.fromkeys(table["task_index"].to_pylist()))
        for part in found.data
        for table in _by_episode(part)
    ]


def _statistics(found: Unfinished, root: Path) -> EpisodeStatistics:
    """Statistics of every episode by feature, in the order of `info.json`.

    Raises:
        DamagedDatasetError: an image cannot be shown.
    """
    of_rows = [_of_rows(table) for part in found.data for table in _by_episode(part)]
    of_cameras = _of_cameras(root)
    return [
        {name: own[name] for name in found.info.features if name in own}
        for own in ({**rows, **cameras} for rows, cameras in zip(of_rows, of_cameras, strict=True))
    ]


def _of_rows(table: pa.Table) -> dict[str, Statistics]:
    result = {}
    for field in table.schema:
        if is_numeric(field.type):
            values = table[field.name].combine_chunks()
            if pa.types.is_fixed_size_list(field.type):
                flat = values.flatten().to_numpy(zero_copy_only=False)
                array = flat.reshape(len(values), -1)
            else:
                array = values.to_numpy(zero_copy_only=False)
            result[field.name] = column_statistics(array, quantiles=True)
    return result


def _of_cameras(root: Path) -> EpisodeStatistics:
    from labeler.video import FrameReader  # the video library costs 0.1 s

    with open_dataset(root) as dataset:
        result: EpisodeStatistics = [{} for _ in dataset]
        for camera in dataset.cameras:
            with FrameReader(dataset, camera.key) as reader:
                for episode, own in enumerate(result):
                    sampled = sample_frames(int(dataset.lengths[episode]))
                    histogram = np.zeros((3, 256), dtype=np.int64)
                    for frame in sampled.tolist():
                        histogram += image_histogram(thin(reader.frame(episode, frame)))
                    own[camera.key] = image_statistics(histogram, len(sampled), quantiles=True)
    return result
