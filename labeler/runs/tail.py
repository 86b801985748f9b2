"""Reads the lines of a file that another process appends to, each one once."""

import json
from pathlib import Path

from labeler.contracts.events import VERSION, Event, parse

_MOST = 1 << 20  # bytes read at once, so that the window is never held up


class EventTail:
    """Events of a run's file, as they come.

    Half a line waits for its other half; lines that are no events are left out.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.newer = False
        """Whether a line was of a newer version of the protocol."""
        self._place = 0
        self._half = b""

    def read(self) -> list[Event]:
        """Events that came since the last call; at most a megabyte of them."""
        try:
            with self.path.open("rb") as file:
                if file.seek(0, 2) < self._place:
                    self._place, self._half = 0, b""
                file.seek(self._place)
                block = file.read(_MOST)
        except OSError:
            return []
        self._place += len(block)
        *lines, self._half = (self._half + block).split(b"\n")
        if len(self._half) > _MOST:  # no line of ours is so long
            self._half = b""
        found = (self._event(line.decode("utf-8", "replace")) for line in lines)
        return [event for event in found if event is not None]

    def _event(self, line: str) -> Event | None:
        event = parse(line)
        if event is None and not self.newer:
            self.newer = _version(line) > VERSION
        return event


def _version(line: str) -> int:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return 0
    version = values.get("version") if isinstance(values, dict) else 0
    return version if type(version) is int else 0


def last_lines(path: Path, count: int) -> list[str]:
    """The end of a text file, at most 64 kB of it; nothing where there is none."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(size - (64 << 10), 0))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    # A progress bar writes over its line; only what it ended with is worth reading.
    return [line.rpartition("\r")[2] for line in text.rstrip().split("\n") if line][-count:]
