"""What `labeler doctor` looks at: each finding says whether it is well, and what would help."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import av
from platformdirs import user_data_path, user_state_path

from labeler.cli.cures import hint
from labeler.cli.window import Window
from labeler.environment import PACKAGES, environment, version_or_missing
from labeler.errors import LabelerError
from labeler.labels.wording import size_text
from labeler.storage.copying.destination import free_room

CODECS = ("h264", "hevc", "av1", "mjpeg")
"""What LeRobot's cameras and converters write."""
_LITTLE = 5 << 30  # bytes; a training with its cache and a copy of a small recording need less
_LARGEST = 1 << 20  # bytes of the Hub's answer
_LOCK = ".lock"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    text: str
    well: bool = True
    cure: str = ""


def diagnosis(window: Window | None, *, hub: bool) -> Iterator[Finding]:
    """Everything that is looked at, as soon as it is known; the Hub only with `hub`."""
    yield Finding("version", "; ".join(environment("labeler")))
    yield _packages()
    yield _screen(window)
    yield _decoder()
    yield from _trainer()
    yield from _disks()
    yield _locks()
    if hub:
        yield _hub()


def _packages() -> Finding:
    missing = [
        name for name, package in PACKAGES.items() if version_or_missing(package) == "missing"
    ]
    cure = "Install Labeler again as docs/install.md says." if missing else ""
    return Finding("packages", ", ".join(missing) or "all there", not missing, cure)


def _screen(window: Window | None) -> Finding:
    if window is None or window.check is None or not window.possible():
        return Finding("window", "no screen here; every command works without one")
    try:
        window.check()
    except LabelerError as error:
        return Finding("window", error.message, well=False, cure=hint(error))
    platform = os.environ.get("QT_QPA_PLATFORM", "") or sys.platform
    return Finding("window", f"Qt can open one, platform {platform}")


def _decoder() -> Finding:
    absent = [name for name in CODECS if name not in av.codecs_available]
    text = f"decodes {', '.join(name for name in CODECS if name not in absent)}"
    if not absent:
        return Finding("decoder", text)
    cure = "Install the `av` wheel of the package index instead of one built by hand."
    return Finding("decoder", f"{text}; cannot decode {', '.join(absent)}", well=False, cure=cure)


def _trainer() -> Iterator[Finding]:
    """Asked of a process of its own: this one never imports torch."""
    command = [sys.executable, "-m", "classifier.cli.environment"]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        reason = (run.stderr.strip().splitlines() or ["no reason given"])[-1]
        cure = "Install PyTorch again as docs/install.md says."
        yield Finding("trainer", reason, well=False, cure=cure)
        return
    told = json.loads(run.stdout)
    yield Finding("devices", ", ".join(told["devices"]))
    encoders = ", ".join(told["encoders"]) or "none downloaded yet; the command that names one does"
    yield Finding("encoders", encoders)
    yield Finding("cache", f"{size_text(told['cache_bytes'])} in {told['cache']}")


def _disks() -> Iterator[Finding]:
    for what, place in (("here", Path.cwd()), ("labels", user_data_path("labeler"))):
        free = free_room(place / "copy")
        text = f"{size_text(free)} free at {place}"
        cure = "Free some room: copies and runs are refused when it does not suffice."
        yield Finding(f"disk ({what})", text, free > _LITTLE, "" if free > _LITTLE else cure)


def _locks() -> Finding:
    folders = (
        user_state_path("labeler", appauthor=False) / "locks",
        user_data_path("labeler", appauthor=False) / "labels",
    )
    files = [path for folder in folders if folder.is_dir() for path in folder.rglob(f"*{_LOCK}")]
    held = [str(path) for path in files if _is_held(path)]
    if not held:
        return Finding("locks", f"none held, {len(files)} left by programs that ended (harmless)")
    return Finding("locks", f"held by a program that is running: {', '.join(held)}")


def _is_held(path: Path) -> bool:
    """Whether a process holds a lock; a file that nobody holds harms nothing."""
    with suppress(ImportError, OSError):
        import fcntl

        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            fcntl.flock(file, fcntl.LOCK_UN)
    return False


def _hub() -> Finding:
    from labeler.remote.hub_connection import Connection, translate_errors

    try:
        connection = Connection()
        with translate_errors("the Hub"):
            connection.content(f"{connection.endpoint}/api/models?limit=1", _LARGEST)
    except LabelerError as error:
        return Finding("hub", error.message, well=False, cure=hint(error))
    return Finding("hub", f"{connection.endpoint} answers")
