"""What commands wrote, so that they can tell their own files from those that somebody changed.

A list in the user's state folder holds the command and the SHA-256 of each file, newest first; that
of a folder is of the names, sizes and times of what is in it. What is not in the list counts as
somebody else's, so a lost list costs no file.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_state_path

from labeler import disk
from labeler.disk.errors import report_errors
from labeler.errors import StorageError
from labeler.storage.program.settings_file import (
    DamagedSettingsError,
    read_settings,
    set_aside,
    write_settings,
)

_MOST = 1000  # entries; one has about 200 bytes


def writer_of(path: Path) -> str:
    """The command that wrote what is at an absolute path as it is now; empty for another one."""
    command, digest = _entries().get(str(path.resolve()), ("", ""))
    return command if digest and digest == _digest(path) else ""


def was_written(path: Path, command: str) -> bool:
    """Whether a command once wrote a file at an absolute path, whatever became of it since."""
    return _entries().get(str(path.resolve()), ("", ""))[0] == command


def remember_written(path: Path, command: str) -> None:
    """Note that a command has just written what is at a path; where that fails, it does no harm."""
    place = str(path.resolve())
    others = [entry for entry in _entries().items() if entry[0] != place]
    entries = [(place, (command, _digest(path))), *others][:_MOST]
    with suppress(StorageError):
        write_settings(_file(), {name: list(entry) for name, entry in entries})


def name_aside(folder: Path) -> Path:
    """A free name beside a folder that is about to be replaced."""
    return disk.free_name(folder, "replaced", datetime.now(UTC))


def move_aside(folder: Path, aside: Path) -> None:
    """Give a folder that is about to be made again another name.

    Raises:
        StorageError: that is not possible.
    """
    with report_errors(folder):
        disk.rename(folder, aside)


def remove_written(folder: Path) -> None:
    """Remove a folder that a command wrote, and that another has replaced."""
    disk.remove_tree(folder)


def _file() -> Path:
    return user_state_path("labeler", appauthor=False) / "written.json"


def _entries() -> dict[str, tuple[str, str]]:
    """Path -> command and digest."""
    try:
        content = read_settings(_file())
    except DamagedSettingsError:
        set_aside(_file())
        return {}
    if not isinstance(content, dict):
        return {}
    return {
        str(name): (str(entry[0]), str(entry[1]))
        for name, entry in content.items()
        if isinstance(entry, list) and len(entry) == 2
    }


def _digest(path: Path) -> str:
    """SHA-256 of a file or of the list of a folder, in hex; empty where it cannot be read."""
    try:
        if path.is_dir():
            return hashlib.sha256("\n".join(sorted(_listed(path))).encode("utf-8")).hexdigest()
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _listed(folder: Path) -> Iterator[str]:
    """Name, size and time of every file and link in a folder; links are not followed."""
    for place, _, names in os.walk(folder, onerror=_raise):
        for name in names:
            path = Path(place, name)
            status = path.lstat()
            yield f"{path.relative_to(folder).as_posix()!r} {status.st_size} {status.st_mtime_ns}"


def _raise(error: OSError) -> None:
    raise error
