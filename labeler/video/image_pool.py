"""Images in memory of their own, used again when they go.

A decoder keeps the memory of images that were dropped for its own next ones, and the C library
that of each thread for the same thread: measured, 200 MB of images then take 300 to 500 MB.
"""

import mmap
import threading
import weakref
from collections import defaultdict, deque
from math import prod

import av
import numpy as np
from av.video.plane import VideoPlane
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

_SLAB = 512 * 1024  # bytes; systems limit the number of mappings, so small images share one
_PADDING = 64  # bytes behind an image that fast conversions may read
_PLANES = {"yuv420p": 3, "yuvj420p": 3, "rgb24": 1, "gray": 1}
_PROPERTIES = ("colorspace", "color_range", "color_trc", "color_primaries")


class ImagePool:
    """Copies images. May be used by any thread, and a copy may be dropped by any.

    Memory of dropped copies waits for the next ones; above `limit` bytes in all, only that of
    images of the same size does.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._mapped = 0
        self._free: defaultdict[int, deque[Bytes]] = defaultdict(deque)
        self._lock = threading.Lock()

    def copy(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The same image in this memory; those of unusual formats or odd sizes as they are."""
        name, width, height = frame.format.name, frame.width, frame.height
        subsampled = _PLANES.get(name) == 3
        if name not in _PLANES or (subsampled and (width % 2 or height % 4)):
            return frame
        shape: tuple[int, ...] = (height, width, 3) if name == "rgb24" else (height, width)
        array = self._array((height * 3 // 2, width) if subsampled else shape)
        copy = av.VideoFrame.from_numpy_buffer(array, name)
        for source, target in zip(frame.planes, copy.planes, strict=True):
            _rows(target)[:] = _rows(source)[:, : target.line_size]
        copy.pts = frame.pts
        if frame.time_base is not None:
            copy.time_base = frame.time_base
        for what in _PROPERTIES:
            if hasattr(frame, what):  # PyAV 15 knows the first two only
                setattr(copy, what, getattr(frame, what))
        return copy

    def release(self) -> None:
        """Give the memory of dropped copies back to the system."""
        with self._lock:
            for step, pieces in self._free.items():
                while pieces:
                    pieces.popleft()
                    self._mapped -= step

    def _array(self, shape: tuple[int, ...]) -> Bytes:
        size = prod(shape)
        step = (size + 2 * _PADDING - 1) // _PADDING * _PADDING
        with self._lock:
            if not self._free[step]:
                self._map(step)
            piece = self._free[step].popleft()
        array = piece[:size].reshape(shape)
        # Without a lock: it runs where the last user drops the image, which may be anywhere.
        weakref.finalize(array, self._free[step].append, piece).atexit = False
        return array

    def _map(self, step: int) -> None:
        """Ask the system for pieces of `step` bytes."""
        for other, pieces in self._free.items():
            while pieces and self._mapped + step > self._limit:
                pieces.popleft()
                self._mapped -= other
        count = max(_SLAB // step, 1)
        slab = np.frombuffer(_anonymous(count * step), np.uint8)
        self._mapped += count * step
        self._free[step].extend(slab[i * step : (i + 1) * step] for i in range(count))


def _anonymous(size: int) -> mmap.mmap:
    """Memory that goes back to the system when it is dropped."""
    flags = getattr(mmap, "MAP_PRIVATE", 0) | getattr(mmap, "MAP_ANONYMOUS", 0)
    if not flags:  # Windows
        return mmap.mmap(-1, size)
    return mmap.mmap(-1, size, flags=flags | getattr(mmap, "MAP_POPULATE", 0))


def _rows(plane: VideoPlane) -> Bytes:
    """Bytes of a plane, uint8 (height, line size); a view."""
    return np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
