"""One uniform, read-only view of a LeRobot dataset of any supported version."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import assert_never

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from labeler.cures import RecoverCopy
from labeler.dataset.data_files import DataFiles, Footers
from labeler.dataset.documents import read_object, read_objects
from labeler.dataset.features import Crop, cameras_of, columns_of, crops_before
from labeler.dataset.formats import Version
from labeler.dataset.info import Info, read_info
from labeler.dataset.layout import Camera, Column, Episode, Layout, VideoSegment, gaps_in
from labeler.dataset.layout_v2 import LayoutV2
from labeler.dataset.layout_v3 import LayoutV3
from labeler.dataset.steady import UNFINISHED, read_steadily
from labeler.errors import DamagedDatasetError, InterruptedCopyError, UsageError
from labeler.file_kind import not_a_file
from labeler.labels.wording import plural
from labeler.parquet.long_footer import column_names
from labeler.parquet.reading import damage_error, open_parquet
from labeler.remote import Mirror, mirror_of, require_folder

REWARD = "next.reward"
DONE = "next.done"
SUCCESS = "next.success"
_NEVER_ABSENT = {
    REWARD, DONE, SUCCESS, "timestamp", "frame_index", "episode_index", "index", "task_index",
}  # fmt: skip


class Dataset(Sequence[Episode]):
    """A dataset opened read-only: a sequence of its episodes.

    Opening reads `info.json` and the list of episodes; rows and images are read when asked for.
    `absent_columns` are declared, but no data file has them; LeRobot does not notice.
    """

    def __init__(
        self,
        root: Path,
        info: Info,
        layout: Layout,
        footers: Footers | None = None,
        cut_before: Mapping[str, Crop] | None = None,
        absent: tuple[str, ...] | None = None,
        mirror: Mirror | None = None,
    ) -> None:
        self.root = root
        self.mirror = mirror
        """Of the object store that the dataset is in; None for a folder."""
        self.info = info
        self.layout = layout
        self.cameras: tuple[Camera, ...] = cameras_of(info, cut_before)
        declared = columns_of(info)
        self.absent_columns: tuple[str, ...] = (
            _absent(root, layout, declared) if absent is None else absent
        )
        self.columns: tuple[Column, ...] = tuple(
            column for column in declared if column.name not in self.absent_columns
        )
        self._files = DataFiles(root, footers or Footers())
        self._found_times: dict[int, tuple[float, tuple[float, ...]]] = {}

    @property
    def address(self) -> Path:
        """What leads to the dataset on every machine that sees it: its folder, or its address."""
        return self.root if self.mirror is None else Path(self.mirror.url)

    @property
    def whereabouts(self) -> str:
        """Folder or address, as it is shown."""
        return str(self.root) if self.mirror is None else self.mirror.url

    @property
    def name(self) -> str:
        """Name of the dataset's folder."""
        return self.root.name

    @property
    def version(self) -> Version:
        """The format."""
        return self.info.codebase_version

    @property
    def fps(self) -> float:
        """Frames per second."""
        return self.info.fps

    @property
    def lengths(self) -> np.ndarray:
        """Frames of every episode: int64, shape (episodes,)."""
        return self.layout.lengths

    @property
    def total_frames(self) -> int:
        """Sum of the episodes' lengths."""
        return int(self.lengths.sum())

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, index: int) -> Episode:  # type: ignore[override]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return Episode(
            index=index,
            length=int(self.lengths[index]),
            first_index=int(self.layout.first_indices[index]),
            tasks=self.layout.tasks(index),
            data_file=self.layout.data_file(index),
            first_row=self.layout.first_row(index),
        )

    def camera(self, key: str) -> Camera:
        """The camera with this key.

        Raises:
            UsageError: the dataset has no such camera.
        """
        for camera in self.cameras:
            if camera.key == key:
                return camera
        keys = ", ".join(camera.key for camera in self.cameras) or "none"
        raise UsageError(f"{self.name} has no camera {key!r}.", f"Its cameras are: {keys}.")

    def segment(self, episode: int, key: str) -> VideoSegment:
        """Where the images of an episode are, for a video camera.

        LeRobot looks an image up by the `timestamp` of its row (0.3.3, lerobot_dataset.py; 0.6.1,
        dataset_reader.py), which need not begin at 0: the head of an episode may be cut off.
        """
        path, start = self.layout.video(episode, key)
        first, offsets = self._times(episode)
        earliest = self.layout.earliest(episode, key)
        length = int(self.lengths[episode])
        return VideoSegment(
            self.local_file(path), start + first, length, self.fps, earliest, offsets
        )

    def local_file(self, file: str) -> Path:
        """Where a file of the dataset is on this machine; one in an object store is fetched.

        Raises:
            StoreError: it cannot be fetched.
        """
        return self.root / file if self.mirror is None else self.mirror.fetched(file)

    def _times(self, episode: int) -> tuple[float, tuple[float, ...]]:
        """Timestamp of the first row of an episode in seconds, and `VideoSegment.offsets`."""
        if episode not in self._found_times:
            column = self.rows(episode, ["timestamp"])["timestamp"]
            times = column.to_numpy().astype(np.float64)
            if not 0 <= times[0] < np.inf:
                raise DamagedDatasetError(
                    f"The first timestamp of episode {episode} is {column[0].as_py()!r}.",
                    "Restore the data file from the recording or a backup.",
                )
            self._found_times[episode] = float(times[0]), gaps_in(times, self.fps)
        return self._found_times[episode]

    def rows(self, episode: int, columns: Sequence[str]) -> pa.Table:
        """The rows of one episode: `length` rows in frame order, only the named columns.

        Raises:
            DamagedDatasetError: file or column missing, or the rows are not those of the episode.
        """
        place = self[episode]
        opened = self._files.get(place.data_file)
        starts = opened.group_starts
        stop = place.first_row + place.length
        groups = range(
            int(np.searchsorted(starts, place.first_row, side="right")) - 1,
            int(np.searchsorted(starts, min(stop, starts[-1]), side="left")),
        )
        wanted = list(dict.fromkeys([*columns, "episode_index"]))
        table = self._read(place.data_file, opened.file, groups, wanted)
        table = table.slice(place.first_row - int(starts[groups.start]), place.length)
        found = table["episode_index"]
        if len(found) != place.length or not np.all(found.to_numpy() == episode):
            raise DamagedDatasetError(
                f"{self.root / place.data_file} does not hold the "
                f"{plural(place.length, 'row')} of episode "
                f"{episode} where the metadata say.",
                "Restore it from the recording or a backup.",
            )
        return table.select(list(columns))

    def file_rows(self, data_file: str, columns: Sequence[str]) -> pa.Table:
        """All rows of one data file, only the named columns."""
        with open_parquet(self.root / data_file) as file:
            groups = range(file.num_row_groups)
            return self._read(data_file, file, groups, list(columns))

    def part_of(self, episode: int) -> tuple["Dataset", int]:
        """The dataset whose files hold an episode, and its number there: this one."""
        return self, episode

    def has_column(self, name: str) -> bool:
        """Whether `info.json` declares a column."""
        return any(column.name == name for column in self.columns)

    def files(self) -> Iterator[str]:
        """Relative paths of every data file and video that the episodes refer to."""
        yield from self.layout.data_files()
        for camera in self.cameras:
            if camera.kind == "video":
                yield from self.layout.video_files(camera.key)

    def reopen(self) -> "Dataset":
        """Another reader of the same dataset with files of its own, for another thread.

        Costs microseconds: the list of episodes and the footers of data files are shared. No layout
        changes once it is read.
        """
        shared = self._files.footers
        other = Dataset(self.root, self.info, self.layout, shared, absent=self.absent_columns)
        other.mirror = self.mirror
        other.cameras = self.cameras
        other._found_times = self._found_times  # either finds the same ones
        return other

    def __enter__(self) -> "Dataset":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files that are open for reading."""
        self._files.close()

    def _read(self, name: str, file: pq.ParquetFile, groups: range, columns: list[str]) -> pa.Table:
        names = file.schema_arrow.names
        for column in columns:
            if names.count(column) != 1:
                what = "has two columns" if column in names else "has no column"
                raise DamagedDatasetError(
                    f"{self.root / name} {what} {column}.",
                    "Restore the file from the recording or a backup.",
                )
        try:
            return file.read_row_groups(list(groups), columns=columns).select(columns)
        except (pa.ArrowException, OSError) as error:
            raise damage_error(self.root / name, error) from error


def open_dataset(root: Path | str) -> Dataset:
    """Open the dataset at `root`; while a copy is being changed, wait for the end of that.

    Raises:
        UsageError: it is an address, of which `local_root` gives the folder.
        DatasetError: it is not a dataset, of another version, damaged, unsafe, or has no episodes.
        InterruptedCopyError: it is a copy of which a part has old and a part has new labels.
    """
    require_folder(root)
    place = Path(root).expanduser().absolute()
    return read_steadily(place, lambda: _open(place))


def _open(place: Path) -> Dataset:
    if not not_a_file(place / UNFINISHED):
        raise InterruptedCopyError(
            f"Writing labels into {place} was interrupted.", RecoverCopy(str(place))
        )
    info = read_info(place)
    layout = _layout(place, info)
    if not len(layout.lengths):
        raise DamagedDatasetError(
            f"{place} has no episodes.", "Record at least one episode before labelling."
        )
    mirror = mirror_of(place)
    return Dataset(place, info, layout, cut_before=crops_before(place), mirror=mirror)


def _layout(root: Path, info: Info) -> LayoutV2 | LayoutV3:
    match info.format.files:
        case "of one episode":
            return LayoutV2(root, info)
        case "shared":
            return LayoutV3(root, info)
    assert_never(info.format.files)


def _absent(root: Path, layout: Layout, declared: Sequence[Column]) -> tuple[str, ...]:
    """Declared columns of which nothing was recorded: no data file has them, nor the statistics.

    A column that has statistics was recorded, and is lost; so is one that every file has to have.
    Where the first file has all the others, nothing else is read.
    """
    names = {column.name for column in declared} - _NEVER_ABSENT
    for number, file in enumerate(layout.data_files()):
        if not_a_file(root / file):  # told when its rows are read; a pipe would be waited for
            return ()
        try:
            names -= set(column_names(root / file))
        except (pa.ArrowException, OSError):
            return ()
        if names and number == 0:  # before 100,000 files are looked into
            names -= _with_statistics(root)
        if not names:
            break
    return tuple(column.name for column in declared if column.name in names)


def _with_statistics(root: Path) -> set[str]:
    """Columns that have statistics; every declared one that may have them where none are left."""
    try:
        if (root / "meta/stats.json").is_file():
            return set(read_object(root / "meta/stats.json"))
        return set(next(read_objects(root / "meta/episodes_stats.jsonl"))["stats"])
    except (DamagedDatasetError, StopIteration, KeyError, TypeError):
        return set(read_object(root / "meta/info.json")["features"])
