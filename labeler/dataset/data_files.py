"""Data files that are open for reading, and their footers, which several readers share.

A recorder writes one row group per episode. The footer of such a file takes tens of milliseconds to
decode, and as long to be freed, which stops every thread; so it is decoded once.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from labeler.dataset.layout import Integers
from labeler.parquet.reading import check_file, damage_error

_MOST = 8  # files kept open by each reader, and footers kept by all of them


@dataclass(frozen=True)
class DataFooter:
    """What a data file says of its row groups.

    group_starts: first row of every row group, and the number of rows at the end
    """

    metadata: pq.FileMetaData = field(repr=False)
    group_starts: Integers = field(repr=False)


@dataclass(frozen=True)
class DataFile:
    """A data file that is open for reading."""

    file: pq.ParquetFile
    group_starts: Integers = field(repr=False)


class Footers:
    """The footers of the data files read last; may be used by several threads.

    One that was replaced meanwhile is read anew.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[Path, tuple[tuple[int, ...], DataFooter]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: Path) -> DataFooter:
        """The footer of a file.

        Raises:
            pa.ArrowException: it is truncated or no parquet file.
            OSError: it cannot be read.
        """
        with self._lock:  # whoever else wants it waits, which costs less than to decode it, too
            status = path.stat()
            mark = status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
            found, footer = self._known.get(path, ((), None))
            if footer is None or found != mark:
                footer = _read(path)
                self._known[path] = mark, footer
            self._known.move_to_end(path)
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
            return footer


class DataFiles:
    """The data files that one reader has open, at most eight; for one thread at a time."""

    def __init__(self, root: Path, footers: Footers) -> None:
        self.footers = footers
        self._root = root
        self._open: OrderedDict[str, DataFile] = OrderedDict()

    def get(self, name: str) -> DataFile:
        """A file by its path in the dataset, opened if it is not open already.

        Raises:
            DamagedDatasetError: it is missing, truncated or no parquet file.
        """
        if name not in self._open:
            self._open[name] = self._open_file(self._root / name)
            if len(self._open) > _MOST:
                self._open.popitem(last=False)[1].file.close()
        self._open.move_to_end(name)
        return self._open[name]

    def close(self) -> None:
        """Close all files."""
        while self._open:
            self._open.popitem()[1].file.close()

    def _open_file(self, path: Path) -> DataFile:
        check_file(path)
        try:
            footer = self.footers.get(path)
            file = pq.ParquetFile(path, metadata=footer.metadata, memory_map=False)
        except (pa.ArrowException, OSError) as error:
            raise damage_error(path, error) from error
        return DataFile(file, footer.group_starts)


def _read(path: Path) -> DataFooter:
    metadata = pq.read_metadata(path)
    counts = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    return DataFooter(metadata, np.concatenate(([0], np.cumsum(counts, dtype=np.int64))))
