"""What is whole of a v3.0 recording whose recorder was killed.

Seen with LeRobot 0.4.4 and 0.6.1 (tests/interop/test_intact.py): rows and videos of every episode
that was ended are on the disk. Their list, `meta/episodes`, is kept in memory for up to ten
episodes, and it and the file of the rows get their footers when the recording is closed. Episodes
are whole where their rows are those that a recorder leaves (numbers without a gap, times of 1/fps),
and where each MP4, in their order, ends where an episode does.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from labeler.dataset import Version, open_dataset
from labeler.dataset.completeness import stray_data_files
from labeler.dataset.info import Info, read_info
from labeler.dataset.layout import Integers, frame_indices
from labeler.dataset.templates import list_files
from labeler.errors import DamagedDatasetError
from labeler.file_kind import not_a_file, not_fetched
from labeler.parquet.unfinished import has_footer, read_rows

_NEAR = 1e-3  # of a frame: float32 seconds
_CURE = "Restore the recording from a backup, or record it again."


class VideoPlace(NamedTuple):
    """MP4 file of an episode by its numbers, and the frame in it at which the episode begins."""

    chunk: int
    file: int
    first: int


@dataclass(frozen=True)
class DataRows:
    """Rows of one data file: its numbers, and those of whole episodes."""

    chunk: int
    file: int
    table: pa.Table


@dataclass(frozen=True)
class Unfinished:
    """Episodes that are whole, counted from 0, and where everything about them is.

    lengths: frames of every one, shape (episodes,)
    data: rows, those of an episode in one file
    videos: by camera, a place for each episode
    lost: further episodes of which there are rows only
    """

    root: Path
    info: Info
    lengths: Integers
    data: tuple[DataRows, ...]
    videos: Mapping[str, tuple[VideoPlace, ...]]
    lost: int


def is_unfinished(root: Path) -> bool:
    """Whether a recorder of v3.0 was killed before it closed this recording."""
    if not_a_file(root / "meta/info.json"):
        return False
    info = read_info(root)
    if info.codebase_version is not Version.V30 or not list_files(root, "data"):
        return False
    listed = list_files(root, "meta/episodes")
    if not listed or any(_lacks_footer(root / file) for file in listed):
        return True
    try:
        with open_dataset(root) as dataset:
            if info.total_episodes <= len(dataset):  # what was resumed counts more than are listed
                return False
            return any(_lacks_footer(root / file) for file in stray_data_files(dataset))
    except DamagedDatasetError:
        return False


def _lacks_footer(path: Path) -> bool:
    return not (not_a_file(path) or not_fetched(path) or has_footer(path))


def find_unfinished(root: Path) -> Unfinished:
    """Read what is there.

    Raises:
        DamagedDatasetError: no episode is whole, or the rows are not those that a recorder leaves.
    """
    info = read_info(root)
    if any(feature.is_depth for feature in info.features.values()):
        raise DamagedDatasetError(f"{root} has a depth camera, which cannot be rebuilt.", _CURE)
    schema, widths = _schema(root, info)
    files = [(file, *_numbers(file)) for file in list_files(root, "data")]
    files.sort(key=lambda one: one[1:])
    tables = [read_rows(root / file, schema, widths) for file, _, _ in files]
    lengths = _lengths(root, tables, info.fps)
    keys = [key for key, feature in info.features.items() if feature.dtype == "video"]
    videos = {key: list(_video_places(root, info, key, lengths)) for key in keys}
    count = min([len(lengths), *map(len, videos.values())])
    if not count:
        raise DamagedDatasetError(
            f"{root} was not closed, and no episode of it has all its rows and images.", _CURE
        )
    data = [
        DataRows(chunk, number, _of_first(table, count))
        for (_, chunk, number), table in zip(files, tables, strict=True)
    ]
    return Unfinished(
        root=root,
        info=info,
        lengths=lengths[:count],
        data=tuple(part for part in data if part.table.num_rows),
        videos={key: tuple(places[:count]) for key, places in videos.items()},
        lost=len(lengths) - count,
    )


def _schema(root: Path, info: Info) -> tuple[pa.Schema, dict[str, int]]:
    """Columns of the data files as LeRobot declares them, and the lengths of those that are lists.

    After 0.6.1, datasets/feature_utils.py, get_hf_features_from_features.
    """
    fields, widths = [], {}
    for name, feature in info.features.items():
        if feature.dtype == "video":
            continue
        kind: Any = None
        if feature.dtype == "image":
            kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
        elif len(feature.shape) == 1:
            try:
                kind = pa.type_for_alias(feature.dtype)
            except ValueError:
                kind = None
            if kind is not None and feature.shape != (1,):
                widths[name] = feature.shape[0]
                kind = pa.list_(kind, feature.shape[0])
        if kind is None:
            raise DamagedDatasetError(
                f"{root}: rows with {name} of {feature.dtype} {list(feature.shape)} cannot be "
                "rebuilt.",
                _CURE,
            )
        fields.append(pa.field(name, kind))
    return pa.schema(fields), widths


def _numbers(file: str) -> tuple[int, int]:
    chunk, number = ["0", "0", *re.findall(r"\d+", file.rpartition(".")[0])][-2:]
    return int(chunk), int(number)


def _lengths(root: Path, tables: list[pa.Table], fps: float) -> Integers:
    """Frames of every episode.

    Raises:
        DamagedDatasetError: the numbers of the rows are not those that a recorder gives them.
    """
    names = ("episode_index", "frame_index", "index", "timestamp")
    try:
        episodes, frames, indices, times = (
            np.concatenate([table[name].to_numpy() for table in tables]) for name in names
        )
    except (KeyError, ValueError) as error:
        raise DamagedDatasetError(f"{root}: its rows lack their numbers.", _CURE) from error
    starts = np.flatnonzero(np.diff(episodes, prepend=-1))
    lengths: Integers = np.diff(starts, append=len(episodes))
    counted = (
        np.array_equal(episodes[starts], np.arange(len(starts)))
        and np.array_equal(frames, frame_indices(lengths))
        and np.array_equal(indices, np.arange(len(episodes)))
        and np.all(np.abs(times * fps - frames) <= _NEAR * np.maximum(frames, 1))
    )
    if not counted:
        raise DamagedDatasetError(
            f"{root} was not closed, and its rows are not numbered as a recorder numbers them, so "
            "that its episodes cannot be told.",
            _CURE,
        )
    return lengths


def _of_first(table: pa.Table, count: int) -> pa.Table:
    """Rows of the first `count` episodes of the recording."""
    return table.slice(0, int((table["episode_index"].to_numpy() < count).sum()))


def _video_places(root: Path, info: Info, key: str, lengths: Integers) -> Iterator[VideoPlace]:
    """Where the images of each episode are, as long as files end where episodes do."""
    from labeler.video.probe import probe  # the video library costs 0.1 s
    from labeler.video.zeroed import zeroed_images

    template = info.video_template()
    found = sorted((_numbers(str(path)), path) for path in _mp4(root, key))
    episode = 0
    for (chunk, number), path in found:
        if root / template.expand(chunk_index=chunk, file_index=number, video_key=key) != path:
            continue
        try:
            facts = probe(path, info.fps)
            sound = facts.complete and not zeroed_images(path) and facts.begin < 0.5 / info.fps
        except DamagedDatasetError:
            return
        ends = np.cumsum(lengths[episode:])
        last = int(np.searchsorted(ends, facts.frames))
        if not sound or last >= len(ends) or ends[last] != facts.frames:
            return
        firsts = ends[: last + 1] - lengths[episode : episode + last + 1]
        yield from (VideoPlace(chunk, number, int(first)) for first in firsts)
        episode += last + 1


def _mp4(root: Path, key: str) -> list[Path]:
    return [path for path in (root / "videos" / key).rglob("*.mp4") if not not_a_file(path)]
