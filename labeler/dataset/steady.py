"""Reading a copy while another process brings its labels up to date.

An update replaces one file after the other, so whoever reads them one by one may see old labels in
some and new ones in others. From the first file to the last a manifest lies in the copy, and the
last file is the copy's record: what was read is one state if there was no manifest afterwards and
the record is still the same file.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from labeler.cures import Retry
from labeler.errors import BusyError, LabelerError
from labeler.file_kind import not_a_file

UNFINISHED = "meta/labeler/commit.json"
"""Lies in a copy while its files are being replaced: some are old, some are new."""
_RECORD = "meta/labeler/copy.json"
_STAGED = "meta/labeler/staged"
_LOOK = 0.02  # seconds
_PATIENCE = 150  # looks without a file replaced, after which nobody is at work any more
_ATTEMPTS = 50

Result = TypeVar("Result")


def read_steadily(root: Path, read: Callable[[], Result]) -> Result:
    """What `read` makes of the dataset at `root`, of one state of it: it may be called again.

    A change that nobody completes is left to `read`, which meets the manifest.

    Raises:
        BusyError: the copy changed each time.
    """
    for _ in range(_ATTEMPTS):
        before = _record(root)
        if not _wait_for_end(root):
            return read()
        try:
            result = read()
        except LabelerError:
            if not _has_changed(root, before):
                raise
        else:
            if not _has_changed(root, before):
                return result
    raise BusyError(f"{root} is written again and again while it is read.", Retry())


def _has_changed(root: Path, before: tuple[int, ...]) -> bool:
    """The manifest first: without one, a change has either not begun or reached the record."""
    return not not_a_file(root / UNFINISHED) or _record(root) != before


def _record(root: Path) -> tuple[int, ...]:
    """What tells one file from the next at the place of the record; empty where there is none."""
    try:
        status = (root / _RECORD).stat()
    except (OSError, ValueError):
        return ()
    return status.st_dev, status.st_ino, status.st_size, status.st_ctime_ns


def _wait_for_end(root: Path) -> bool:
    """Wait for the end of a change; False if nobody is at work on it.

    Looks are counted, not seconds: while a machine sleeps or stands still, whoever writes does.
    """
    left, looks = -1, 0
    while not not_a_file(root / UNFINISHED):
        if (now := _waiting(root)) != left:
            left, looks = now, 0
        elif looks > _PATIENCE:
            return False
        looks += 1
        time.sleep(_LOOK)
    return True


def _waiting(root: Path) -> int:
    """How many files still wait to be put in their places."""
    try:
        return sum(1 for _ in (root / _STAGED).iterdir())
    except OSError:
        return 0
