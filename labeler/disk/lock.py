"""One writer at a time for one copy, whoever and wherever the writers are."""

import errno
import getpass
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, SoftFileLock, Timeout, lock_descriptor

from labeler import disk
from labeler.disk.errors import report_errors
from labeler.errors import BusyError, StorageError

_FLAGS = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_LONGEST = 200  # characters of an owner that are shown
_ATTEMPTS = 20
_SIGNED_WITHIN = 1.0  # seconds between the lock and its signature, at the most
_OWN = "meta/labeler"  # what no reader of datasets looks into


@contextmanager
def writing(destination: Path) -> Iterator[None]:
    """Hold the only right to write `destination`; it ends with the process at the latest.

    The lock file lies beside the copy, hidden: two accounts, containers or machines meet there, as
    far as their file system tells them of each other's locks (NFS does). It says whose it is, and
    goes with the block; what a killed process leaves is no lock any more. Where nothing may be
    written beside a copy, it lies in the copy's own folder for labels. That folder is locked, too:
    so those meet who reach the copy on different ways, as when it is mounted into a container.

    Raises:
        BusyError: another process holds it.
        StorageError: the lock file cannot be made.
    """
    path = lock_file(destination)
    disk.make_folders(path.parent)
    with ExitStack() as held:
        descriptor = _acquire(path, destination)
        if descriptor is None:
            held.enter_context(_mark(path, destination))
        else:
            held.callback(os.close, descriptor)
            held.callback(_remove, path)  # while it is held: who waits for it looks for it again
            _sign(descriptor)
        _lock_folder(destination, held)
        yield


def lock_file(destination: Path) -> Path:
    """Where the lock of a copy lies: beside it, or inside if nothing may be written beside it."""
    place = destination.resolve()
    inside = place / _OWN
    if inside.is_dir() and not os.access(place.parent, os.W_OK):
        return inside / ".lock"
    return place.with_name(f".{place.name}.lock")


def _acquire(path: Path, destination: Path) -> int | None:
    """The lock file, open and locked; None if the file system knows no locks."""
    while True:
        with report_errors(path), ExitStack() as opened:
            descriptor = _open(path)
            opened.callback(os.close, descriptor)
            try:
                if not lock_descriptor(descriptor, blocking=False):
                    raise _busy(destination, path, _owner(path))
            except OSError as error:
                if error.errno != errno.ENOSYS:
                    raise
                path.unlink(missing_ok=True)
                return None
            if _is_in_place(descriptor, path):
                opened.pop_all()
                return descriptor


def _open(path: Path) -> int:
    """Open the lock file, or make one that every account may lock.

    One that is there is opened without O_CREAT, which Linux forbids for files of others in folders
    like /tmp.
    """
    while True:
        with suppress(FileNotFoundError):
            return os.open(path, _FLAGS)
        with suppress(FileExistsError):
            descriptor = os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o666)
            with suppress(OSError, AttributeError):
                os.fchmod(descriptor, 0o666)
            return descriptor


def _is_in_place(descriptor: int, path: Path) -> bool:
    """Whether what was locked is still what others find there, and not removed by its owner."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


@contextmanager
def _mark(path: Path, destination: Path) -> Iterator[None]:
    """Without locks of the file system: a file that is there as long as somebody writes.

    One of a process of this machine that has ended counts for nothing.
    """
    marker = path.with_name(f"{path.name}ed")
    lock = SoftFileLock(marker, timeout=0)
    with report_errors(marker):
        try:
            lock.acquire()
        except Timeout as error:  # an OSError, too
            process, host, *_ = [*_text(marker).split(), "", ""]
            raise _busy(destination, marker, f"process {process} on {host}") from error
    try:
        yield
    finally:
        lock.release()


def _lock_folder(destination: Path, held: ExitStack) -> None:
    """Lock the copy's own folder, where there is one and the file system locks folders."""
    try:
        descriptor = os.open(destination / _OWN, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    except OSError:
        return
    held.callback(os.close, descriptor)
    free = True
    with suppress(OSError):  # NFS does not
        free = lock_descriptor(descriptor, blocking=False)
    if not free:
        raise _busy(destination, None, "")


def _busy(destination: Path, path: Path | None, owner: str) -> BusyError:
    """Who writes, where that is known, and what helps if nobody does any more."""
    who = owner[:_LONGEST] if owner.isprintable() else ""
    host = who.partition(" on ")[2].partition(",")[0]
    gone = path is not None and host not in ("", socket.gethostname())
    return BusyError(
        f"Another Labeler is writing {destination}{': ' if who else ''}{who}.",
        "Wait until it is done.",
        f"If {host} was switched off meanwhile, remove {path}." if gone else "",
    )


def _sign(descriptor: int) -> None:
    """Say in the lock file whose it is; that is for people, so failing does no harm."""
    since = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    text = f"{_user()} on {socket.gethostname()}, process {os.getpid()}, since {since}\n"
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.write(descriptor, text.encode("utf-8", "replace"))


def _owner(path: Path) -> str:
    """What a lock file says once its owner, who may have got it just now, has signed it."""
    for _ in range(_ATTEMPTS):
        time.sleep(_SIGNED_WITHIN / _ATTEMPTS)
        if text := _text(path):
            return text
    return ""


def _text(path: Path) -> str:
    """What a lock file says; nothing if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(4 * _LONGEST).decode("utf-8", "replace").strip()
    except OSError:
        return ""


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # an account without a name, as in a container
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"


def hold(path: Path, busy: BusyError) -> FileLock:
    """A lock that one process holds, until it is given to `release` or the process ends.

    Raises:
        BusyError: `busy`, because another process holds it.
        StorageError: the lock file cannot be made.
    """
    lock = FileLock(path, timeout=0)
    with report_errors(path):
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
