"""Layout of v3.0: many episodes per parquet file and per MP4 file, listed in `meta/episodes`.

Source: LeRobot 0.6.1, datasets/dataset_metadata.py and datasets/dataset_reader.py. Rows and each
camera are split into files independently of each other.
"""

from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from labeler.dataset.info import Info
from labeler.dataset.layout import LONGEST, EpisodeFile, Integers
from labeler.dataset.row_places import find_rows, rows_fit
from labeler.dataset.templates import PathTemplate, list_files
from labeler.errors import DamagedDatasetError
from labeler.labels.wording import plural
from labeler.parquet.long_footer import read_metadata
from labeler.parquet.reading import check_file, damage_error

_CURE = "Restore meta/episodes from the recording or a backup."
_OWN = ("episode_index", "length", "data/chunk_index", "data/file_index", "dataset_from_index")
_OF_CAMERA = ("chunk_index", "file_index", "from_timestamp")


class LayoutV3:
    """The episodes of `meta/episodes/*/*.parquet`; statistics in there stay unread."""

    def __init__(self, root: Path, info: Info) -> None:
        self._data, self._video = info.data_template(), info.video_template()
        files = list_files(root, "meta/episodes")
        if not files:
            raise DamagedDatasetError(f"{root / 'meta/episodes'} holds no parquet file.", _CURE)
        keys = [key for key, feature in info.features.items() if feature.dtype == "video"]
        wanted = [*_OWN, *(f"videos/{key}/{name}" for key in keys for name in _OF_CAMERA)]
        read = [_read(root, file, wanted) for file in files]
        tables = [table for _, table in read]
        self._table = _join(root, tables)
        self._columns: dict[str, NDArray[np.generic]] = {}
        self._paths: dict[tuple[str, int, int], str] = {}
        self._earliest: dict[str, NDArray[np.float64]] = {}
        numbers = self._numbers("episode_index")
        wrong = np.flatnonzero(numbers != np.arange(len(numbers)))
        if len(wrong):
            raise DamagedDatasetError(
                f"Row {wrong[0]} of meta/episodes is about episode {numbers[wrong[0]]}.",
                "Episodes must be numbered from 0 without a gap or a stray file. " + _CURE,
            )
        parts = np.split(numbers, np.cumsum([table.num_rows for table in tables[:-1]]))
        self.episode_files = tuple(
            EpisodeFile(file, schema, episodes)
            for file, (schema, _), episodes in zip(files, read, parts, strict=True)
        )
        self.lengths: Integers = self._numbers("length")
        _check_lengths(self.lengths)
        self.first_indices: Integers = self._numbers("dataset_from_index")
        self._rows = _file_rows(
            self._numbers("data/chunk_index"), self._numbers("data/file_index"), self.lengths
        )
        for key in keys:
            self._check_video(key)
        self._stated = self._files_as_declared()
        fit = rows_fit(root, self._stated, self.lengths)
        self._found = None if fit else find_rows(root, self.lengths)

    def tasks(self, episode: int) -> tuple[str, ...]:
        """Task texts of an episode."""
        if "tasks" not in self._table.column_names:
            return ()
        return _texts(self._table["tasks"][episode].as_py())

    def all_tasks(self) -> list[tuple[str, ...]]:
        """Task texts of every episode."""
        if "tasks" not in self._table.column_names:
            return [()] * len(self.lengths)
        return _all_texts(self._table["tasks"].combine_chunks())

    def data_file(self, episode: int) -> str:
        """File with the rows of an episode."""
        if self._found is not None:
            return self._names_on_disk[int(self._found.file_of[episode])]
        return self._path("data", episode, self._data)

    def first_row(self, episode: int) -> int:
        """Row of the first frame of an episode in its data file."""
        return int((self._rows if self._found is None else self._found.first_rows)[episode])

    def data_files(self) -> dict[str, Integers]:
        """Every data file with its episodes in row order."""
        return self._stated if self._found is None else dict(self._found.files)

    def episodes_elsewhere(self) -> list[int]:
        """Episodes whose rows are in another file than `meta/episodes` says."""
        if self._found is None:
            return []
        return [
            episode
            for file, episodes in self._stated.items()
            for episode in episodes.tolist()
            if self.data_file(episode) != file
        ]

    @cached_property
    def _names_on_disk(self) -> list[str]:
        return [] if self._found is None else list(self._found.files)

    def _files_as_declared(self) -> dict[str, Integers]:
        """Data files with their episodes as `meta/episodes` has them."""
        groups = self._groups("data")
        return {self._path("data", int(group[0]), self._data): group for group in groups}

    def video(self, episode: int, key: str) -> tuple[str, float]:
        """MP4 file of an episode and camera, and the time in it at which the episode starts."""
        path = self._path(f"videos/{key}", episode, self._video, video_key=key)
        return path, float(self._column(f"videos/{key}/from_timestamp")[episode])

    def video_under(self, episode: int, key: str, name: str) -> str:
        """Where the MP4 file of an episode would be if its camera had the key `name`."""
        chunk, file = self._place(f"videos/{key}", episode)
        return self._video.expand(chunk_index=chunk, file_index=file, video_key=name)

    def video_starts(self, key: str) -> NDArray[np.float64]:
        """Time in its MP4 file at which each episode starts: float64, shape (episodes,)."""
        return np.asarray(self._column(f"videos/{key}/from_timestamp"), np.float64)

    def earliest(self, episode: int, key: str) -> float:
        """Time at which the first episode starts that is in the same MP4 file."""
        if key not in self._earliest:
            starts = self.video_starts(key)
            firsts = np.empty_like(starts)
            for episodes in self._groups(f"videos/{key}"):
                firsts[episodes] = starts[episodes].min()
            self._earliest[key] = firsts
        return float(self._earliest[key][episode])

    def video_files(self, key: str) -> dict[str, Integers]:
        """Every MP4 file of a camera with its episodes in order of time."""
        starts = self._column(f"videos/{key}/from_timestamp")
        result = {}
        for episodes in self._groups(f"videos/{key}"):
            ordered = episodes[np.argsort(starts[episodes], kind="stable")]
            result[self.video(int(ordered[0]), key)[0]] = ordered
        return result

    def metadata_files(self) -> tuple[str, ...]:
        """Tasks and the parquet files of the episodes."""
        return ("meta/info.json", "meta/tasks.parquet", *(part.file for part in self.episode_files))

    def _groups(self, prefix: str) -> list[Integers]:
        place = self._numbers(f"{prefix}/chunk_index"), self._numbers(f"{prefix}/file_index")
        order = np.lexsort((np.arange(len(self.lengths)), place[1], place[0]))
        changes = np.flatnonzero((np.diff(place[0][order]) != 0) | (np.diff(place[1][order]) != 0))
        return [group for group in np.split(order, changes + 1) if len(group)]

    def _path(self, prefix: str, episode: int, template: PathTemplate, **values: str) -> str:
        """File that an episode is in; most of them share one."""
        place = prefix, *self._place(prefix, episode)
        if place not in self._paths:
            self._paths[place] = template.expand(
                chunk_index=place[1], file_index=place[2], **values
            )
        return self._paths[place]

    def _place(self, prefix: str, episode: int) -> tuple[int, int]:
        """Folder and number of the file that an episode is in."""
        chunk, file = (
            int(self._column(f"{prefix}/{name}")[episode]) for name in ("chunk_index", "file_index")
        )
        return chunk, file

    def _column(self, name: str) -> NDArray[np.generic]:
        """Values of all episodes: to ask the table for one of them takes ten times as long."""
        if name not in self._columns:
            self._columns[name] = self._table[name].to_numpy()
        return self._columns[name]

    def _numbers(self, name: str) -> Integers:
        column = self._table[name]
        numbers = None if column.null_count else _whole(column)
        if numbers is None:
            raise DamagedDatasetError(
                f"meta/episodes: column {name} holds values that are not whole numbers.", _CURE
            )
        if name.endswith(("chunk_index", "file_index")) and len(numbers) and numbers.min() < 0:
            raise DamagedDatasetError(f"meta/episodes: {name} holds a negative number.", _CURE)
        return numbers

    def _check_video(self, key: str) -> None:
        for name in ("chunk_index", "file_index"):
            self._numbers(f"videos/{key}/{name}")
        name = f"videos/{key}/from_timestamp"
        column = self._table[name]
        if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
            raise DamagedDatasetError(
                f"meta/episodes: column {name} holds values that are not times.", _CURE
            )
        starts = column.to_numpy().astype(np.float64)
        wrong = np.flatnonzero(~((starts >= 0) & (starts < np.inf)))
        if len(wrong):
            raise DamagedDatasetError(
                f"meta/episodes: {name} of episode {wrong[0]} is {column[int(wrong[0])].as_py()}.",
                _CURE,
            )


def _check_lengths(lengths: Integers) -> None:
    wrong = np.flatnonzero((lengths < 1) | (lengths > LONGEST))
    if len(wrong):
        frames = plural(int(lengths[wrong[0]]), "frame")
        raise DamagedDatasetError(f"meta/episodes: episode {wrong[0]} has {frames}.", _CURE)


def _whole(column: pa.ChunkedArray) -> Integers | None:
    """Whole numbers, also where pandas made them floating ones; None for anything else."""
    values = column.to_numpy()
    if pa.types.is_floating(column.type):
        large = np.abs(values) < LONGEST
        if not np.all(large) or np.any(values != np.floor(values)):
            return None
    elif not pa.types.is_integer(column.type):
        return None
    result: Integers = values.astype(np.int64)
    return result


def _read(root: Path, file: str, wanted: list[str]) -> tuple[pa.Schema, pa.Table]:
    path = root / file
    check_file(path)
    try:
        schema, parts = read_metadata(path, [*wanted, "tasks"])
        _check_columns(path, schema.names, wanted)
        columns = [*wanted, *(["tasks"] if "tasks" in schema.names else [])]
        tables = [_rows(path, metadata, columns) for metadata in parts]
    except (pa.ArrowException, OSError) as error:
        raise damage_error(path, error) from error
    return schema, pa.concat_tables(tables)


def _rows(path: Path, metadata: pq.FileMetaData, columns: list[str]) -> pa.Table:
    # Planning which of 10^5 tiny chunks to read together takes longer than to read them.
    with pq.ParquetFile(path, metadata=metadata, pre_buffer=False) as opened:
        return opened.read_row_groups(range(metadata.num_row_groups), columns)


def _check_columns(path: Path, names: list[str], wanted: list[str]) -> None:
    for name in wanted:
        if names.count(name) != 1:
            what = "has two columns" if name in names else "has no column"
            raise DamagedDatasetError(f"{path} {what} {name}.", _CURE)


def _join(root: Path, tables: list[pa.Table]) -> pa.Table:
    try:
        return pa.concat_tables(tables, promote_options="permissive").combine_chunks()
    except pa.ArrowException as error:
        raise DamagedDatasetError(
            f"The files of {root / 'meta/episodes'} have columns of different types.", _CURE
        ) from error


def _file_rows(chunks: Integers, files: Integers, lengths: Integers) -> Integers:
    """First row of every episode in its file, given that a file holds them in order."""
    if not len(lengths):
        return lengths
    order = np.lexsort((files, chunks))  # stable; lasts far less than np.unique of pairs
    new = np.diff(chunks[order], prepend=-1) != 0
    new |= np.diff(files[order], prepend=-1) != 0
    before = np.cumsum(lengths[order]) - lengths[order]
    rows = np.empty_like(lengths)
    rows[order] = before - before[new][np.cumsum(new) - 1]
    return rows


def _all_texts(tasks: pa.Array) -> list[tuple[str, ...]]:
    if pa.types.is_list(tasks.type) and not tasks.null_count:
        values, counts = tasks.flatten(), np.diff(tasks.offsets.to_numpy())
        if pa.types.is_string(values.type) and not values.null_count and np.all(counts == 1):
            # One task per episode, as recorders write it: a twentieth of the time.
            encoded = values.dictionary_encode()
            texts = [(text,) for text in encoded.dictionary.to_pylist()]
            return [texts[index] for index in encoded.indices.to_pylist()]
    return [_texts(each) for each in tasks.to_pylist()]


def _texts(tasks: object) -> tuple[str, ...]:
    return tuple(
        str(task) for task in (tasks if isinstance(tasks, list) else [tasks] if tasks else ())
    )
