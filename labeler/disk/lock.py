"""One writer at a time for one copy."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_state_path

from labeler import disk
from labeler.disk.errors import reported
from labeler.errors import BusyError


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
    lock = FileLock(folder / f"{name}.lock", timeout=0)
    with reported(folder / f"{name}.lock"):
        try:
            lock.acquire()
        except Timeout as error:  # an OSError, too
            raise BusyError(
                f"Another Labeler is writing {destination}.", "Wait until it is done."
            ) from error
    try:
        yield
    finally:
        lock.release()
