"""One writer at a time."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_state_path

from labeler import disk
from labeler.disk.errors import reported
from labeler.errors import BusyError, StorageError


@contextmanager
def writing(destination: Path) -> Iterator[None]:
    """Hold the only right to write `destination`; it ends with the process at the latest.

    The lock file lies in the user's state folder: nothing foreign may lie beside a dataset.

    Raises:
        BusyError: another process holds it.
        StorageError: the lock file cannot be made.
    """
    folder = user_state_path("labeler", appauthor=False) / "locks"
    disk.make_folders(folder)
    name = hashlib.sha256(str(destination.resolve()).encode()).hexdigest()[:32]
    busy = BusyError(f"Another Labeler is writing {destination}.", "Wait until it is done.")
    lock = hold(folder / f"{name}.lock", busy)
    try:
        yield
    finally:
        lock.release()


def hold(path: Path, busy: BusyError) -> FileLock:
    """A lock that one process holds, until it is given to `release` or the process ends.

    Raises:
        BusyError: `busy`, because another process holds it.
        StorageError: the lock file cannot be made.
    """
    lock = FileLock(path, timeout=0)
    with reported(path):
        try:
            lock.acquire()
        except Timeout as error:  # an OSError, too
            raise busy from error
    return lock


def release(lock: FileLock) -> None:
    """Let others have a lock, and remove its file if that may be done."""
    lock.release()
    with suppress(StorageError):
        disk.remove_file(Path(lock.lock_file))
