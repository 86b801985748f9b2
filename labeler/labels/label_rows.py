"""Everything that labels say as a table for other programs: one row per episode, flags and notes.

Other programs read it; Labeler does not. Frames count from 0, and an end is not in its range.
"""

import csv
from dataclasses import dataclass, fields
from datetime import UTC
from enum import StrEnum
from io import StringIO

from labeler.labels.collection import DatasetLabels
from labeler.labels.episode import EpisodeLabel, FrameRange, State
from labeler.labels.summary import count_frames


class TableForm(StrEnum):
    """Files that hold the table."""

    TABLE = "table"  # CSV
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class LabelRow:
    """What is said of one episode.

    state: `unlabeled`, `success`, `never` or `skipped`
    first_success: first frame of success; None without one
    success, excluded: ranges as (start, end)
    success_frames, failure_frames: how many of each training sees; 0 where nothing is decided
    flagged, flag: whether it is flagged, and the reason, which may be empty
    time: when it was last decided, ISO 8601 in UTC; empty where that is not known
    """

    episode: int
    length: int
    state: str
    first_success: int | None
    success: tuple[tuple[int, int], ...]
    excluded: tuple[tuple[int, int], ...]
    success_frames: int
    failure_frames: int
    flagged: bool
    flag: str
    note: str
    origin: str
    author: str
    time: str


COLUMNS = tuple(field.name for field in fields(LabelRow))


def label_rows(labels: DatasetLabels) -> list[LabelRow]:
    """One row for every episode, unlabelled ones, too."""
    return [_row(episode, label) for episode, label in enumerate(labels)]


def to_csv(labels: DatasetLabels) -> str:
    """The table as CSV; ranges as `53-100 120-130`, true and false, empty for nothing."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in label_rows(labels):
        writer.writerow([_cell(getattr(row, name)) for name in COLUMNS])
    return text.getvalue()


def _row(episode: int, label: EpisodeLabel) -> LabelRow:
    frames = count_frames(label)
    return LabelRow(
        episode=episode,
        length=label.length,
        state=label.state.value,
        first_success=label.success[0].start if label.success else None,
        success=_pairs(label.success),
        excluded=_pairs(label.excluded),
        success_frames=frames.success,
        failure_frames=frames.failure,
        flagged=label.flag is not None,
        flag=label.flag or "",
        note=label.note,
        origin="" if label.state is State.UNLABELED else label.origin.value,
        author=label.author,
        time="" if label.time is None else label.time.astimezone(UTC).isoformat(),
    )


def _pairs(ranges: tuple[FrameRange, ...]) -> tuple[tuple[int, int], ...]:
    return tuple((one.start, one.end) for one in ranges)


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return " ".join(f"{start}-{end}" for start, end in value)
    return value
