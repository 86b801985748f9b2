"""What the layouts of all versions share: JSON texts, parquet in memory, running totals."""

import io
import json
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from labeler.dataset.statistics import DatasetStatistics
from labeler.storage.recording.episode import ReadyEpisode


class RecordingLayout(Protocol):
    """Writes episodes in the order they come, then what belongs to the whole dataset."""

    def add(self, episode: ReadyEpisode) -> None:
        """Write one episode."""

    def finish(self, tasks: list[str]) -> None:
        """Write what is left; `tasks[i]` is the text of task i."""


@dataclass(slots=True)
class Totals:
    """What has been written so far."""

    episodes: int = 0
    frames: int = 0
    statistics: DatasetStatistics = field(default_factory=DatasetStatistics)

    def add(self, episode: ReadyEpisode) -> None:
        """Count one more episode."""
        self.episodes += 1
        self.frames += episode.length
        self.statistics.add(episode.statistics)

    @property
    def splits(self) -> dict[str, str]:
        """`splits` of info.json: everything is for training."""
        return {"train": f"0:{self.episodes}"}


class ParquetBuffer:
    """A parquet file in memory, one row group per table, compressed as LeRobot does it."""

    def __init__(self, schema: pa.Schema) -> None:
        self._sink = io.BytesIO()
        self._writer = pq.ParquetWriter(
            self._sink, schema, compression="snappy", use_dictionary=True
        )

    def add(self, table: pa.Table) -> None:
        """Append one row group."""
        self._writer.write_table(table, row_group_size=max(table.num_rows, 1))

    @property
    def size(self) -> int:
        """Bytes so far, without the footer."""
        return self._sink.tell()

    def finish(self) -> bytes:
        """The complete file."""
        self._writer.close()
        return self._sink.getvalue()


def json_text(content: object) -> bytes:
    """A metadata file: 4 spaces, no newline at the end, ASCII so that any locale reads it."""
    return json.dumps(content, indent=4).encode("ascii")


def json_line(content: object) -> bytes:
    """One line of a metadata file."""
    return json.dumps(content).encode("ascii") + b"\n"
