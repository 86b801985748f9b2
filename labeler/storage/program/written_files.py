"""What commands wrote, so that they can tell their own files from those that somebody changed.

A list in the user's state folder holds the command and the SHA-256 of each file, newest first. A
file that is not in the list counts as somebody else's, so a lost list costs no file.
"""

import hashlib
from contextlib import suppress
from pathlib import Path

from platformdirs import user_state_path

from labeler.errors import StorageError
from labeler.storage.program.settings_file import (
    DamagedSettingsError,
    read_settings,
    set_aside,
    write_settings,
)

_MOST = 1000  # entries; one has about 200 bytes


def writer_of(path: Path) -> str:
    """The command that wrote the file at an absolute path as it is now; empty for another one."""
    command, digest = _entries().get(str(path.resolve()), ("", ""))
    return command if digest and digest == _digest(path) else ""


def was_written(path: Path, command: str) -> bool:
    """Whether a command once wrote a file at an absolute path, whatever became of it since."""
    return _entries().get(str(path.resolve()), ("", ""))[0] == command


def remember_written(path: Path, command: str) -> None:
    """Note that a command has just written a file; where that fails, nobody is the worse for it."""
    place = str(path.resolve())
    others = [entry for entry in _entries().items() if entry[0] != place]
    entries = [(place, (command, _digest(path))), *others][:_MOST]
    with suppress(StorageError):
        write_settings(_file(), {name: list(entry) for name, entry in entries})


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
    """SHA-256 of a file, in hex; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
