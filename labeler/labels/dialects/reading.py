"""Reads a label file of any form as the labels of a dataset."""

import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never, cast

from labeler.cures import Counted, CountFromZeroOrOne, LeaveOutCounting
from labeler.errors import LabelError, LabelFileError, UsageError
from labeler.labels.collection import DatasetLabels
from labeler.labels.dialects.detect import DetectedForm, decode_text, detect_form
from labeler.labels.dialects.dialect import Dialect, LabelFileContent
from labeler.labels.dialects.forms import cutoffs, merge, ranges, table, text
from labeler.labels.dialects.resolve import resolve
from labeler.labels.dialects.values import BELONG
from labeler.labels.wording import episodes_text, size_text

LARGEST = 256 << 20  # bytes; a label file of 100,000 episodes has about 10 MB
# What the most talkative file of a dataset may have: numbers of frames, each on a line of its own
# and far indented, in two bytes per character, and a long note for every episode.
_PER_FRAME, _PER_EPISODE, _AROUND = 256, 64 << 10, 1 << 20
# And the most keys and elements: fields of an episode, ranges of one frame each.
_MOST_PER_FRAME, _MOST_PER_EPISODE, _MOST_AROUND = 6, 64, 1 << 17


@dataclass(frozen=True, slots=True)
class Imported:
    """Labels read from a file or column, and sentences that the user should see.

    dialect: the form of the file; None for a column of the recording
    """

    labels: DatasetLabels
    dialect: Dialect | None
    notes: tuple[str, ...] = ()
    dataset_path: str | None = None


def read_labels(
    path: Path,
    lengths: Sequence[int],
    *,
    first_frame: int | None = None,
    first_episode: int | None = None,
) -> Imported:
    """Labels from a file, for a dataset with `lengths[i]` frames in episode i.

    The form is told from the content. `first_frame` and `first_episode` are the values of
    `first_frame` and `first_episode`: 0, 1, or None where the file leaves no doubt.

    Raises:
        UsageError: a value other than 0 and 1, or 1 for a label file of Labeler.
        LabelFileError: the file cannot be read or understood.
        AmbiguousLabelsError: a number fits under two readings; the hint names the flag.
        LabelError: the labels do not fit the dataset.
    """
    _check("frames", first_frame)
    _check("episodes", first_episode)
    try:
        found = _load(path, largest_for(lengths), most_for(lengths))
        if found.dialect is Dialect.LABELER:
            return _own(found, lengths, first_frame, first_episode)
        content = _content(found, path, lengths, first_episode)
        labels, notes = resolve(content, lengths, first_frame, first_episode)
    except LabelError as error:
        raise type(error)(f"{path}: {error.message}", *error.cures) from error
    return Imported(labels, found.dialect, notes, content.dataset_path)


def read_own(path: Path) -> DatasetLabels:
    """Labels of a label file of Labeler, which names all episodes with their lengths.

    Raises:
        LabelFileError: the file cannot be read, is of another form, or lacks an episode.
    """
    from labeler.labels.document_reader import labels_from  # pydantic only where it is needed

    try:
        return labels_from(_load(path).mapping, None)
    except LabelError as error:
        raise type(error)(f"{path}: {error.message}", *error.cures) from error


def dialect_of(path: Path, lengths: Sequence[int] | None = None) -> Dialect:
    """The form of a label file, told from its content; `lengths` as for `read_labels`.

    Raises:
        LabelFileError: the file cannot be read or understood.
    """
    try:
        if lengths is None:
            return _load(path).dialect
        return _load(path, largest_for(lengths), most_for(lengths)).dialect
    except LabelError as error:
        raise type(error)(f"{path}: {error.message}", *error.cures) from error


def dataset_path_of(path: Path) -> str | None:
    """The recording that a label file names; None if its form or the file names none.

    Raises:
        LabelFileError: the file cannot be read or understood.
    """
    try:
        found = _load(path)
        if found.dialect is Dialect.RANGES:
            return ranges.read(found.mapping).dataset_path
        return text.read(found.text).dataset_path if found.dialect is Dialect.TEXT else None
    except LabelError as error:
        raise type(error)(f"{path}: {error.message}", *error.cures) from error


def _check(counted: Counted, value: int | None) -> None:
    if value not in (None, 0, 1):
        raise UsageError(
            f"{counted.capitalize()} cannot be counted from {value}.", CountFromZeroOrOne(counted)
        )


def largest_for(lengths: Sequence[int]) -> int:
    """Bytes that no label file exceeds of a dataset with `lengths[i]` frames in episode i."""
    return min(LARGEST, _AROUND + len(lengths) * _PER_EPISODE + sum(lengths) * _PER_FRAME)


def most_for(lengths: Sequence[int]) -> int:
    """Keys and elements that no label file exceeds of a dataset with such episodes."""
    return _MOST_AROUND + len(lengths) * _MOST_PER_EPISODE + sum(lengths) * _MOST_PER_FRAME


def _load(path: Path, largest: int = LARGEST, most: int | None = None) -> DetectedForm:
    return detect_form(decode_text(read_bytes(path, largest)), most)


def read_bytes(path: Path, largest: int = LARGEST) -> bytes:
    """Content of a label file.

    Raises:
        LabelFileError: it cannot be read, is no file but a pipe or a device, or is too large.
    """
    try:
        status = path.stat()  # opening a pipe that nobody writes to would wait for ever
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise LabelFileError("This is not a file.", "Save the labels as a file.")
        if status.st_size <= largest or stat.S_ISDIR(status.st_mode):
            with path.open("rb") as file:
                return file.read(min(largest, status.st_size))  # as much is set aside at once
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LabelFileError(f"The file cannot be read: {reason}.", "Check the path.") from error
    if status.st_size > LARGEST:
        raise LabelFileError(
            f"The file is larger than {LARGEST >> 20} MiB.", "Check that it is a label file."
        )
    raise LabelFileError(
        f"The file has {size_text(status.st_size)}, far more than labels of this dataset need.",
        BELONG,
    )


def _own(
    found: DetectedForm, lengths: Sequence[int], first_frame: int | None, first_episode: int | None
) -> Imported:
    from labeler.labels.document_reader import labels_from  # pydantic only where it is needed

    if first_frame or first_episode:
        raise UsageError(
            "A label file of Labeler counts frames and episodes from 0.",
            LeaveOutCounting(),
        )
    labels = labels_from(found.mapping, lengths)
    named = {int(key) for key in cast("dict[str, object]", found.mapping["episodes"])}
    absent = set(range(len(lengths))) - named
    notes = (f"The file says nothing about {episodes_text(absent)}.",) if absent else ()
    return Imported(labels, Dialect.LABELER, notes)


def _content(
    found: DetectedForm, path: Path, lengths: Sequence[int], first_episode: int | None
) -> LabelFileContent:
    def load(source: Path) -> DetectedForm:
        return _load(source, largest_for(lengths), most_for(lengths))

    count = len(lengths)
    assert found.dialect is not Dialect.LABELER  # it needs no resolving and is read apart
    match found.dialect:
        case Dialect.CUTOFFS:
            return cutoffs.read(found.mapping, count)
        case Dialect.RANGES:
            return ranges.read(found.mapping, count)
        case Dialect.MERGE:
            return merge.read(found.mapping, path.parent, load, count, first_episode)
        case Dialect.TEXT:
            return text.read(found.text, count)
        case Dialect.CSV:
            return table.read(found.text, count)
    assert_never(found.dialect)
