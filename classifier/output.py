"""What the classifier writes: the only module of it that changes a file system.

How files are made, replaced, synced and locked is the business of `labeler.disk`; here is what
only the classifier writes: videos, scores, and folders that must not lie inside a dataset.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq
from filelock import FileLock
from numpy.typing import NDArray

from labeler import disk
from labeler.contracts.scores import ScoredRecording, signal_metadata
from labeler.cures import FreeRoomAndResume, OverwriteOrChooseAnother
from labeler.disk import (
    append_line,
    free_bytes,
    is_staged,
    make_folders,
    mark_used,
    new_folder,
    relink,
    remove_all_staged,
    remove_tree,
    rewrite,
)
from labeler.disk.lock import hold, release
from labeler.errors import BusyError, NoRoomError, RefusedError, StorageError

__all__ = [
    "VideoWriter",
    "append_line",
    "discard",
    "free_bytes",
    "hold_folder",
    "is_staged",
    "make_folders",
    "mark_used",
    "new_folder",
    "new_video",
    "release",
    "relink",
    "remove_all_staged",
    "remove_tree",
    "require_idle",
    "require_outside_datasets",
    "resumable",
    "rewrite",
    "set_aside",
    "write_file",
    "write_scores",
    "write_table",
]

LOCK = ".lock"
"""In the folder of a run or a sweep while a process works there."""
_TICK = Fraction(1, 1000)  # of a video, in seconds


def write_file(path: Path, data: bytes) -> None:
    """Make a new file with `data` and sync it; its folder is made if it is missing."""
    disk.make_folders(path.parent)
    disk.write_file(path, data)


def write_scores(path: Path, table: pa.Table, recording: ScoredRecording) -> None:
    """Write or replace a parquet file of scored frames, which says of which recording they are.

    Its folder is made if it is missing.
    """
    metadata = recording.to_metadata() | signal_metadata(table.column_names)
    disk.make_folders(path.parent)
    write_table(path, table.replace_schema_metadata(metadata))


def write_table(path: Path, table: pa.Table) -> None:
    """Write or replace a table, as CSV where the name ends so, else as parquet."""
    sink = pa.BufferOutputStream()
    if path.suffix == ".csv":
        csv.write_csv(table, sink)
    else:
        pq.write_table(table, sink)
    disk.rewrite(path, sink.getvalue().to_pybytes())


def set_aside(folder: Path, aside: Path) -> None:
    """Give a folder a name beside its own, which is free from then on."""
    disk.rename(folder, aside)


def discard(path: Path) -> None:
    """Remove a file that can be made again, if it is there and may be removed."""
    with suppress(StorageError):
        disk.remove_file(path)


class VideoWriter:
    """An H.264 video that is being written; its first frame says how large it is."""

    def __init__(self, file: BinaryIO) -> None:
        self._container = av.open(file, "w", format="mp4")
        self._stream: av.VideoStream | None = None
        self._last = -1

    def add(self, pixels: NDArray[np.uint8], seconds: float) -> None:
        """Show an image, RGB uint8 (height, width, 3) with even sides, from that time on."""
        if self._stream is None:
            self._stream = self._container.add_stream("libx264", options={"crf": "23"})
            self._stream.height, self._stream.width = pixels.shape[:2]
            self._stream.pix_fmt = "yuv420p"
            self._stream.codec_context.time_base = _TICK
        frame = av.VideoFrame.from_ndarray(pixels, "rgb24")
        self._last = max(round(seconds / _TICK), self._last + 1)
        frame.pts, frame.time_base = self._last, _TICK
        self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Write what is still missing."""
        if self._stream is not None:
            self._container.mux(self._stream.encode(None))
            self._container.close()


@contextmanager
def new_video(target: Path, *, overwrite: bool = False) -> Iterator[VideoWriter]:
    """A video to be filled, which gets the name `target` at the end.

    There is none if the block raises, or if no frame was added.

    Raises:
        RefusedError: there is something at `target`, and it is not to be replaced.
        StorageError: writing failed.
    """
    if target.is_dir() or (not overwrite and (target.exists() or target.is_symlink())):
        raise RefusedError(f"{target} exists already.", OverwriteOrChooseAnother())
    with disk.new_stream(target) as file:
        video = VideoWriter(file)
        yield video
        video.close()


@contextmanager
def resumable() -> Iterator[None]:
    """Say of a disk that fills up in the block that the run can be resumed.

    Raises:
        NoRoomError: with that cure.
    """
    try:
        yield
    except NoRoomError as error:
        raise NoRoomError(error.message, FreeRoomAndResume()) from error


def hold_folder(folder: Path) -> FileLock:
    """The only right to write a folder of a run or a sweep, until it is given to `release`.

    Raises:
        BusyError: another process has it.
        StorageError: the lock file cannot be made.
    """
    busy = BusyError(f"Another process is working in {folder}.", "Wait for it, or stop it.")
    return hold(folder / LOCK, busy)


def require_idle(folder: Path) -> None:
    """Refuse a folder in which another training or sweep is at work; nothing is changed there.

    Raises:
        BusyError: one is.
    """
    lock = folder / LOCK
    if lock.is_file() and not lock.stat().st_size:  # one with content is no lock of ours
        hold_folder(folder).release()


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
