"""The table of compressed images that an MP4 keeps in its index."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

Row = tuple[int, int, int, int, int]  # time, first byte and byte behind, keyframe, hidden
_ENTRY = attrgetter("timestamp", "pos", "size", "is_keyframe", "is_discard")


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Compressed images in the order in which they are decoded.

    times: int64 (n,), decoding time in ticks of the stream's time base
    begins, ends: int64 (n,), first byte of the file of each image, and the byte behind it
    keys: int64 (k,), positions of the keyframes
    hidden: bool (n,), decoded because others are built on them, but not shown: an edit list says so
        where a video was cut without encoding it again (ISO/IEC 14496-12, section 8.6.6)
    reorder: ticks from the decoding of an image to its showing, where the images are not shown
        in the order of decoding (B-frames); right for the usual constant frame rate, else a guess
    """

    times: NDArray[np.int64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    keys: NDArray[np.int64]
    hidden: NDArray[np.bool_]
    reorder: int

    def __len__(self) -> int:
        """Images that are shown."""
        return len(self.hidden) - int(self.hidden.sum())

    def inside(self, size: int) -> int:
        """Images, hidden ones included, that lie before the end of a file of `size` bytes."""
        behind = self.ends > size
        return int(behind.argmax()) if behind.any() else len(self.times)

    def present(self, size: int) -> int:
        """Images that are shown and lie before the end of a file of `size` bytes."""
        inside = self.inside(size)
        return inside - int(self.hidden[:inside].sum())

    def uneven(self, tick: float, fps: float) -> float:
        """Seconds by which an image is away from a multiple of 1/fps after the first, at most."""
        times = np.sort(self.times[~self.hidden])
        frames = (times - times[:1]) * tick * fps
        return float(np.abs(frames - np.round(frames)).max(initial=0.0)) / fps

    def position(self, pts: float) -> int:
        """About how many images are shown before `pts` (ticks)."""
        return int(np.searchsorted(self.times, pts - self.reorder))

    def key_before(self, pts: float) -> int:
        """Which of the keyframes is the last one shown at or before `pts` (ticks)."""
        times = self.times[self.keys]
        return max(int(np.searchsorted(times, pts - self.reorder, side="right")) - 1, 0)

    def seek_time(self, key: int) -> int:
        """Ticks with which libav finds the keyframe number `key`.

        It searches decoding times, but goes back by one where an open keyframe is shown later
        than that; so this is the time of showing, if that is before the next keyframe's decoding.
        """
        times = self.times[self.keys[key : key + 2]]
        shown = int(times[0]) + self.reorder
        return shown if len(times) < 2 else max(int(times[0]), min(shown, int(times[1]) - 1))


def read_samples(container: InputContainer, stream: VideoStream) -> Samples:
    """The table of a freshly opened file; its position may be anywhere afterwards.

    Costs about half a microsecond per image where PyAV shows the index (version 17 on). Else,
    and for fragmented files, whose index is spread over the file, all packets are read.

    Raises:
        av.FFmpegError: the packets cannot be read.
    """
    entries = getattr(stream, "index_entries", None)
    if stream.frames and entries is not None and len(entries):
        table = _read_entries(entries)
    else:
        table = np.array(list(_packets(container, stream)), dtype=np.int64).reshape(-1, 5)
    times, begins, ends = (table[:, column].copy() for column in range(3))
    keys, hidden, start = np.flatnonzero(table[:, 3]), table[:, 4] != 0, stream.start_time
    first = times[~hidden][:1]
    reorder = int(start - first[0]) if start is not None and len(first) else 0
    return Samples(times, begins, ends, keys, hidden, reorder)


def _read_entries(entries: Iterable[object]) -> NDArray[np.int64]:
    """Rows of the index; one loop without names, since there is one for every image."""
    values = np.fromiter(chain.from_iterable(map(_ENTRY, entries)), np.int64).reshape(-1, 5)
    time, at, size, key, hidden = values.T
    return np.stack([time, at, at + size, key, hidden], axis=1)


def _packets(container: InputContainer, stream: VideoStream) -> Iterable[Row]:
    for packet in container.demux(stream):
        if packet.is_corrupt:  # the file ends inside
            return
        time = packet.pts if packet.dts is None else packet.dts
        if time is not None:
            begin = packet.pos or 0
            yield time, begin, begin + packet.size, packet.is_keyframe, packet.is_discard
