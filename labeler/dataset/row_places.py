"""In which data file the rows of each episode of a v3.0 dataset are, as the files say.

LeRobot 0.6.1 reads every `data/*/*.parquet` (datasets/io_utils.py, load_nested_dataset) and does
not notice where `data/file_index` names another file, as in a few datasets on the Hub.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from labeler.dataset.layout import Integers
from labeler.dataset.templates import list_files
from labeler.errors import DamagedDatasetError
from labeler.file_kind import not_a_file
from labeler.parquet.long_footer import has_long_footer, row_count
from labeler.parquet.reading import read_table

_FEW = 1 << 17  # bytes of a footer: about a hundred row groups


@dataclass(frozen=True)
class RowPlaces:
    """files: every data file with its episodes in row order.

    first_rows: row of the first frame of every episode in its file, shape (episodes,)
    file_of: number of the file of every episode, shape (episodes,)
    """

    files: Mapping[str, Integers]
    first_rows: Integers
    file_of: Integers


def rows_fit(root: Path, files: Mapping[str, Integers], lengths: Integers) -> bool:
    """Whether every file is there and has as many rows as its episodes; damage is told later."""
    for file, episodes in files.items():
        if not_a_file(root / file):
            return False
        try:
            if row_count(root / file) != lengths[episodes].sum():
                return False
        except (pa.ArrowException, OSError):
            continue
    return True


def rows_there(root: Path) -> int:
    """Rows of all data files together; -1 where one of them cannot be read."""
    files = [root / file for file in list_files(root, "data")]
    if any(not_a_file(file) for file in files):
        return -1  # a pipe would be waited for
    try:
        return sum(map(row_count, files))
    except (pa.ArrowException, OSError):
        return -1


def rows_in_order(root: Path, files: Mapping[str, Integers]) -> bool:
    """Whether files of several episodes hold them in the order given; damage is told later.

    Only files of few row groups are looked into: a recorder that writes a group for every episode
    keeps their order, and reading many groups takes longer than opening all the rest.
    """
    for file, episodes in files.items():
        path = root / file
        if len(episodes) < 2 or not_a_file(path):
            continue
        try:
            if has_long_footer(path, _FEW):
                continue
            table = read_table(path, ["episode_index", "frame_index"])
            columns = table["episode_index"], table["frame_index"]
        except (pa.ArrowException, OSError, DamagedDatasetError, KeyError):
            continue
        if any(one.null_count or not pa.types.is_integer(one.type) for one in columns):
            continue
        found, frames = (one.to_numpy() for one in columns)
        first = found[np.flatnonzero(np.diff(found, prepend=-1))]
        ascending = np.all((np.diff(frames) > 0) | (np.diff(found) != 0))
        if ascending and np.array_equal(np.sort(first), episodes) and np.any(first != episodes):
            return False
    return True


def find_rows(root: Path, lengths: Integers, there: int) -> RowPlaces | None:
    """Look for the rows of all episodes in all data files, which have `there` rows together.

    None if they are not all there once, each episode in one piece of its length.
    """
    if there != lengths.sum():
        return None
    files: dict[str, Integers] = {}
    firsts, owners = np.full(len(lengths), -1, np.int64), np.zeros(len(lengths), np.int64)
    for file in list_files(root, "data"):
        try:
            column = read_table(root / file, ["episode_index"])["episode_index"]
            episodes = column.to_numpy().astype(np.int64)
        except (DamagedDatasetError, KeyError, ValueError):
            return None
        starts = np.flatnonzero(np.diff(episodes, prepend=-1))
        found, counts = episodes[starts], np.diff(starts, append=len(episodes))
        known = len(found) == 0 or (found.min() >= 0 and found.max() < len(lengths))
        if not known or not np.array_equal(lengths[found], counts) or np.any(firsts[found] >= 0):
            return None
        firsts[found], owners[found] = starts, len(files)
        files[file] = found
    complete = sum(map(len, files.values())) == len(lengths) and np.all(firsts >= 0)
    return RowPlaces(files, firsts, owners) if complete else None
