"""Writing the data files of a copy: label columns set, rows selected, indices made contiguous."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeler.dataset import Dataset
from labeler.dataset.consistency import INTEGERS, row_problems, schema_problems, task_numbers
from labeler.dataset.layout import frame_indices
from labeler.dataset.parquet import read_loaded, read_table, schema_of
from labeler.errors import DamagedDatasetError
from labeler.storage import disk
from labeler.storage.label_columns import LabelColumns
from labeler.storage.parquet import SplicedFile, splice_columns
from labeler.storage.parquet_rewrite import compression, row_group_sizes, write_table
from labeler.storage.plan import RowsJob
from labeler.storage.selection import Kept

INDEX_COLUMNS = ("timestamp", "frame_index", "episode_index", "index")
"""Columns that are numbered anew when a copy does not have every row of its source."""


class RowsWriter:
    """Writes data files for one copy.

    `first_indices` are the global indices of the first frame of every episode of the copy;
    `generation` is that of the copy's format, the source's if it is not given.
    """

    def __init__(
        self,
        source: Dataset,
        columns: LabelColumns,
        *,
        whole: bool,
        generation: int | None = None,
    ) -> None:
        self._source = source
        self._generation = generation or source.info.generation
        self._columns = columns
        self._whole = whole
        self._first_indices = np.cumsum(columns.lengths) - columns.lengths
        self._tasks = task_numbers(source)

    def write(self, job: RowsJob, path: Path, *, known: bool) -> SplicedFile:
        """Write one data file.

        `known` rows are not checked: they were for the copy that is there, and did not change.

        Raises:
            DamagedDatasetError: the rows are not those that the metadata promise.
        """
        source = self._source.root / job.source
        if not known:
            self.check(job)
        columns = self.columns(job)
        if job.whole:
            written = splice_columns(source, path, columns)
        else:
            written = self._write_selected(job, path, columns)
        read_back(path, columns)
        return written

    def columns(self, job: RowsJob) -> dict[str, pa.Array]:
        """The columns that are written for the kept rows of a data file."""
        columns = self._columns.arrays(episode for episode, _ in job.parts)
        return columns if self._whole else columns | self._indices(job)

    def check(self, job: RowsJob) -> None:
        """Read where the rows of a data file of the source belong.

        Raises:
            DamagedDatasetError: LeRobot could not load the file, or its rows are not those of its
                episodes in their order.
        """
        problems = list(
            schema_problems(self._source, job.source, schema_of(self._source.root / job.source))
        )
        if not problems:
            found = self._source.file_rows(job.source, INTEGERS)
            problems = list(row_problems(self._source, job.source, found, self._tasks))
        if problems:
            raise DamagedDatasetError(
                f"{self._source.root} is damaged: {problems[0]}",
                "Restore the file or its metadata; `labeler inspect` tells more.",
            )

    def _indices(self, job: RowsJob) -> dict[str, pa.Array]:
        lengths = np.array([len(kept) for _, kept in job.parts])
        frames = frame_indices(lengths)
        episodes = np.repeat([episode for episode, _ in job.parts], lengths)
        return {
            "timestamp": self._timestamps(job),
            "frame_index": pa.array(frames),
            "episode_index": pa.array(episodes),
            "index": pa.array(frames + self._first_indices[episodes]),
        }

    def _timestamps(self, job: RowsJob) -> pa.Array:
        """Times of the kept rows, float32.

        They begin at 0 again, except that v2.x readers look the picture up by them: there the
        times of an episode without its head stay those of its video.
        """
        column = read_table(self._source.root / job.source, ["timestamp"])["timestamp"]
        videos = any(camera.kind == "video" for camera in self._source.cameras)
        keep = videos and self._generation == 2
        if keep or not any(kept.start for _, kept in job.parts):
            kept_rows = pa.array(self.kept_rows(job, len(column)))
            return column.filter(kept_rows).cast(pa.float32()).combine_chunks()
        parts = []
        for start, kept in _places(self._source, job):
            part = column.slice(start + kept.start, len(kept)).to_numpy()
            parts.append(np.arange(len(kept)) / self._source.fps if kept.start else part)
        return pa.array(np.concatenate(parts).astype(np.float32))

    def _write_selected(
        self, job: RowsJob, path: Path, columns: dict[str, pa.Array]
    ) -> SplicedFile:
        source = self._source.root / job.source
        sizes = row_group_sizes(source)
        kept_rows = self.kept_rows(job, sum(sizes))
        table = read_table(source).filter(pa.array(kept_rows))
        ends = np.cumsum(sizes)
        groups = [int(kept_rows[end - n : end].sum()) for end, n in zip(ends, sizes, strict=True)]
        plain = path.with_name(f"{path.name}.rows")
        write_table(plain, table, groups, compression(source))
        try:
            return splice_columns(plain, path, columns)
        finally:
            disk.remove_file(plain)

    def kept_rows(self, job: RowsJob, count: int) -> NDArray[np.bool_]:
        """Which of the `count` rows of a data file are kept."""
        result = np.zeros(count, dtype=np.bool_)
        for start, kept in _places(self._source, job):
            result[start + kept.start : start + kept.stop] = True
        return result


def read_back(path: Path, columns: Mapping[str, pa.Array]) -> None:
    """Make sure that a file has the columns that were written into it."""
    written = read_loaded(path, list(columns))
    for name, values in columns.items():
        found = written[name].combine_chunks()
        if not found.equals(pa.chunked_array([values]).combine_chunks()):
            raise AssertionError(f"{path}: column {name} does not read back as written")


def _places(source: Dataset, job: RowsJob) -> Iterator[tuple[int, Kept]]:
    """First row in the source's file of every kept episode, with what is kept of it."""
    for _, kept in job.parts:
        yield source.layout.first_row(kept.episode), kept
