"""The label file of somebody who is labelling: held, watched and replaced."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path

from filelock import FileLock, Timeout

from labeler import disk
from labeler.disk.errors import report_errors
from labeler.errors import BusyError, SourceChangedError, StorageError
from labeler.storage.labels.label_files import check_label_place, check_not_read_from
from labeler.storage.labels.label_wording import labelling

JOURNAL = ".journal"
"""What the journal's name has after that of the label file."""


class Disk(Enum):
    """What became of a label file since it was last read or written here."""

    SAME = auto()
    CHANGED = auto()
    GONE = auto()


class OpenLabelFile:
    """A label file at an absolute path that is no link, and what it held when last seen.

    Raises:
        RefusedError: it lies inside a dataset, or is a folder.
    """

    def __init__(self, path: Path, dataset_root: Path) -> None:
        with labelling(refused=""):
            check_label_place(path, dataset_root)
        self.path = path
        self.digest = ""
        """SHA-256 of the file's bytes when last read or written; empty for no file."""
        self._facts: tuple[int, int, int] | None = None
        self._dataset_root = dataset_root
        self._tried = ""  # digest of a file that may be in place although writing it failed
        self._lock: FileLock | None = None
        self._checked = False

    @property
    def journal_path(self) -> Path:
        """Where the journal lies."""
        return self.path.with_name(f"{self.path.name}{JOURNAL}")

    @property
    def history_path(self) -> Path:
        """Where the steps lie that can be undone."""
        return self.path.with_name(f".{self.path.name}.history")

    @property
    def _lock_path(self) -> Path:
        return self.path.with_name(f".{self.path.name}.lock")

    def hold(self) -> None:
        """Take the only right to write the file; it ends with `release` or with the process.

        The lock file lies beside, where the journal lies: whoever can reach the one, whatever the
        user or the way to the folder, meets the other.

        Raises:
            BusyError: another window holds it.
            StorageError: the folder or the lock file cannot be made.
        """
        # A window opens in one thread and closes in another.
        lock = FileLock(self._lock_path, timeout=0, thread_local=False)
        with labelling(), report_errors(self._lock_path):
            disk.make_folders(self.path.parent)
            try:
                lock.acquire()
            except Timeout as error:  # an OSError, too
                raise _busy(self.path) from error
        self._lock = lock
        with suppress(StorageError):
            disk.remove_staged(self.path)
            disk.remove_staged(self.journal_path)

    def release(self) -> None:
        """Let others write the file."""
        if self._lock is not None:
            # Whoever takes hold of a lock file that was removed starts over (filelock 3.20).
            with suppress(StorageError):
                disk.remove_file(self._lock_path)
            self._lock.release()
            self._lock = None

    def look(self) -> Disk:
        """Whether the file is still what was last read or written here.

        Raises:
            StorageError: it cannot be read.
        """
        facts = self._now()
        if facts == self._facts:
            return Disk.SAME
        if facts is None:
            return Disk.GONE
        digest = self._digest()
        if digest not in (self.digest, self._tried):
            return Disk.CHANGED
        self._facts, self.digest = facts, digest
        return Disk.SAME

    def remember(self) -> str:
        """Take the file as it is now for known; its SHA-256 comes back, empty for no file.

        Raises:
            StorageError: it cannot be read.
        """
        self._facts = self._now()
        self.digest = "" if self._facts is None else self._digest()
        return self.digest

    def expect(self, digest: str) -> None:
        """Take a file of this digest for known, whatever there is."""
        self._facts, self.digest = None, digest

    @contextmanager
    def settling(self) -> Iterator[None]:
        """If the block fails, know again what was known before it."""
        facts, digest = self._facts, self.digest
        try:
            yield
        except BaseException:
            self._facts, self.digest = facts, digest
            raise

    def overwrite(self, data: bytes) -> None:
        """Replace the file as a whole, unless somebody else changed it.

        Raises:
            SourceChangedError: somebody did; the file is left alone.
            StorageError: it could not be written; the old one is still there.
        """
        if not self._checked:
            with labelling(refused=""):
                check_not_read_from(self.path, self._dataset_root)
            self._checked = True
        with labelling():
            self._tried = self.digest_of(data)
            disk.rewrite(self.path, data, check=self._refuse_changed)
            self._facts, self.digest = self._now(), self._tried

    @staticmethod
    def digest_of(data: bytes) -> str:
        """The digest that a file of these bytes has."""
        return hashlib.sha256(data).hexdigest()

    def forget(self) -> None:
        """The file is gone: one written now replaces nothing."""
        self.expect("")

    def keep_aside(self, data: bytes, what: str, beside: Path | None = None) -> Path:
        """Keep bytes in a new file beside this one; its path comes back.

        Raises:
            StorageError: it could not be written.
        """
        place = beside or self.path
        with labelling():
            return disk.keep_aside(place, data, what, datetime.now(UTC))

    def keep_copy(self, what: str) -> Path:
        """Keep the file as it is now under another name beside it; its path comes back.

        Raises:
            StorageError: it could not be read or written.
        """
        with labelling(), report_errors(self.path):
            return self.keep_aside(self.path.read_bytes(), what)

    def _refuse_changed(self) -> None:
        if self.look() is Disk.CHANGED:
            raise SourceChangedError(f"{self.path} was changed.", "Reload or merge it.")

    def _now(self) -> tuple[int, int, int] | None:
        with report_errors(self.path):
            try:
                status = self.path.stat()
            except FileNotFoundError:
                return None
        return status.st_ino, status.st_size, status.st_mtime_ns

    def _digest(self) -> str:
        with labelling(), report_errors(self.path):
            return self.digest_of(self.path.read_bytes())


def real_path(path: Path) -> Path:
    """The absolute path of a file behind all links, so that two ways to it are one file."""
    return Path(os.path.realpath(path.expanduser()))


def _busy(path: Path) -> BusyError:
    return BusyError(
        f"Another window has the labels {path} open.",
        "Label there, or close it and open the dataset again.",
    )
