"""How files and folders are made, copied, renamed and removed.

Every function either makes something new or replaces it by a rename; nothing is ever written
through a link, and nothing counts as written before it is synced to the disk. Inside of
`sync_together` new files are synced by its end.
"""

import ctypes
import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

from labeler.disk.errors import report_errors, report_source_errors

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_BLOCK = 1 << 20  # what is read, digested and written stays in the processor's cache
_SENT = 16 << 20  # bytes that the kernel copies by itself before somebody is told
_MANY = 32, 256 << 20  # files, and bytes in them, after which syncing begins
_LINUX = sys.platform == "linux"
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE, linux/fcntl.h and linux/fs.h
_FICLONE = 0x40049409  # ioctl number of a copy-on-write clone, linux/fs.h

Data = bytes | bytearray | memoryview
OnBytes = Callable[[int], None]
_Files = list[tuple[int, Path]]


class _Unsynced:
    """New files that stay open until they are synced, most of them in another thread meanwhile.

    So the disk has something to do from early on; and since files stay open until then, no error
    of the disk goes unnoticed.
    """

    def __init__(self) -> None:
        self._files: _Files = []
        self._size = 0
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="sync")
        self._begun: Future[None] | None = None

    def add(self, descriptor: int, path: Path) -> None:
        """Take over an open file; once there are many, syncing them begins."""
        self._files.append((descriptor, path))
        self._size += os.fstat(descriptor).st_size
        if len(self._files) >= _MANY[0] or self._size >= _MANY[1]:
            self._wait()  # so at most twice as many are open
            self._begun = self._pool.submit(_sync, self._take())

    def sync(self) -> None:
        """Sync and close every file."""
        self._wait()
        _sync(self._take())

    def close(self) -> None:
        """Close the files as they are."""
        self._pool.shutdown()
        for descriptor, _ in self._take():
            os.close(descriptor)

    def _take(self) -> _Files:
        files, self._files, self._size = self._files, [], 0
        return files

    def _wait(self) -> None:
        if self._begun is not None:
            begun, self._begun = self._begun, None
            begun.result()


def _sync(files: _Files) -> None:
    """Sync and close files; closed they are in any case."""
    try:
        for descriptor, path in files:
            with report_errors(path):
                os.fsync(descriptor)
    finally:
        for descriptor, _ in files:
            os.close(descriptor)


_UNSYNCED: ContextVar[_Unsynced | None] = ContextVar("_UNSYNCED", default=None)


@contextmanager
def sync_together() -> Iterator[None]:
    """Sync the files that this thread makes in the block at its end, if it ends without error."""
    files = _Unsynced()
    before = _UNSYNCED.set(files)
    try:
        yield
        files.sync()
    finally:
        _UNSYNCED.reset(before)
        files.close()


def sync_made() -> None:
    """Sync what was made in the block of `sync_together` until now."""
    if (files := _UNSYNCED.get()) is not None:
        files.sync()


class NewFile:
    """A file that did not exist before; synced to the disk when the block ends without error.

    Inside of `sync_together` it is synced with the others.
    """

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        """`durable=False` leaves syncing to the system: for what can be made again."""
        self.path = path
        self._durable = durable
        self._descriptor = -1

    def __enter__(self) -> Self:
        with report_errors(self.path):
            self._descriptor = os.open(self.path, _NEW | _BINARY, 0o644)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        sync = kind is None and self._durable
        if sync and (unsynced := _UNSYNCED.get()) is not None:
            unsynced.add(self._descriptor, self.path)
            return
        with report_errors(self.path):
            try:
                if sync:
                    os.fsync(self._descriptor)
            finally:
                os.close(self._descriptor)

    def write(self, data: Data) -> int:
        """Write all of `data`; the number of bytes comes back."""
        view = memoryview(data).cast("B")
        done = 0
        with report_errors(self.path):
            while done < len(view):
                done += os.write(self._descriptor, view[done : done + _BLOCK])
        return done

    def receive(self, source: FileIO, on_bytes: OnBytes) -> None:
        """Write the content of an open file; the kernel does it where it can.

        Raises:
            OSError: the source cannot be read.
            StorageError: this file cannot be written.
        """
        done = 0
        while count := self._send(source.fileno(), done):
            done += count
            on_bytes(count)
        source.seek(done)  # the rest, or all; what is wrong with either file shows now
        buffer = bytearray(_BLOCK)
        while count := source.readinto(buffer):
            self.write(memoryview(buffer)[:count])
            on_bytes(count)

    def _send(self, source: int, at: int) -> int:
        """Let the kernel append bytes of an open file, from byte `at` on; 0 if it cannot, too."""
        if not hasattr(os, "sendfile"):  # Windows
            return 0
        try:
            return os.sendfile(self._descriptor, source, at, _SENT)
        except OSError:
            return 0

    def clone(self, source: int) -> bool:
        """Share the blocks of an open file where the file system can (btrfs, XFS, bcachefs)."""
        try:
            import fcntl
        except ImportError:  # Windows
            return False
        try:
            fcntl.ioctl(self._descriptor, _FICLONE, source)
        except OSError:
            return False
        return True


def write_file(path: Path, data: Data) -> str:
    """Make a new file with `data` and sync it; its SHA-256 comes back."""
    with NewFile(path) as file:
        file.write(data)
    return hashlib.sha256(data).hexdigest()


def copy_file(source: Path, destination: Path, on_bytes: OnBytes = lambda count: None) -> None:
    """Copy the content of `source` (links followed) to a new file.

    Blocks are shared with the source where the file system can do that.

    Raises:
        SourceChangedError: `source` cannot be read, or no longer.
        StorageError: `destination` cannot be written.
    """
    with (
        report_source_errors(source),  # what concerns the new file is a StorageError by then
        source.open("rb", buffering=0) as reader,
        NewFile(destination) as writer,
    ):
        if writer.clone(reader.fileno()):
            on_bytes(os.fstat(reader.fileno()).st_size)
        else:
            writer.receive(reader, on_bytes)


def make_folders(path: Path) -> None:
    """Make a folder and those above it that are missing."""
    with report_errors(path):
        if not path.is_dir():
            path.mkdir(parents=True, exist_ok=True)


def make_new_folder(path: Path) -> None:
    """Make a folder that does not exist yet."""
    with report_errors(path):
        path.mkdir(parents=False, exist_ok=False)


def sync_folder(path: Path) -> None:
    """Make renames and new names inside a folder durable."""
    if os.name != "posix":  # Windows
        return
    with report_errors(path):
        descriptor = os.open(path, os.O_RDONLY | _BINARY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_tree(path: Path) -> None:
    """Make every name below a folder durable."""
    for folder, _, _ in os.walk(path, topdown=False):
        sync_folder(Path(folder))


def rename(source: Path, target: Path, *, durable: bool = True) -> None:
    """Rename a file over another, or a folder to a free name, and make that durable."""
    with report_errors(target):
        source.replace(target)
    if not durable:
        return
    sync_folder(target.parent)
    if source.parent != target.parent:
        sync_folder(source.parent)


def put_in_place(made: Path, target: Path, aside: Path | None = None) -> None:
    """Give a finished folder its name; a folder that has the name already goes to `aside`.

    Where the system can exchange two names, `target` is the old folder or the new one at any
    instant. Elsewhere there is a moment in which it is neither, and both lie beside it. Without
    `aside` the name has to be free, or that of an empty folder.

    Raises:
        StorageError: it could not be done; everything is where it was.
    """
    if aside is None or not target.exists():
        rename(made, target)
        return
    rename(made, aside)
    try:
        if not _exchange(aside, target):
            rename(aside, made)
            _replace_in_two_steps(made, target, aside)
    except BaseException:
        if aside.exists() and not made.exists():
            rename(aside, made)
        raise
    sync_folder(target.parent)


def _replace_in_two_steps(made: Path, target: Path, aside: Path) -> None:
    rename(target, aside)
    try:
        rename(made, target)
    except BaseException:
        rename(aside, target)
        raise


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step (renameat2, Linux 3.15); False where that cannot be done."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if _LINUX else None
    if call is None:
        return False
    if call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL):  # too old a system, or a file system without it
        return False
    with report_errors(other):
        raise OSError(number, os.strerror(number))


def keep_aside(path: Path, data: Data, what: str, time: datetime) -> Path:
    """Write `data` to a new file beside `path` whose name says what it is; its path comes back."""
    aside = free_name(path, what, time)
    write_file(aside, data)
    sync_folder(aside.parent)
    return aside


def free_name(path: Path, what: str, time: datetime) -> Path:
    """A name beside `path` that says what it is, and that nothing has yet."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.name}.{what}-{stamp}")
    number = 1
    while aside.exists() or aside.is_symlink():
        number += 1
        aside = path.with_name(f"{path.name}.{what}-{stamp}-{number}")
    return aside


def make_newer(path: Path, than_ns: int) -> None:
    """Give a file a time at least 2 s after `than_ns`.

    The `datasets` library caches by path and time and would serve the old rows; 2 s is the
    resolution of FAT.
    """
    wanted = than_ns + 2_000_000_000
    with report_errors(path):
        if path.stat().st_mtime_ns < wanted:
            os.utime(path, ns=(wanted, wanted))


def mark_used(path: Path) -> None:
    """Say that a file was used now, if it can be said."""
    with suppress(OSError):
        os.utime(path)


def remove_file(path: Path) -> None:
    """Remove a file or link if it is there."""
    with report_errors(path):
        path.unlink(missing_ok=True)


def remove_tree(path: Path) -> None:
    """Remove a folder of ours with everything in it; links inside are removed, not followed."""
    with report_errors(path):
        if path.is_symlink() or not path.is_dir():
            path.unlink(missing_ok=True)
        else:
            shutil.rmtree(path)


def free_bytes(path: Path) -> int:
    """Bytes that may still be written at `path` or at the nearest folder above that exists."""
    place = path
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free
