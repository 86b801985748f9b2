"""Writing the data files of a copy: label columns set, rows selected, indices made contiguous."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeler.cures import RunInspect
from labeler.dataset import Dataset
from labeler.dataset.consistency import INTEGERS, row_problems, schema_problems, task_numbers
from labeler.dataset.formats import DatasetFormat
from labeler.dataset.layout import Integers, frame_indices
from labeler.errors import DamagedDatasetError
from labeler.parquet.reading import read_table, schema_of
from labeler.parquet.rewriting import (
    compression,
    encode_table,
    rename_columns,
    row_group_sizes,
)
from labeler.parquet.splice import Splice, SplicedFile
from labeler.storage.copying.plan import RowsJob
from labeler.storage.copying.read_back import ReadBack
from labeler.storage.record.label_columns import LabelColumns
from labeler.storage.record.selection import Kept


class RowsWriter:
    """Writes data files for one copy.

    `first_indices` are the global indices of the first frame of every episode of the copy;
    `format` is that of the copy, the source's if it is not given; `names` are new
    names of columns by their old ones.
    """

    def __init__(
        self,
        source: Dataset,
        columns: LabelColumns,
        *,
        whole: bool,
        format: DatasetFormat | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        self._source = source
        self._format = format or source.info.format
        self._columns = columns
        self._whole = whole
        self._names = names or {}
        self._first_indices = np.cumsum(columns.lengths) - columns.lengths

    @cached_property
    def _tasks(self) -> Integers:
        return task_numbers(self._source)

    def plan(self, job: RowsJob, *, known: bool) -> "PlannedRows":
        """Work out one data file, of which every row is kept; others are, when they are written.

        `known` rows are not checked: they were for the copy that is there, and did not change.

        Raises:
            DamagedDatasetError: the rows are not those that the metadata promise.
        """
        if not known:
            self.check(job)
        columns = self.columns(job)
        if job.whole and not self._names:
            source = self._source.root / job.source
            return PlannedRows(columns, Splice(source, columns).with_ending)
        return PlannedRows(columns, lambda: self._select(job, columns))

    def columns(
        self, job: RowsJob, timestamps: pa.ChunkedArray | None = None
    ) -> dict[str, pa.Array]:
        """The columns that are written for the kept rows of a data file.

        `timestamps` are those of all rows of the source's file, if they were read already.
        """
        columns = self._columns.arrays(episode for episode, _ in job.parts)
        return columns if self._whole else columns | self._indices(job, timestamps)

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
                "Restore the file or its metadata.",
                RunInspect(),
            )

    def _indices(self, job: RowsJob, timestamps: pa.ChunkedArray | None) -> dict[str, pa.Array]:
        lengths = np.array([len(kept) for _, kept in job.parts])
        frames = frame_indices(lengths)
        episodes = np.repeat([episode for episode, _ in job.parts], lengths)
        return {
            "timestamp": self._timestamps(job, timestamps),
            "frame_index": pa.array(frames),
            "episode_index": pa.array(episodes),
            "index": pa.array(frames + self._first_indices[episodes]),
        }

    def _timestamps(self, job: RowsJob, column: pa.ChunkedArray | None) -> pa.Array:
        """Times of the kept rows, float32.

        They begin at 0 again, except that v2.x readers look the image up by them: there the
        times of an episode without its head stay those of its video.
        """
        if column is None:
            column = read_table(self._source.root / job.source, ["timestamp"])["timestamp"]
        videos = any(camera.kind == "video" for camera in self._source.cameras)
        keep = videos and self._format.seeks_by_timestamp
        if keep or not any(kept.start for _, kept in job.parts):
            kept_rows = self.rows_to_keep(job, len(column))
            if column.null_count:
                return column.filter(pa.array(kept_rows)).cast(pa.float32()).combine_chunks()
            # without `filter` and `cast`, which import all of Arrow's functions
            return pa.array(column.to_numpy()[kept_rows].astype(np.float32))
        parts = []
        for start, kept in _places(self._source, job):
            part = column.slice(start + kept.start, len(kept)).to_numpy()
            parts.append(np.arange(len(kept)) / self._source.fps if kept.start else part)
        return pa.array(np.concatenate(parts).astype(np.float32))

    def _select(self, job: RowsJob, columns: dict[str, pa.Array]) -> Splice:
        source = self._source.root / job.source
        sizes = row_group_sizes(source)
        kept_rows = self.rows_to_keep(job, sum(sizes))
        table = rename_columns(read_table(source).filter(pa.array(kept_rows)), self._names)
        ends = np.cumsum(sizes)
        groups = [int(kept_rows[end - n : end].sum()) for end, n in zip(ends, sizes, strict=True)]
        return Splice(source, columns, content=encode_table(table, groups, compression(source)))

    def rows_to_keep(self, job: RowsJob, count: int) -> NDArray[np.bool_]:
        """Which of the `count` rows of a data file are kept."""
        result = np.zeros(count, dtype=np.bool_)
        for start, kept in _places(self._source, job):
            result[start + kept.start : start + kept.stop] = True
        return result


@dataclass(frozen=True)
class PlannedRows:
    """A data file that is not yet written: the columns that come, and how it is made."""

    columns: Mapping[str, pa.Array]
    splice: Callable[[], Splice]

    def write(self, path: Path, back: ReadBack) -> SplicedFile:
        """Write the file and have the columns read back."""
        written = self.splice().write(path)
        back.columns(path, self.columns)
        return written


def _places(source: Dataset, job: RowsJob) -> Iterator[tuple[int, Kept]]:
    """First row in the source's file of every kept episode, with what is kept of it."""
    for _, kept in job.parts:
        yield source.layout.first_row(kept.episode), kept
