"""Layout of v3.0: many episodes per parquet file and per MP4, split independently."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labeler import disk
from labeler.dataset.formats import Version, format_of
from labeler.dataset.statistics import as_lists
from labeler.storage.recording.encoding import join_videos
from labeler.storage.recording.episode import ReadyEpisode
from labeler.storage.recording.features import features
from labeler.storage.recording.layout import ParquetBuffer, Totals, json_text
from labeler.storage.recording.specification import CameraSpec, RecordingSpec
from labeler.storage.recording.tables import episodes_table, tasks_table

DATA_PATH, VIDEO_PATH = format_of(Version.V30).data_path, format_of(Version.V30).video_path
EPISODES_PATH = "meta/episodes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"

_MB = 1 << 20
_EPISODES_PER_ROW_GROUP = 10  # as LeRobot buffers them before it writes


class RecordingLayoutV3:
    """Files of v3.0 below `root`, which exists and is empty."""

    def __init__(self, root: Path, spec: RecordingSpec) -> None:
        self._root = root
        self._spec = spec
        self._totals = Totals()
        self._data = _ParquetFiles(root, DATA_PATH, spec, spec.episodes_per_data_file)
        self._episodes = _EpisodeFiles(root, spec)
        self._videos = {camera.key: _VideoFiles(root, spec, camera) for camera in spec.videos}

    def add(self, episode: ReadyEpisode) -> None:
        """Append one episode to the files that are open; full files are written."""
        number = self._data.add(episode)
        row: dict[str, Any] = {
            "episode_index": episode.index,
            "tasks": [episode.task],
            "length": episode.length,
            "data/chunk_index": number.chunk,
            "data/file_index": number.file,
            "dataset_from_index": episode.first_row,
            "dataset_to_index": episode.first_row + episode.length,
        }
        for key, files in self._videos.items():
            row |= files.add(episode.videos[key], episode.length)
        for name, statistics in episode.statistics.items():
            row |= {f"stats/{name}/{key}": values for key, values in as_lists(statistics).items()}
        self._episodes.add(row)
        self._totals.add(episode)

    def finish(self, tasks: list[str]) -> None:
        """Write open files and the metadata; `tasks[i]` is the text of task i."""
        self._data.finish()
        for files in self._videos.values():
            files.finish()
        self._episodes.finish()
        meta = self._root / "meta"
        disk.make_folders(meta)
        table = tasks_table(tasks)
        buffer = ParquetBuffer(table.schema)
        buffer.add(table)
        disk.write_file(meta / "tasks.parquet", buffer.finish())
        total = self._totals.statistics.total()
        content = {name: as_lists(part) for name, part in total.items()}
        disk.write_file(meta / "stats.json", json_text(content))
        disk.write_file(meta / "info.json", json_text(self._info(len(tasks))))

    def _info(self, tasks: int) -> dict[str, Any]:
        spec, totals = self._spec, self._totals
        return {
            "codebase_version": spec.version,
            "fps": spec.fps,
            "features": features(spec),
            "total_episodes": totals.episodes,
            "total_frames": totals.frames,
            "total_tasks": tasks,
            "chunks_size": spec.chunks_size,
            "data_files_size_in_mb": spec.data_file_mb,
            "video_files_size_in_mb": spec.video_file_mb,
            "data_path": DATA_PATH,
            "video_path": VIDEO_PATH if spec.videos else None,
            "robot_type": spec.robot_type,
            "splits": totals.splits,
        }


@dataclass(frozen=True, slots=True)
class _FileNumber:
    """Place of a file: `chunks_size` files per chunk."""

    chunk: int = 0
    file: int = 0

    def next(self, chunks_size: int) -> "_FileNumber":
        if self.file == chunks_size - 1:
            return _FileNumber(self.chunk + 1, 0)
        return _FileNumber(self.chunk, self.file + 1)

    def path(self, root: Path, template: str, key: str = "") -> Path:
        return root / template.format(video_key=key, chunk_index=self.chunk, file_index=self.file)


def _write(path: Path, data: bytes) -> None:
    disk.make_folders(path.parent)
    disk.write_file(path, data)


class _ParquetFiles:
    """Data files: one row group per episode."""

    def __init__(self, root: Path, template: str, spec: RecordingSpec, most: int | None) -> None:
        self._root = root
        self._template = template
        self._spec = spec
        self._most = most
        self._number = _FileNumber()
        self._buffer: ParquetBuffer | None = None
        self._count = 0

    def add(self, episode: ReadyEpisode) -> _FileNumber:
        if self._buffer is not None and self._full(self._buffer):
            self.finish()
            self._number = self._number.next(self._spec.chunks_size)
        if self._buffer is None:
            self._buffer = ParquetBuffer(episode.rows.schema)
        self._buffer.add(episode.rows)
        self._count += 1
        return self._number

    def _full(self, buffer: ParquetBuffer) -> bool:
        """Whether one more episode of average size would pass the limit, as LeRobot decides it."""
        expected = buffer.size * (self._count + 1) / self._count
        return self._count == self._most or expected >= self._spec.data_file_mb * _MB

    def finish(self) -> None:
        assert self._buffer is not None, "a recording has an episode"
        _write(self._number.path(self._root, self._template), self._buffer.finish())
        self._buffer = None
        self._count = 0


class _VideoFiles:
    """MP4 files of one camera."""

    def __init__(self, root: Path, spec: RecordingSpec, camera: CameraSpec) -> None:
        self._root = root
        self._spec = spec
        self._camera = camera
        self._number = _FileNumber()
        self._parts: list[bytes] = []
        self._seconds = 0.0

    def add(self, video: bytes, length: int) -> dict[str, Any]:
        """Append an episode; its columns of the episodes table come back."""
        size = sum(map(len, self._parts)) + len(video)
        limit = self._spec.video_file_mb * _MB
        if self._parts and (len(self._parts) == self._camera.episodes_per_file or size >= limit):
            self.finish()
            self._number = self._number.next(self._spec.chunks_size)
        self._parts.append(video)
        start = self._seconds
        self._seconds += length / self._spec.fps
        prefix = f"videos/{self._camera.key}"
        return {
            f"{prefix}/chunk_index": self._number.chunk,
            f"{prefix}/file_index": self._number.file,
            f"{prefix}/from_timestamp": start,
            f"{prefix}/to_timestamp": self._seconds,
        }

    def finish(self) -> None:
        path = self._number.path(self._root, VIDEO_PATH, self._camera.key)
        _write(path, join_videos(self._parts))
        self._parts = []
        self._seconds = 0.0


class _EpisodeFiles:
    """Files of meta/episodes."""

    def __init__(self, root: Path, spec: RecordingSpec) -> None:
        self._root = root
        self._spec = spec
        self._number = _FileNumber()
        self._rows: list[dict[str, Any]] = []
        self._buffer: ParquetBuffer | None = None
        self._count = 0

    def add(self, row: dict[str, Any]) -> None:
        if self._count and self._full():
            self.finish()
            self._number = self._number.next(self._spec.chunks_size)
        row["meta/episodes/chunk_index"] = self._number.chunk
        row["meta/episodes/file_index"] = self._number.file
        self._rows.append(row)
        self._count += 1
        if len(self._rows) == _EPISODES_PER_ROW_GROUP:
            self._flush()

    def _full(self) -> bool:
        size = self._buffer.size if self._buffer is not None else 0
        most = self._spec.episodes_per_metadata_file
        return self._count == most or size >= self._spec.data_file_mb * _MB

    def _flush(self) -> None:
        if not self._rows:
            return
        table = episodes_table(self._rows)
        if self._buffer is None:
            self._buffer = ParquetBuffer(table.schema)
        self._buffer.add(table)
        self._rows = []

    def finish(self) -> None:
        self._flush()
        assert self._buffer is not None, "a recording has an episode"
        _write(self._number.path(self._root, EPISODES_PATH), self._buffer.finish())
        self._buffer = None
        self._count = 0
