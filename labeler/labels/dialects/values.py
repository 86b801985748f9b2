"""Frame and episode numbers as files write them; everything that is none is refused."""

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

from labeler.errors import LabelFileError
from labeler.labels.wording import as_text, plural

Value = TypeVar("Value")
_DIGITS = re.compile(r"[0-9]+")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_LARGEST = 2**53 - 1  # whole numbers that every JSON reader keeps exactly (RFC 8259, section 6)
BELONG = "Check that the labels belong to this dataset."
_FRAMES = "Frames are whole numbers, 0 or more."


def frame_number(value: object, what: str) -> int:
    """A whole number of at least 0; `what` says where it stands. `53.0` is one, `True` is not."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise LabelFileError(f"{what} is {as_text(value)}, which is not a frame number.", _FRAMES)
    if not 0 <= value <= _LARGEST:
        size = "negative" if value < 0 else "too large"
        raise LabelFileError(f"{what} is {as_text(value)}, which is {size}.", _FRAMES)
    return value


def parse_number(text: str, what: str) -> int:
    """A whole number written with ASCII digits."""
    if not _DIGITS.fullmatch(text):
        raise LabelFileError(f"{what} is {as_text(text)}, which is not a frame number.", _FRAMES)
    if len(text) > len(str(_LARGEST)):
        raise LabelFileError(f"{what} is {as_text(text)}, which is too large.", _FRAMES)
    return frame_number(int(text), what)


def episode_number(key: object) -> int:
    """The number of an episode from the key of a mapping: `"3"` or `"03"`."""
    if isinstance(key, str) and _DIGITS.fullmatch(key) and len(key) <= len(str(_LARGEST)):
        return int(key)
    raise LabelFileError(
        f"{as_text(key)} is not an episode number.", "Name episodes by whole numbers, 0 or more."
    )


def episodes_of(
    entries: Iterable[tuple[object, Value]], most: int | None = None
) -> Iterator[tuple[int, str, Value]]:
    """Number, name for messages and value of every episode, in the file's order.

    Raises:
        LabelFileError: a key is not an episode number, or two keys name the same episode.
    """
    seen: dict[int, object] = {}
    for key, value in entries:
        number = episode_number(key)
        if number in seen:
            raise LabelFileError(
                f"Episode {number} appears twice, as {as_text(seen[number])} and {as_text(key)}.",
                "Remove one.",
            )
        if len(seen) == most:
            raise LabelFileError(
                f"The file names more than {plural(most, 'episode')}, which is all that the "
                "dataset has.",
                BELONG,
            )
        seen[number] = key
        yield number, f"Episode {number}", value


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1, blank ones left out; one at a time."""
    start, number = 0, 1
    for end in _LINE_ENDS.finditer(text):
        if (line := text[start : end.start()]).strip():
            yield number, line
        start, number = end.end(), number + 1
    if (line := text[start:]).strip():
        yield number, line
