"""What the layouts of all versions answer, and the values they answer with."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeler.parquet.reading import read_table

Integers = NDArray[np.int64]
LONGEST = 2**48
"""Frames an episode may have: sums of lengths stay far from the end of int64."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera key with its declared image size (the decoded frame decides) and codec."""

    key: str
    kind: Literal["video", "image"]
    height: int
    width: int
    codec: str = ""
    cut_before: tuple[int, int, int, int] | None = None
    """Top, left, height, width of what LeRobot's crop tool had cut out of the robot's images."""
    is_depth: bool = False
    """Whether it is marked as measuring depth, of which LeRobot reads one channel."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the rows: dtype and shape per frame, and the names of its dimensions."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VideoSegment:
    """Where the images of one episode and camera are.

    Frame t of the episode has the presentation time `start + offset(t)` seconds in `path`.

    earliest: time in seconds at which the first episode in that file starts
    offsets: seconds of every frame after the first one, where they are not t / fps: rows inside the
        episode were removed
    """

    path: Path
    start: float
    length: int
    fps: float
    earliest: float = 0.0
    offsets: tuple[float, ...] = ()

    def offset(self, frame: int) -> float:
        """Seconds from the first frame to another one."""
        return self.offsets[frame] if self.offsets else frame / self.fps

    def frame_near(self, seconds: float, tolerance: float) -> int | None:
        """The frame whose offset is at most `tolerance` seconds away, if there is one."""
        if self.offsets:
            frame = bisect_left(self.offsets, seconds - tolerance)
        else:
            frame = round(seconds * self.fps)
        if not 0 <= frame < self.length:
            return None
        return frame if abs(seconds - self.offset(frame)) <= tolerance else None


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode: `length` frames, global `index` of the first, where its rows are."""

    index: int
    length: int
    first_index: int
    tasks: tuple[str, ...]
    data_file: str
    first_row: int


@dataclass(frozen=True, slots=True)
class EpisodeFile:
    """One file of `meta/episodes`: its path, its columns, and the episodes of its rows.

    repeated: rows behind these, about episodes that other rows are about already
    """

    file: str
    schema: pa.Schema
    episodes: Integers
    repeated: int = 0

    def rows(self, root: Path, columns: Sequence[str] | None = None) -> pa.Table:
        """A row for each of `episodes`, with some columns or all.

        Raises:
            DamagedDatasetError: the file cannot be read.
        """
        return read_table(root / self.file, columns).slice(0, len(self.episodes))


def frame_indices(lengths: Integers) -> Integers:
    """`frame_index` of episodes one behind the other: 0 to length-1 of each, shape (frames,)."""
    firsts = np.cumsum(lengths) - lengths
    result: Integers = np.arange(int(lengths.sum())) - np.repeat(firsts, lengths)
    return result


_SAME_RATE = 0.01
_ON_GRID = 0.1
"""Frames by which a timestamp may be off a multiple of 1/fps where rows were removed."""


def gaps_in(times: NDArray[np.float64], fps: float) -> tuple[float, ...]:
    """`VideoSegment.offsets` for the timestamps of an episode in seconds, shape (length,).

    Rows that were removed leave gaps of whole frames, and even steps are those of another rate.
    Other steps are no gaps: clocks that are read when a frame arrives run early and late, and the
    images follow one another all the same.
    """
    paces = np.diff(times)
    if len(paces) and paces.min() > 0 and np.ptp(paces) < _ON_GRID * paces.min():
        even = abs(paces.mean() * fps - 1) < _SAME_RATE
        return () if even else tuple((times - times[0]).tolist())
    frames = np.round(times * fps)
    steps = np.diff(frames)
    if not len(steps) or np.all(steps == 1) or not np.all(np.abs(times * fps - frames) < _ON_GRID):
        return ()
    return tuple(((frames - frames[0]) / fps).tolist()) if np.all(steps > 0) else ()


class Layout(Protocol):
    """Where a version keeps things; paths are relative to the root, with `/`."""

    lengths: Integers
    """Frames of every episode, shape (episodes,)."""
    first_indices: Integers
    """Global `index` of the first frame of every episode, shape (episodes,)."""
    episode_files: tuple[EpisodeFile, ...]
    """The tables of `meta/episodes`; none where episodes are listed otherwise."""
    corrections: Mapping[str, Integers]
    """Columns that these lack or have wrong, and those of a copy have to have: (episodes,)."""
    oddities: Sequence[str]
    """Sentences about them."""

    def tasks(self, episode: int) -> tuple[str, ...]:
        """Task texts of an episode."""

    def all_tasks(self) -> list[tuple[str, ...]]:
        """Task texts of every episode; far cheaper than asking for each."""

    def data_file(self, episode: int) -> str:
        """File with the rows of an episode."""

    def first_row(self, episode: int) -> int:
        """Row of the first frame of an episode in its data file."""

    def data_files(self) -> dict[str, Integers]:
        """Every data file with its episodes in row order."""

    def video(self, episode: int, key: str) -> tuple[str, float]:
        """MP4 file of an episode and camera, and the time in it at which the episode starts."""

    def video_under(self, episode: int, key: str, name: str) -> str:
        """Where the MP4 file of an episode would be if its camera had the key `name`."""

    def earliest(self, episode: int, key: str) -> float:
        """Time at which the first episode starts that is in the same MP4 file."""

    def video_files(self, key: str) -> dict[str, Integers]:
        """Every MP4 file of a camera with its episodes in order of time."""

    def metadata_files(self) -> tuple[str, ...]:
        """The files under `meta/` without which LeRobot does not load the dataset."""
