"""Random and sequential access to the images of MP4 files."""

import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path

import av
import numpy as np

from labeler.video.container import open_video, size_of, translate_errors
from labeler.video.samples import read_samples

EXACT = 1e-4  # seconds; LeRobot's own limit between wanted and stored time of a frame
_ATTEMPTS = 3  # keyframes to begin at; images shown before an open one need the one before it
_MOST_THREADS = 8  # more only add to the images under way
_SHORT = 8  # images from keyframe to keyframe up to which one thread answers fastest
_SPARING = "h264"  # says for certain which images no other one is built on (nal_ref_idc 0)


def _ignore(frame: av.VideoFrame) -> None:
    """Nobody asked for the images on the way."""


class VideoFile:
    """One open MP4 file. To be used by one thread at a time.

    `sequential` decodes several images at once: more images per second, but the first one
    after a jump comes later. Without it that is done only where keyframes lie far apart.

    Raises:
        DamagedDatasetError: the file is missing, is not an MP4, or has no readable index or video.
    """

    def __init__(self, path: Path, sequential: bool = False) -> None:
        self.path = path
        size = size_of(path)
        self._container, self._stream = open_video(path)
        with translate_errors(path):
            self._samples = read_samples(self._container, self._stream)
        self._keys = int((self._samples.keys < self._samples.inside(size)).sum())
        self._tick = float(self._stream.time_base or 1)
        self._threads = self._set_threads(sequential)
        self._sparing = self._stream.codec_context.name == _SPARING
        self._spared = -inf  # ticks before which images are left out that no other needs
        self._decoded: Iterator[av.VideoFrame] = iter(())
        self._last: av.VideoFrame | None = None  # the decoder stands behind this image
        self._passed = False  # an image before the wanted one was seen since the last jump
        self._sound = False  # a keyframe was seen since then: what comes is complete
        self._before = inf  # ticks of the image decoded before the last one
        self._gaps: dict[int, list[tuple[float, float]]] = {}  # keyframe: ticks without images
        self._seen: Callable[[av.VideoFrame], None] = _ignore
        self.failure: Exception | None = None  # why the decoder stopped early, if it did

    def _set_threads(self, sequential: bool) -> int:
        decoder = self._stream.codec_context
        distance = len(self._samples) / max(len(self._samples.keys), 1)
        many = sequential or distance > _SHORT
        decoder.thread_type = "AUTO" if many else "NONE"
        decoder.thread_count = min(os.cpu_count() or 1, _MOST_THREADS) if many else 1
        return decoder.thread_count

    def close(self) -> None:
        """Close the file; the object is of no use afterwards."""
        self._decoded, self._last = iter(()), None
        self._container.close()

    @property
    def tick(self) -> float:
        """Seconds of one tick of the images' times."""
        return self._tick

    @property
    def begin(self) -> float:
        """Time of the first image that is shown, in seconds; above 0 in a few files."""
        return (self._stream.start_time or 0) * self._tick

    @property
    def steady(self) -> bool:
        """Whether one image follows the other at equal distances, but for rounding to a tick."""
        steps = np.diff(self._samples.times)
        return bool(len(steps)) and int(np.ptp(steps)) <= 1

    @property
    def rate(self) -> float:
        """Average images per second; 0.0 where the file does not say."""
        return float(self._stream.average_rate or 0)

    def frame_at(
        self,
        seconds: float,
        tolerance: float,
        seen: Callable[[av.VideoFrame], None] = _ignore,
        since: float = inf,
    ) -> av.VideoFrame | None:
        """The image shown nearest to `seconds` of the file's own time, within the tolerance.

        `seen` is given every image decoded on the way, in the order of showing; of those shown
        before `since` (seconds) some are left out where that is faster. What it raises ends the
        search; a later one goes on from there where that is shorter.
        """
        self._seen = seen
        first, last = (seconds - tolerance) / self._tick, (seconds + tolerance) / self._tick
        if self._last is not None and first <= _pts(self._last) <= last:
            return self._nearest(self._last, seconds)
        key = min(self._samples.key_before(last), self._keys - 1)
        if any(low <= first and last < high for low, high in self._gaps.get(key, ())):
            return None
        self._spared = min(first, (since - tolerance) / self._tick) if self._sparing else -inf
        if self._approach(first, key):
            frame = self._advance(first)
            if frame is not None and _pts(frame) <= last:
                return self._nearest(frame, seconds)
        self._spared = -inf  # what has to be known from here on is which images there are
        found = self._from_keyframes(key, first, last)
        return None if found is None else self._nearest(found, seconds)

    def _nearest(self, frame: av.VideoFrame, seconds: float) -> av.VideoFrame:
        """Of an image and those after it the one shown nearest to a time.

        Where a file has images between those of the recording, or all of them come early.
        """
        wanted = seconds / self._tick
        while wanted - _pts(frame) > EXACT / self._tick:
            after = self._advance(_pts(frame) + 1)
            if after is None or _pts(after) - wanted >= wanted - _pts(frame):
                break
            frame = after
        return frame

    def _approach(self, first: float, key: int) -> bool:
        """Whether it is worth while to decode on, after a jump where images may be left out."""
        if self._reaches(first, key):
            return True
        if self._sparing and key >= 0:
            self._jump(key)
        return self._sparing and key >= 0

    def _reaches(self, first: float, key: int) -> bool:
        """Whether decoding on costs less than to jump to a keyframe."""
        if self._last is None or _pts(self._last) >= first:
            return False
        here = self._samples.position(_pts(self._last))
        return int(self._samples.keys[key]) - here <= self._threads

    def _from_keyframes(self, key: int, first: float, last: float) -> av.VideoFrame | None:
        ended, low, high = True, inf, inf
        for attempt in range(key, max(key - _ATTEMPTS, -1), -1):
            self._jump(attempt)
            frame = self._advance(first)
            if frame is not None and _pts(frame) <= last:
                return frame
            ended = ended and frame is None
            if attempt == key:
                low, high = self._before, inf if frame is None else _pts(frame)
            if self._passed and attempt < key:
                break
        # Else each of a thousand missing images would cost as much as the first.
        self._gaps.setdefault(key, []).append((first if ended else low, high))
        return None

    def _jump(self, key: int) -> None:
        self._last, self._passed, self.failure = None, False, None
        self._before = inf
        self._sound = bool(self._samples.hidden[self._samples.keys[key]])  # it will not be seen
        time = self._samples.seek_time(key)
        with translate_errors(self.path):
            self._container.seek(time, stream=self._stream, backward=True)
        self._decoded = self._decode()

    def _advance(self, first: float) -> av.VideoFrame | None:
        """Decode up to the first image shown at or after `first` (ticks)."""
        for frame in self._decoded:
            if self._sound and self._last is not None:
                self._before = _pts(self._last)
            self._last = frame
            self._sound = self._sound or frame.key_frame
            if self._sound:  # those before an open keyframe may lack what they build on
                self._seen(frame)
            if _pts(frame) >= first:
                return frame
            self._passed = True
        if self._sound and self._last is not None:
            self._before = _pts(self._last)
        self._last = None
        return None

    def _decode(self) -> Iterator[av.VideoFrame]:
        """Images in the order of showing, up to the end or to the first damage."""
        decoder = self._stream.codec_context
        try:
            for packet in self._container.demux(self._stream):
                if packet.is_corrupt:  # the file ends inside; half an image is never shown
                    break
                spare = packet.pts is not None and packet.pts < self._spared
                decoder.skip_frame = "NONREF" if spare else "DEFAULT"
                yield from _whole(packet.decode())
            else:
                return
        except (av.FFmpegError, OSError) as error:
            self.failure = error
        yield from self._rest()

    def _rest(self) -> Iterator[av.VideoFrame]:
        """Images that the decoder still holds."""
        try:
            yield from _whole(self._stream.codec_context.decode(None))
        except (av.FFmpegError, OSError) as error:
            self.failure = self.failure or error


def _pts(frame: av.VideoFrame) -> int:
    return -1 if frame.pts is None else frame.pts


def _whole(frames: list[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    return (frame for frame in frames if frame.pts is not None and not frame.is_corrupt)


class OpenFiles:
    """The most recently used files, at most `limit` of them open."""

    def __init__(self, limit: int) -> None:
        self._limit = max(limit, 1)
        self._files: OrderedDict[tuple[Path, bool], VideoFile] = OrderedDict()

    def __len__(self) -> int:
        return len(self._files)

    def get(self, path: Path, sequential: bool = False) -> VideoFile:
        """A file, opened if it is not open already.

        Raises:
            DamagedDatasetError: as `VideoFile`.
        """
        key = (path, sequential)
        if key not in self._files:
            self._files[key] = VideoFile(path, sequential)
            while len(self._files) > self._limit:
                self._files.popitem(last=False)[1].close()
        self._files.move_to_end(key)
        return self._files[key]

    def close(self) -> None:
        """Close all files."""
        while self._files:
            self._files.popitem()[1].close()
