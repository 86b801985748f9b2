"""What a user can send: reports of crashes, and a folder with what a bug report needs.

Versions, settings and logs; no images and no labels.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_config_path, user_data_path, user_log_path

from labeler import disk
from labeler.disk.errors import report_errors
from labeler.errors import StorageError

_CRASHES = 20
_TRAININGS = 5
_OF_A_TRAINING = ("log.txt", "events.jsonl", "train.json")
_LARGEST = 4 << 20  # bytes of one file; of a longer one the end is kept


def write_crash_report(text: str) -> Path | None:
    """Write a report into the user's log folder; None where even that fails."""
    folder = user_log_path("labeler", appauthor=False)
    path = folder / f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.txt"
    with suppress(StorageError):
        disk.make_folders(folder)
        disk.write_file(path, text.encode("utf-8", "replace"))
        return path
    return None


def problem_files() -> dict[str, Path]:
    """What a report would hold: name in its folder -> file; the newest of each kind."""
    found = {}
    settings = user_config_path("labeler", appauthor=False) / "settings.json"
    if settings.is_file():
        found["settings.json"] = settings
    crashes = sorted(user_log_path("labeler", appauthor=False).glob("crash-*.txt"))
    found.update({path.name: path for path in crashes[-_CRASHES:]})
    trainings = user_data_path("labeler", appauthor=False) / "trainings"
    logs = sorted(trainings.glob("*/*/log.txt"), key=lambda path: path.stat().st_mtime)
    for log in logs[-_TRAININGS:]:
        for name in _OF_A_TRAINING:
            if (path := log.with_name(name)).is_file():
                found[f"{log.parents[1].name} {log.parent.name} {name}"] = path
    return found


def write_problem_report(environment: Sequence[str]) -> Path:
    """Gather the files in a new folder beside the logs; the user's home is written as `~`.

    Raises:
        StorageError: it could not be written, or a file could not be read.
    """
    parent = user_log_path("labeler", appauthor=False)
    disk.make_folders(parent)
    folder = parent / f"report-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
    with disk.new_folder(folder) as staged:
        disk.write_file(staged / "versions.txt", "\n".join((*environment, "")).encode())
        for name, path in problem_files().items():
            with report_errors(path):
                data = path.read_bytes()[-_LARGEST:]
            disk.write_file(staged / name, _without_home(data))
    return folder


def _without_home(data: bytes) -> bytes:
    home = str(Path.home()).encode()
    return data.replace(home, b"~") if len(home) > 1 else data
