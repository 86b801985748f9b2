"""The journal beside a label file: decisions that are durable but not in the file yet.

A line is a checksum (8 hex digits, CRC-32 of the rest), a space and JSON, ended by a newline. The
first says what the label file held when the journal began (`base`, SHA-256 of its bytes, empty for
no file). A line `{"written": digest}` comes before the file is replaced by one of that digest. All
others are entries, of which the journal knows nothing but that later ones win, so that replaying
all of them over the base or over any file written since gives the same.

Emptying the journal is cutting it to nothing: done only when the file holds everything, it is safe
at any instant, and whether it reached the disk does not matter.
"""

import json
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labeler import disk
from labeler.disk.errors import reported
from labeler.errors import StorageError
from labeler.storage.labels.label_wording import labelling

VERSION = 1
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class JournalContent:
    """What lies in a journal.

    `torn` means that the last line was not finished, which is what a crash leaves; `damaged` that
    other lines were unreadable. `lines` are the readable ones as they are.
    """

    base: str = ""
    written: frozenset[str] = frozenset()
    entries: tuple[dict[str, Any], ...] = ()
    lines: tuple[bytes, ...] = ()
    torn: bool = False
    damaged: bool = False
    raw: bytes = field(default=b"", repr=False)

    def belongs_to(self, digest: str) -> bool:
        """Whether the entries were made on a label file of this digest."""
        return not self.entries or digest == self.base or digest in self.written


def read_journal(path: Path) -> JournalContent:
    """What lies in the journal at `path`; nothing if there is none.

    Raises:
        StorageError: it is there and cannot be read.
    """
    with labelling(), reported(path):
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return JournalContent()
    *complete, rest = raw.split(b"\n")
    values = [(line, _value(line)) for line in complete]
    good = [(line, value) for line, value in values if value is not None]
    header = good[0][1] if good and "journal" in good[0][1] else {}
    body = [(line, value) for line, value in good if "journal" not in value]
    return JournalContent(
        base=str(header.get("base", "")),
        written=frozenset(str(value["written"]) for _, value in body if "written" in value),
        entries=tuple(value for _, value in body if "written" not in value),
        lines=tuple(line + b"\n" for line, _ in body),
        torn=bool(rest),
        damaged=len(good) < len(values) or (bool(body) and header.get("journal") != VERSION),
        raw=raw,
    )


class Journal:
    """The journal of one label file, open for appending. Not for two threads at a time."""

    def __init__(self, path: Path, base: str = "", lines: tuple[bytes, ...] = ()) -> None:
        """Take over a journal that holds exactly `lines` (see `JournalContent`) after its header.

        Nothing is written; call `restart` if the file holds anything else.
        """
        self.path = path
        self._base = base
        self._lines = list(lines)
        self._file: disk.AppendedFile | None = None

    def open(self) -> None:
        """Open the file, so that the first entry need not do it.

        Raises:
            StorageError: it cannot be opened or made.
        """
        with labelling():
            self._file = disk.AppendedFile(self.path)

    def append(self, entry: Entry) -> None:
        """Add a line; it is on the disk when this returns.

        Raises:
            StorageError: it is not; everything before it still is. The next call tries again.
        """
        line = _line(entry)
        with labelling():
            if self._file is None or not self._file.is_in_place():
                self._write_anew([*self._lines, line])
            else:
                data = line if self._lines else self._header() + line
                try:
                    self._file.append(data)
                except StorageError:
                    self._forget()  # what is in the file now is not sure: written anew next time
                    raise
        self._lines.append(line)

    def note_written(self, digest: str) -> None:
        """Say that the label file is about to be replaced by one of this SHA-256."""
        self.append({"written": digest})

    def restart(self, base: str, entries: tuple[Entry, ...] = ()) -> None:
        """Begin again on a label file of digest `base`, with `entries` alone, at one instant.

        Raises:
            StorageError: the old journal is still there.
        """
        old, self._base = self._base, base
        lines = [_line(entry) for entry in entries]
        try:
            with labelling():
                if not lines and self._file is not None and self._file.is_in_place():
                    self._file.empty()
                else:
                    self._write_anew(lines)
        except StorageError:
            self._base = old
            raise
        self._lines = lines

    def close(self, *, remove: bool) -> None:
        """Close the file, and remove it if its entries are all in the label file."""
        if self._file is None and not remove:
            with suppress(StorageError):  # an entry that was refused may still be in the file
                self._write_anew(self._lines)
        self._forget()
        if remove:
            with suppress(StorageError):  # an empty journal harms nobody
                disk.remove_file(self.path)

    def _write_anew(self, lines: list[bytes]) -> None:
        self._forget()
        disk.rewrite(self.path, self._header() + b"".join(lines) if lines else b"")
        self._file = disk.AppendedFile(self.path)

    def _header(self) -> bytes:
        return _line({"journal": VERSION, "base": self._base})

    def _forget(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _line(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _value(line: bytes) -> dict[str, Any] | None:
    """Content of a line; None if it is not what was written."""
    checksum, _, text = line.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(text):
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
