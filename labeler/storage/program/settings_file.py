"""Small JSON files in which the program remembers what its user prefers."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from labeler import disk
from labeler.errors import StorageError
from labeler.storage.labels.label_wording import labelling

LARGEST = 16 << 20


class DamagedSettingsError(Exception):
    """A settings file cannot be read as what it should be; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_settings(path: Path) -> object:
    """Content of a JSON file; None if there is none.

    Raises:
        DamagedSettingsError: it cannot be read, is not JSON, or is far too large.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise DamagedSettingsError("it is far too large")
        content: object = json.loads(path.read_text(encoding="utf-8"))
        return content
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DamagedSettingsError(error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise DamagedSettingsError(f"it is not JSON ({error})") from error


def write_settings(path: Path, content: object) -> None:
    """Replace a JSON file as a whole.

    Raises:
        StorageError: it could not be written; the old one is still there.
    """
    with labelling(movable=False):
        disk.make_folders(path.parent)
        disk.rewrite(path, (json.dumps(content, indent=1) + "\n").encode("ascii"))


def set_aside(path: Path) -> Path | None:
    """Keep a damaged file under another name, where it is not in the way.

    Its new path comes back; None if it could not be kept, in which case it stays where it is.
    """
    with suppress(StorageError, OSError):
        return disk.keep_aside(path, path.read_bytes(), "damaged", datetime.now(UTC))
    return None
