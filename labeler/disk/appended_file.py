"""Files that grow at their end."""

import os
from contextlib import suppress
from pathlib import Path

from labeler.disk.errors import report_errors
from labeler.disk.files import Data, sync_folder

_GROWING = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_BLOCK = 1 << 20


class AppendedFile:
    """A file that grows at its end; what was appended is on the disk when `append` returns.

    It belongs to one process: who opens it holds the lock of what it is for.
    """

    def __init__(self, path: Path) -> None:
        """Open `path`, or make it and make its name durable."""
        self.path = path
        with report_errors(path):
            there = path.exists()
            self._descriptor = os.open(path, _GROWING | _BINARY, 0o644)
            self._size = os.lseek(self._descriptor, 0, os.SEEK_END)
        if not there:
            sync_folder(path.parent)

    def append(self, data: Data) -> None:
        """Append `data` and sync it; after a failure the file ends where it ended before."""
        with report_errors(self.path):
            try:
                self._write(data, self._size)
                os.fsync(self._descriptor)
            except BaseException:
                with suppress(OSError):
                    os.ftruncate(self._descriptor, self._size)
                raise
        self._size += len(memoryview(data).cast("B"))

    def overwrite(self, start: int, data: Data) -> None:
        """Overwrite bytes in the middle from byte `start` on; durable with the next append."""
        with report_errors(self.path):
            self._write(data, start)

    def cut(self, size: int) -> None:
        """Sync the file, then cut it to its first `size` bytes; durable with the next append."""
        with report_errors(self.path):
            os.fsync(self._descriptor)
            os.ftruncate(self._descriptor, size)
        self._size = size

    def _write(self, data: Data, start: int) -> None:
        view = memoryview(data).cast("B")
        os.lseek(self._descriptor, start, os.SEEK_SET)
        done = 0
        while done < len(view):
            done += os.write(self._descriptor, view[done : done + _BLOCK])

    def is_in_place(self) -> bool:
        """Whether the path still leads to this file; not so once it was removed or replaced."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), self.path.stat())
        except OSError:
            return False

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def append_line(path: Path, line: str) -> None:
    """Add a line to a text file, which is made if it is missing; a crash may lose it."""
    with report_errors(path), path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
