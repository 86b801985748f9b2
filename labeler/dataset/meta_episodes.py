"""The list of episodes of v3.0, `meta/episodes/*/*.parquet`, without the statistics in it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from labeler.cures import RescueEpisodes
from labeler.dataset.features import CROPS
from labeler.dataset.layout import LONGEST, EpisodeFile, Integers
from labeler.dataset.templates import list_files
from labeler.errors import Cure, DamagedDatasetError
from labeler.labels.wording import plural
from labeler.parquet.long_footer import read_metadata
from labeler.parquet.reading import check_file, damage_error
from labeler.parquet.unfinished import has_footer

CURE = "Restore meta/episodes from the recording or a backup."
_KILLED = f"LeRobot 0.4 and later write it when a recording is closed. {CURE}"
# Seen with 0.4.4 and 0.6.1: what rl/crop_dataset_roi.py writes ends with its process, unfinished.
_UNCLOSED = (
    "LeRobot's crop tool does not close what it writes. Call its "
    "convert_lerobot_dataset_to_cropped_lerobot_dataset and then finalize() of what that returns."
)
FROM, TO = "dataset_from_index", "dataset_to_index"
PLACE = ("data/chunk_index", "data/file_index")
_WANTED = ("length", *PLACE, FROM, "tasks")
_OF_CAMERA = ("chunk_index", "file_index", "from_timestamp")


class MetaEpisodes:
    """Columns of `meta/episodes`, those of the cameras `keys` among them.

    Raises:
        DamagedDatasetError: there is no such file, it cannot be read, it lacks a column without
            which nothing can be shown, or episodes are not numbered from 0 without a gap.
    """

    def __init__(self, root: Path, keys: Sequence[str]) -> None:
        names = list_files(root, "meta/episodes")
        if not names:
            raise DamagedDatasetError(
                f"{root / 'meta/episodes'} holds no parquet file.", _rescue(root)
            )
        needed = ["episode_index", *(f"videos/{key}/{name}" for key in keys for name in _OF_CAMERA)]
        read = [_read(root, file, needed, _WANTED) for file in names]
        self._root = root
        self._table = _join(root, [table for _, table in read])
        self._columns: dict[str, NDArray[np.generic]] = {}
        numbers = self.numbers("episode_index")
        count = self._listed_once(numbers)
        self.repeated = tuple(sorted(set(numbers[count:].tolist())))
        self._table = self._table.slice(0, count)
        ends = np.cumsum([table.num_rows for _, table in read])
        parts = np.split(numbers, ends[:-1])
        kept = np.clip(count - (ends - [len(part) for part in parts]), 0, None)
        self.files = tuple(
            EpisodeFile(file, schema, part[:rows], max(len(part) - int(rows), 0))
            for file, (schema, _), part, rows in zip(names, read, parts, kept, strict=True)
        )

    def _listed_once(self, numbers: Integers) -> int:
        """Rows of which each is about another episode; those behind them repeat some of these.

        LeRobot 0.6.1 takes row n for episode n (datasets/dataset_metadata.py).
        """
        count = int(np.argmax(np.append(numbers, -1) != np.arange(len(numbers) + 1)))
        again = numbers[count:]
        if not len(again):  # `take` imports all of Arrow's functions, which opening does without
            return count
        known = np.all((again >= 0) & (again < count))
        if not known or not self._table.slice(count).equals(self._table.take(pa.array(again))):
            raise DamagedDatasetError(
                f"Row {count} of meta/episodes is about episode {numbers[count]}.",
                "Episodes must be numbered from 0 without a gap or a stray file. " + CURE,
            )
        return count

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __getitem__(self, name: str) -> pa.ChunkedArray:
        return self._table[name]

    def __contains__(self, name: str) -> bool:
        return name in self._table.column_names

    def column(self, name: str) -> NDArray[np.generic]:
        """Values of all episodes: to ask the table for one of them takes ten times as long."""
        if name not in self._columns:
            self._columns[name] = self._table[name].to_numpy()
        return self._columns[name]

    def numbers(self, name: str) -> Integers:
        """A column of whole numbers.

        Raises:
            DamagedDatasetError: there is none, or it holds something else.
        """
        for part in getattr(self, "files", ()):
            if name not in part.schema.names:
                raise DamagedDatasetError(f"{self._root / part.file} has no column {name}.", CURE)
        column = self._table[name]
        numbers = None if column.null_count else _whole(column)
        if numbers is None:
            raise DamagedDatasetError(
                f"meta/episodes: column {name} holds values that are not whole numbers.", CURE
            )
        if name.endswith(("chunk_index", "file_index")) and len(numbers) and numbers.min() < 0:
            raise DamagedDatasetError(f"meta/episodes: {name} holds a negative number.", CURE)
        return numbers

    def lengths(self) -> Integers:
        """Frames of every episode, as the list has them.

        Raises:
            DamagedDatasetError: it does not have them, or an episode has none.
        """
        lengths = self.numbers("length")
        wrong = np.flatnonzero((lengths < 1) | (lengths > LONGEST))
        if len(wrong):
            frames = plural(int(lengths[wrong[0]]), "frame")
            raise DamagedDatasetError(f"meta/episodes: episode {wrong[0]} has {frames}.", CURE)
        return lengths

    def spans(self) -> Integers | None:
        """Frames of every episode by the `index` of its first and last row.

        None where these are not there, or leave gaps between episodes.
        """
        try:
            firsts = self.numbers(FROM)
            read = [_read(self._root, part.file, [TO], ())[1] for part in self.files]
        except DamagedDatasetError:
            return None
        ends = _whole(_join(self._root, read)[TO])
        if ends is None or not np.array_equal(firsts, np.concatenate(([0], ends[:-1]))):
            return None
        spans: Integers = ends - firsts
        return spans if np.all((spans > 0) & (spans <= LONGEST)) else None

    def check_video(self, key: str) -> None:
        """Refuse what cannot be the place of a camera's images.

        Raises:
            DamagedDatasetError: a column holds other values than numbers of files, or times.
        """
        for name in ("chunk_index", "file_index"):
            self.numbers(f"videos/{key}/{name}")
        name = f"videos/{key}/from_timestamp"
        column = self._table[name]
        if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
            raise DamagedDatasetError(
                f"meta/episodes: column {name} holds values that are not times.", CURE
            )
        starts = column.to_numpy().astype(np.float64)
        wrong = np.flatnonzero(~((starts >= 0) & (starts < np.inf)))
        if len(wrong):
            raise DamagedDatasetError(
                f"meta/episodes: {name} of episode {wrong[0]} is {column[int(wrong[0])].as_py()}.",
                CURE,
            )


def _rescue(root: Path) -> Cure | str:
    """What helps where there is no list of episodes, or not all of it."""
    if (root / CROPS).is_file():
        return _UNCLOSED
    return RescueEpisodes(str(root)) if list_files(root, "data") else _KILLED


def _whole(column: pa.ChunkedArray) -> Integers | None:
    """Whole numbers, also where pandas made them floating ones; None for anything else."""
    if column.null_count:
        return None
    values = column.to_numpy()
    if pa.types.is_floating(column.type):
        large = np.abs(values) < LONGEST
        if not np.all(large) or np.any(values != np.floor(values)):
            return None
    elif not pa.types.is_integer(column.type):
        return None
    result: Integers = values.astype(np.int64)
    return result


def _read(
    root: Path, file: str, needed: list[str], wanted: Sequence[str]
) -> tuple[pa.Schema, pa.Table]:
    """The needed columns, and those of the wanted ones that are there."""
    path = root / file
    check_file(path)
    try:
        schema, parts = read_metadata(path, [*needed, *wanted])
        columns = [*needed, *(name for name in wanted if name in schema.names)]
        _check_columns(path, schema.names, columns)
        tables = [_rows(path, metadata, columns) for metadata in parts]
    except (pa.ArrowException, OSError) as error:
        if not has_footer(path):
            raise DamagedDatasetError(
                f"{path} was not finished: it has no footer.", _rescue(root)
            ) from error
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
            raise DamagedDatasetError(f"{path} {what} {name}.", CURE)


def _join(root: Path, tables: list[pa.Table]) -> pa.Table:
    try:
        return pa.concat_tables(tables, promote_options="permissive").combine_chunks()
    except pa.ArrowException as error:
        raise DamagedDatasetError(
            f"The files of {root / 'meta/episodes'} have columns of different types.", CURE
        ) from error
