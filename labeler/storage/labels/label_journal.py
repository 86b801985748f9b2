"""The journal beside a label file: decisions that are durable but not in the file yet.

`journal_lines` says what it looks like. Emptying the journal is cutting it behind its second line:
done only when the label file holds everything, it is safe at any instant, and whether the cut
reached the disk does not matter.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from labeler import disk
from labeler.errors import StorageError
from labeler.storage.labels.journal_lines import count_line, first_line, line_of
from labeler.storage.labels.label_wording import labelling

Entry = Mapping[str, Any]


class Journal:
    """The journal of one label file, open for appending. Not for two threads at a time."""

    def __init__(self, path: Path, base: str = "", lines: tuple[bytes, ...] = ()) -> None:
        """Take over a journal that holds exactly `lines` (see `JournalContent`) after its header.

        Nothing is written; call `restart` if the file holds anything else.
        """
        self.path = path
        self._base = base
        self._lines = list(lines)
        self._begun_on = base  # what the first line of the file says
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
        lines = [line_of(entry)]
        if not self._lines and self._base != self._begun_on:  # the file was cut, see `restart`
            lines.insert(0, line_of({"written": self._base}))
        with labelling():
            if self._file is None or not self._file.is_in_place():
                self._replace([*self._lines, *lines])
            else:
                try:
                    self._file.append(b"".join(lines))
                except StorageError:
                    self._forget()  # what is in the file is not sure: it is replaced next time
                    raise
                self._count(len(self._lines) + len(lines))
        self._lines += lines

    def note_written(self, digest: str) -> None:
        """Say that the label file is about to be replaced by one of this SHA-256."""
        self.append({"written": digest})

    def restart(self, base: str, entries: tuple[Entry, ...] = ()) -> None:
        """Begin again on a label file of digest `base`, with `entries` alone, at one instant.

        Raises:
            StorageError: the old journal is still there.
        """
        old, self._base = self._base, base
        lines = [line_of(entry) for entry in entries]
        try:
            with labelling():
                if not lines and self._file is not None and self._file.is_in_place():
                    self._empty(self._file)
                else:
                    self._replace(lines)
        except StorageError:
            self._base = old
            raise
        self._lines = lines

    def close(self, *, remove: bool) -> None:
        """Close the file, and remove it if its entries are all in the label file."""
        if self._file is None and not remove:
            with suppress(StorageError):  # an entry that was refused may still be in the file
                self._replace(self._lines)
        self._forget()
        if remove:
            with suppress(StorageError):  # an empty journal harms nobody
                disk.remove_file(self.path)

    def _replace(self, lines: list[bytes]) -> None:
        self._forget()
        start = first_line(self._base) + count_line(len(lines))
        disk.rewrite(self.path, start + b"".join(lines))
        self._file, self._begun_on = disk.AppendedFile(self.path), self._base

    def _count(self, lines: int) -> None:
        """Say in the second line how many there are; if that fails, the file is replaced later."""
        assert self._file is not None
        try:
            self._file.overwrite(len(first_line(self._begun_on)), count_line(lines))
        except StorageError:
            self._forget()

    def _empty(self, file: disk.AppendedFile) -> None:
        """The number comes to the disk before the cut: else lines would seem to be missing."""
        start = first_line(self._begun_on)
        try:
            file.overwrite(len(start), count_line(0))
            file.cut(len(start) + len(count_line(0)))
        except StorageError:
            self._forget()
            raise

    def _forget(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
