"""Where every row and every video of the sources goes in a merged dataset.

v2.1 keeps one file per episode. In v3.0 every MP4 of a source becomes a file of its own, as
LeRobot's aggregation does without concatenation (0.6.1, datasets/aggregate.py): nothing is encoded
again, and the file system may share the blocks. So does every data file of v3.0; those of v2.x,
one per episode, are put together up to the size at which LeRobot begins a new one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from labeler.collection import Source
from labeler.collection.agreement import Agreement
from labeler.dataset import Dataset
from labeler.dataset.features import Crop
from labeler.dataset.files import FileFacts
from labeler.dataset.formats import DatasetFormat, format_of
from labeler.dataset.layout import Integers
from labeler.labels import DatasetLabels
from labeler.storage.copying.plan import RowsJob
from labeler.storage.record.camera_keys import NewKeys
from labeler.storage.record.label_columns import LabelColumns
from labeler.storage.record.selection import Kept, Selection

CHUNK = 1000
"""Files per folder in v3.0, episodes per folder in v2.1 (LeRobot's default)."""
DATA_FILE_MB, VIDEO_FILE_MB = 100, 200
"""Sizes at which LeRobot begins a new file, for `info.json`."""
_DATA_FILE = DATA_FILE_MB << 20


def agreed(crops: Mapping[str, set[Crop | None]]) -> dict[str, Crop]:
    """Those crops that all sources have for a camera."""
    return {key: crop for key, (crop, *others) in crops.items() if crop and not others}


@dataclass(frozen=True)
class MergePart:
    """What one source gives: `first` is the number that its first kept episode gets."""

    source: Source
    selection: Selection
    first: int
    state: dict[str, FileFacts]
    fingerprint: str
    new_keys: NewKeys = field(default_factory=dict)
    """Cameras of this source that get another key."""

    @property
    def dataset(self) -> Dataset:
        """The recording."""
        return self.source.dataset

    def own_key(self, camera: str) -> str:
        """What this source calls a camera of the merged dataset."""
        return next((old for old, new in self.new_keys.items() if new == camera), camera)

    def enumerate_kept(self) -> Iterator[tuple[int, Kept]]:
        """Every kept episode with its new number."""
        return enumerate(self.selection.kept, self.first)


@dataclass(frozen=True, slots=True)
class MergedRows:
    """Data files of one source that become one data file."""

    part: int
    target: str
    jobs: tuple[RowsJob, ...]


@dataclass(frozen=True, slots=True)
class MergedCopy:
    """A video of a source that is copied as it is."""

    part: int
    source: str
    target: str


@dataclass
class Places:
    """Where v3.0 says that episodes are; every array has shape (episodes,)."""

    data: Integers
    """Number of the data file, counted through all folders."""
    videos: dict[str, Integers] = field(default_factory=dict)
    """Number of the MP4 file, by camera key."""
    starts: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """Seconds at which the episode begins in that file, by camera key."""


@dataclass(frozen=True)
class MergePlan:
    """Everything that has to be done for a merged dataset, before anything is done."""

    parts: tuple[MergePart, ...]
    agreement: Agreement
    columns: LabelColumns
    rows: tuple[MergedRows, ...]
    copies: tuple[MergedCopy, ...]
    places: Places

    @property
    def format(self) -> DatasetFormat:
        """What is peculiar to the format of the merged dataset."""
        return format_of(self.agreement.version)

    @property
    def labels(self) -> DatasetLabels:
        """Labels as the merged dataset numbers its episodes."""
        return self.columns.labels

    @property
    def crops(self) -> dict[str, set[Crop | None]]:
        """What LeRobot's crop tool cut out of larger images, by camera: of each source what it
        says of it, None where that is nothing.
        """
        return self._by_camera(
            lambda part: {camera.key: camera.cut_before for camera in part.dataset.cameras}
        )

    @property
    def drawn_crops(self) -> dict[str, set[Crop | None]]:
        """What the labels of each source say that a classifier is to see, by camera; None where
        that is the whole image.
        """
        return self._by_camera(lambda part: part.source.labels.crops)

    def _by_camera(
        self, of: Callable[[MergePart], Mapping[str, Crop | None]]
    ) -> dict[str, set[Crop | None]]:
        found: dict[str, set[Crop | None]] = {}
        for part in self.parts:
            crops = of(part)
            for key, entry in self.agreement.features.items():
                if entry["dtype"] in ("video", "image"):
                    found.setdefault(key, set()).add(crops.get(part.own_key(key)))
        return found

    @property
    def video_keys(self) -> list[str]:
        """Cameras with MP4 files."""
        features = self.agreement.features
        return [key for key, entry in features.items() if entry["dtype"] == "video"]


def make_merge_plan(
    parts: tuple[MergePart, ...], agreement: Agreement, columns: LabelColumns
) -> MergePlan:
    """Plan the merge of `parts`, whose episodes are numbered one part after the other."""
    count = len(columns.labels)
    places = Places(np.zeros(count, dtype=np.int64))
    keys = [key for key, entry in agreement.features.items() if entry["dtype"] == "video"]
    for key in keys:
        places.videos[key] = np.zeros(count, dtype=np.int64)
        places.starts[key] = np.zeros(count)
    rows: Iterable[MergedRows]
    videos: Iterable[MergedCopy]
    own = format_of(agreement.version)
    match own.files:
        case "shared":
            rows, videos = _rows_v3(parts, own, places), _videos_v3(parts, own, keys, places)
        case "of one episode":
            rows, videos = _rows_v2(parts, own), _videos_v2(parts, own, keys)
        case other:
            assert_never(other)
    return MergePlan(parts, agreement, columns, tuple(rows), tuple(videos), places)


def path_of_file(template: str, number: int, key: str = "") -> str:
    """Path of the file with this number in v3.0."""
    chunk, file = divmod(number, CHUNK)
    return template.format(video_key=key, chunk_index=chunk, file_index=file)


def _episode_path(template: str, episode: int, key: str = "") -> str:
    return template.format(episode_chunk=episode // CHUNK, episode_index=episode, video_key=key)


def _rows_v2(parts: Iterable[MergePart], paths: DatasetFormat) -> Iterator[MergedRows]:
    for number, part in enumerate(parts):
        for job in _jobs(part):
            target = _episode_path(paths.data_path, job.parts[0][0])
            yield MergedRows(number, target, (job,))


def _rows_v3(parts: Iterable[MergePart], paths: DatasetFormat, places: Places) -> list[MergedRows]:
    rows: list[MergedRows] = []
    for number, part in enumerate(parts):
        for jobs in _pack(part):
            target = path_of_file(paths.data_path, len(rows))
            for job in jobs:
                places.data[[episode for episode, _ in job.parts]] = len(rows)
            rows.append(MergedRows(number, target, tuple(jobs)))
    return rows


def _pack(part: MergePart) -> Iterator[list[RowsJob]]:
    """Data files that become one: each by itself in v3.0, up to LeRobot's size in v2.x."""
    pack: list[RowsJob] = []
    size, shared = 0, part.dataset.info.format.shares_files
    for job in _jobs(part):
        own = part.state[job.source].size
        if pack and (shared or size + own > _DATA_FILE):
            yield pack
            pack, size = [], 0
        pack.append(job)
        size += own
    yield pack


def _jobs(part: MergePart) -> list[RowsJob]:
    """The data files with kept episodes, in the order of these."""
    numbers = {kept.episode: (number, kept) for number, kept in part.enumerate_kept()}
    jobs = []
    for file, episodes in part.dataset.layout.data_files().items():
        kept = tuple(numbers[e] for e in episodes.tolist() if e in numbers)
        if kept:
            rows = sum(len(one) for _, one in kept)
            whole = rows == int(part.dataset.lengths[episodes].sum())
            jobs.append(RowsJob(file, "", kept, whole))
    return sorted(jobs, key=lambda job: job.parts[0][0])


def _videos_v2(
    parts: Iterable[MergePart], paths: DatasetFormat, keys: list[str]
) -> Iterator[MergedCopy]:
    for number, part in enumerate(parts):
        for episode, kept in part.enumerate_kept():
            for key in keys:
                source = part.dataset.layout.video(kept.episode, part.own_key(key))[0]
                yield MergedCopy(number, source, _episode_path(paths.video_path, episode, key))


def _videos_v3(
    parts: Iterable[MergePart], paths: DatasetFormat, keys: list[str], places: Places
) -> Iterator[MergedCopy]:
    for key in keys:
        count = 0
        for number, part in enumerate(parts):
            own = part.own_key(key)
            numbers = {kept.episode: (episode, kept) for episode, kept in part.enumerate_kept()}
            for file, episodes in part.dataset.layout.video_files(own).items():
                inside = [numbers[e] for e in episodes.tolist() if e in numbers]
                if not inside:
                    continue
                for episode, kept in inside:
                    places.videos[key][episode] = count
                    places.starts[key][episode] = _start(part.dataset, kept, own)
                yield MergedCopy(number, file, path_of_file(paths.video_path, count, key))
                count += 1


def _start(dataset: Dataset, kept: Kept, key: str) -> float:
    """Where the timestamps of the rows begin to count in the MP4 file.

    Rows of a cut head are timed anew from 0; otherwise they keep their times.
    """
    if not kept.start:
        return dataset.layout.video(kept.episode, key)[1]
    return dataset.segment(kept.episode, key).start + kept.start / dataset.fps
