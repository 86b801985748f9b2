"""The forms of label files that exist, and what one of them says before frames are resolved."""

from dataclasses import dataclass
from enum import StrEnum


class Dialect(StrEnum):
    """The form of a label file."""

    LABELER = "labeler"
    CUTOFFS = "cutoffs"
    RANGES = "ranges"
    MERGE = "merge"
    TEXT = "text"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file says about one episode, in the file's own numbers.

    `success` holds (first frame, last frame) with the last frame included, None for the end of the
    episode; without any, the episode never succeeds. `failures` are frames that count as failure
    whatever `success` says. Frames from `reset` on are left out of training. `place` names the
    episode in messages.
    """

    episode: int
    place: str
    success: tuple[tuple[int, int | None], ...] = ()
    failures: tuple[int, ...] = ()
    reset: int | None = None


@dataclass(frozen=True, slots=True)
class LabelFileContent:
    """What a whole file says.

    `counts_from` is the number that its form usually gives the first frame; `mixed` means that it
    was put together from files that may count differently.
    """

    statements: tuple[Statement, ...]
    dataset_path: str | None = None
    counts_from: int = 0
    mixed: bool = False
    notes: tuple[str, ...] = ()
