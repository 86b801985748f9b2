"""What a journal looks like on the disk, and how it is read.

A line is the length of its text in bytes, the first 16 hex digits of the SHA-256 of that text, the
text itself, which is JSON in ASCII, and a newline, with a space between the three. The first line
says what the label file held when the journal began (`base`, SHA-256 of its bytes, empty for no
file), the second how many lines were acknowledged after it (`lines`). That one always has the same
length: it is overwritten in place after each line that was synced. So whoever cuts or zeroes the
end of the journal leaves the number.

A line `{"written": digest}` comes before the label file is replaced by one of that digest. All
others are entries, of which the journal knows nothing but that later ones win, so that replaying
all of them over the base or over any file written since gives the same.

Journals of version 1 are read, too. There a line is a CRC-32 in 8 hex digits and the text, and
nothing is counted.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labeler.disk.errors import report_errors
from labeler.storage.labels.label_wording import labelling

VERSION = 2
_READ = 1, VERSION
_COUNT = 32  # bytes of the second line's text, filled up with spaces
_DIGITS = 16


@dataclass(frozen=True)
class JournalContent:
    """What lies in a journal.

    `rest` is what comes after the last whole line: a crash in the middle of a line leaves that, and
    so does a file that was cut or zeroed. `missing` are lines that were acknowledged and are not
    there any more; `damaged` means that there are unreadable ones. `lines` are the readable ones
    as they are.
    """

    base: str = ""
    version: int = VERSION
    written: frozenset[str] = frozenset()
    entries: tuple[dict[str, Any], ...] = ()
    lines: tuple[bytes, ...] = ()
    rest: bytes = b""
    missing: int = 0
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
    with labelling(), report_errors(path):
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return JournalContent()
    *complete, rest = raw.split(b"\n")
    values = [(line, _value(line)) for line in complete]
    good = [(line, value) for line, value in values if value is not None]
    header = good[0][1] if good and "journal" in good[0][1] else {}
    count = next((value["lines"] for _, value in good[1:2] if "lines" in value), None)
    body = [(line, value) for line, value in good if not {"journal", "lines"} & value.keys()]
    return JournalContent(
        base=str(header.get("base", "")),
        version=VERSION if header.get("journal", VERSION) == VERSION else 1,
        written=frozenset(str(value["written"]) for _, value in body if "written" in value),
        entries=tuple(value for _, value in body if "written" not in value),
        lines=tuple(line + b"\n" for line, _ in body),
        rest=rest,
        missing=max(0, count - len(body)) if type(count) is int else 0,
        damaged=len(good) < len(values) or (bool(body) and header.get("journal") not in _READ),
        raw=raw,
    )


def first_line(base: str) -> bytes:
    """The first line of a journal."""
    return line_of({"journal": VERSION, "base": base})


def count_line(lines: int) -> bytes:
    """The second line of a journal, always of the same length."""
    text = json.dumps({"lines": lines}, separators=(",", ":")).encode("ascii")
    return _line(text.ljust(_COUNT))


def line_of(value: Mapping[str, Any]) -> bytes:
    """The line that says `value`."""
    return _line(json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii"))


def _line(text: bytes) -> bytes:
    return b"%d %s %s\n" % (len(text), _digest(text), text)


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_DIGITS].encode()


def _value(line: bytes) -> dict[str, Any] | None:
    """Content of a line; None if it is not what was written."""
    first, _, after = line.partition(b" ")
    second, _, text = after.partition(b" ")
    if first != b"%d" % len(text) or second != _digest(text):
        if first != b"%08x" % zlib.crc32(after):  # version 1
            return None
        text = after
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
