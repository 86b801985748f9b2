"""The steps that were decided, beside the label file, so that a later start can undo them."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from labeler import disk
from labeler.errors import StorageError

_LARGEST = 16 << 20  # bytes; of a longer file the last half is kept
Line = Mapping[str, Any]


class HistoryFile:
    """A file of JSON lines that grows. What cannot be kept or read is given up in silence:

    labels do not depend on it, and whoever reads it compares it with the labels that there are.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.broken = False
        """Whether a line could not be kept, so that what is on the disk lacks steps."""
        self._begun = False

    def append(self, line: Line) -> None:
        """Keep one more line. It is not synced: a crash of the machine may lose it."""
        if self.broken:
            return
        # The first line of a session ends what an interrupted one may have left without its end.
        before = "" if self._begun else "\n"
        try:
            if not self._begun:
                self._trim()
            disk.append_line(self.path, before + json.dumps(line, separators=(",", ":")))
        except StorageError:
            self.broken = True
            with suppress(StorageError):
                disk.remove_file(self.path)
        self._begun = True

    def read(self) -> list[Line]:
        """Lines in their order, from the last one on that cannot be read; empty without a file."""
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        lines: list[Line] = []
        for line in filter(str.strip, text.split("\n")):
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):
                found = None
            if isinstance(found, dict):
                lines.append(found)
            else:
                lines.clear()
        return lines

    def _trim(self) -> None:
        with suppress(OSError):
            if self.path.stat().st_size > _LARGEST:
                rest = self.path.read_bytes()[-_LARGEST // 2 :]
                disk.rewrite(self.path, rest[rest.find(b"\n") + 1 :])
