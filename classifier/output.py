"""The only module of the classifier that changes a file system.

What is written appears whole or not at all: a file or folder is built under another name beside
its place, synced, and renamed.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from labeler.cures import FixPermissions, FreeRoomAndResume, OverwriteOrChooseAnother, RetryAfter
from labeler.errors import BusyError, NoRoomError, RefusedError, StorageError

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_UNFINISHED = ".unfinished-"
_TICK = Fraction(1, 1000)  # of a film, in seconds


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to be filled with `write_file`, which gets the name `target` at the end.

    If the block raises, nothing is left; if the process is killed, `target` does not exist and
    `remove_unfinished` clears what is left.

    Raises:
        RefusedError: `target` exists already.
        StorageError: writing failed.
    """
    if target.exists() or target.is_symlink():
        raise RefusedError(f"{target} exists already.", "Choose another folder.")
    staged = target.with_name(f"{_UNFINISHED}{os.getpid()}-{target.name}")
    with _reported(target):
        staged.parent.mkdir(parents=True, exist_ok=True)
        remove_folder(staged)
        staged.mkdir()
    try:
        yield staged
        with _reported(target):
            for folder, _, _ in os.walk(staged, topdown=False):
                _sync_folder(Path(folder))
            staged.rename(target)
            _sync_folder(target.parent)
    except BaseException:
        with suppress(StorageError):
            remove_folder(staged)
        raise


def write_file(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Make a new file with `data`, and its folder, and sync it if it is to be `durable`."""
    with _reported(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, _NEW | _BINARY, 0o644)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)


def rewrite_file(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Replace a file as a whole: readers see the old content or the new one.

    Without `durable` a crash of the machine may leave neither: for what can be made again.
    """
    staged = path.with_name(f"{_UNFINISHED}{os.getpid()}-{path.name}")
    try:
        with _reported(path):
            staged.unlink(missing_ok=True)
            write_file(staged, data, durable=durable)
            staged.replace(path)
            if durable:
                _sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            staged.unlink(missing_ok=True)
        raise


def write_table(path: Path, table: pa.Table) -> None:
    """Write or replace a parquet file of judged frames."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    rewrite_file(path, sink.getvalue().to_pybytes())


class Film:
    """An H.264 film that is being written; its first picture says how large it is."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._path = path
        self._container = av.open(file, "w", format="mp4")
        self._stream: av.VideoStream | None = None
        self._last = -1

    def add(self, pixels: NDArray[np.uint8], seconds: float) -> None:
        """Show a picture, RGB uint8 (height, width, 3) with even sides, from that time on."""
        with _reported(self._path):
            if self._stream is None:
                self._stream = self._container.add_stream("libx264", options={"crf": "23"})
                self._stream.height, self._stream.width = pixels.shape[:2]
                self._stream.pix_fmt = "yuv420p"
                self._stream.codec_context.time_base = _TICK
            picture = av.VideoFrame.from_ndarray(pixels, "rgb24")
            self._last = max(round(seconds / _TICK), self._last + 1)
            picture.pts, picture.time_base = self._last, _TICK
            self._container.mux(self._stream.encode(picture))

    @property
    def empty(self) -> bool:
        """Whether no picture was added."""
        return self._stream is None

    def close(self) -> None:
        """Write what is still missing."""
        with _reported(self._path):
            if self._stream is not None:
                self._container.mux(self._stream.encode(None))
                self._container.close()


@contextmanager
def new_film(target: Path, *, overwrite: bool = False) -> Iterator[Film]:
    """A film to be filled, which gets the name `target` at the end.

    There is none if the block raises, or if no picture was added.

    Raises:
        RefusedError: there is something at `target`, and it is not to be replaced.
        StorageError: writing failed.
    """
    if target.is_dir() or (not overwrite and (target.exists() or target.is_symlink())):
        raise RefusedError(f"{target} exists already.", OverwriteOrChooseAnother())
    staged = target.with_name(f"{_UNFINISHED}{os.getpid()}-{target.name}")
    try:
        with _reported(target):
            staged.parent.mkdir(parents=True, exist_ok=True)
            staged.unlink(missing_ok=True)
            with staged.open("xb") as file:
                film = Film(file, target)
                yield film
                film.close()
                file.flush()
                os.fsync(file.fileno())
            if film.empty:
                staged.unlink()
                return
            staged.replace(target)
            _sync_folder(target.parent)
    except BaseException:
        with suppress(OSError):
            staged.unlink(missing_ok=True)
        raise


def append_line(path: Path, line: str) -> None:
    """Add one line to a text file, which is made if it is missing."""
    with _reported(path), path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def point(link: Path, target: str) -> None:
    """Make the relative link `link` point at its neighbour `target`, in one step."""
    staged = link.with_name(f"{_UNFINISHED}{os.getpid()}-{link.name}")
    with _reported(link):
        staged.unlink(missing_ok=True)
        staged.symlink_to(target, target_is_directory=True)
        staged.replace(link)
        _sync_folder(link.parent)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, if they are missing."""
    with _reported(path):
        path.mkdir(parents=True, exist_ok=True)


def mark_used(path: Path) -> None:
    """Say that a file was used now, if it can be said."""
    with suppress(OSError):
        os.utime(path)


def remove_file(path: Path) -> None:
    """Remove a file if it is there and may be removed."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def remove_folder(path: Path) -> None:
    """Remove a folder of ours with everything in it; links inside are removed, not followed."""
    with _reported(path):
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)


def remove_unfinished(folder: Path) -> None:
    """Remove what killed runs left half written in a folder that no other run is using."""
    if folder.is_dir():
        for path in folder.glob(f"{_UNFINISHED}*"):
            remove_folder(path)


def is_unfinished(path: Path) -> bool:
    """Whether a file or folder is half written: by a process at work, or by one that was killed."""
    return path.name.startswith(_UNFINISHED)


def require_outside_datasets(target: Path) -> None:
    """Refuse a place inside a LeRobot dataset, which is only read; links are followed.

    Raises:
        RefusedError: naming the dataset.
    """
    place = target.expanduser().resolve()
    for folder in (place, *place.parents):
        if (folder / "meta" / "info.json").is_file():
            raise RefusedError(
                f"{target} lies inside the dataset {folder}, which is only read.",
                "Choose a place outside of it.",
            )


def free_bytes(path: Path) -> int:
    """Bytes that may still be written at `path` or at the nearest folder above that exists."""
    place = path.absolute()
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


def _sync_folder(path: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY | _BINARY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def lock(path: Path) -> FileLock:
    """A lock that one process holds, until it is given to `unlock` or the process ends.

    Raises:
        BusyError: another process holds it.
    """
    found = FileLock(path, timeout=0)
    try:
        found.acquire()
    except Timeout as error:
        raise BusyError(
            f"Another process is at work in {path.parent}.", "Wait for it, or stop it."
        ) from error
    return found


def unlock(held: FileLock) -> None:
    """Let others have the lock."""
    held.release()
    remove_file(Path(held.lock_file))


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    """Turn an OSError into the sentence a user can act on; the cause is kept."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoomError(f"The disk is full at {path}.", FreeRoomAndResume()) from error
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise RefusedError(f"{path} may not be written: {reason}.", FixPermissions()) from error
        raise StorageError(
            f"Writing {path} failed: {reason}.", RetryAfter("Check the disk")
        ) from error
