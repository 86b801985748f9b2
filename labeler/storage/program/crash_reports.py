"""Reports of errors that are ours, for the user to send."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_log_path

from labeler import disk
from labeler.errors import StorageError


def write_crash_report(text: str) -> Path | None:
    """Write a report into the user's log folder; None where even that fails."""
    folder = user_log_path("labeler", appauthor=False)
    path = folder / f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.txt"
    with suppress(StorageError):
        disk.make_folders(folder)
        disk.write_file(path, text.encode("utf-8", "replace"))
        return path
    return None
