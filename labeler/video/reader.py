"""Images of one camera by episode and frame index."""

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

import av
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeler.dataset import Dataset, VideoSegment
from labeler.errors import DamagedDatasetError, MissingFrameError
from labeler.video.frames import EXACT, OpenFiles, VideoFile
from labeler.video.images import decode_image
from labeler.video.pixels import RgbConverter

Seen = Callable[[int, av.VideoFrame], None]
"""Is given the frame index and the image of what was decoded on the way to another frame."""

_HALF = 0.499  # of the time from frame to frame: no two images are that near
_LEAVE_OUT = "Restore the file from the original recording, or leave the episode out."


class FrameReader:
    """Images of one camera. To be used by one thread at a time; make one reader per thread.

    Readers also read through `dataset`, so each thread needs a dataset of its own, too.
    A frame is the image that is shown nearest to its time, less than half a frame away. At most
    `max_open` video files are kept open. Close the reader or use it as a context manager.
    """

    def __init__(
        self,
        dataset: Dataset,
        camera: str,
        max_open: int = 4,
    ) -> None:
        self.camera = camera
        self._dataset = dataset
        self._to_rgb = RgbConverter()
        dataset.camera(camera)  # there is one
        self._videos = _Videos(dataset, camera, max_open)
        self._images = _Images(dataset, camera)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all files; the reader opens them again when it is used again."""
        self._videos.close()
        self._images.close()

    def length(self, episode: int) -> int:
        """Frames of an episode.

        Raises:
            IndexError: the dataset has no such episode.
        """
        if not 0 <= episode < len(self._dataset):
            raise IndexError(f"episode {episode} of {len(self._dataset)}")
        return int(self._dataset.lengths[episode])

    def frame(self, episode: int, frame: int) -> NDArray[np.uint8]:
        """One frame as RGB, uint8 (height, width, 3).

        Raises:
            IndexError: there is no such episode or frame; neither is counted from the end.
            MissingFrameError: the file lacks the frame, or it is damaged.
            DamagedDatasetError: the file is missing or cannot be read at all.
        """
        return self._to_rgb(self.raw(episode, frame))

    def frames(
        self, episode: int, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[NDArray[np.uint8]]:
        """Frames `start`, `start + step`, … below `stop` (default: the end), as `frame` does.

        Raises:
            IndexError: the range leaves the episode.
            MissingFrameError, DamagedDatasetError: as `frame`, when that frame's turn comes.
        """
        return map(self._to_rgb, self.raw_frames(episode, start, stop, step))

    def raw(
        self, episode: int, frame: int, seen: Seen | None = None, since: int = 0
    ) -> av.VideoFrame:
        """One frame as the decoder gives it (YUV for most videos); raises as `frame`.

        `seen` is given every frame of the episode that is decoded on the way, this one included,
        with its index; before frame `since`, not all are decoded that lie on the way. What it
        raises ends the search; a later one goes on from there.
        """
        if not 0 <= frame < self.length(episode):
            raise IndexError(f"frame {frame} of episode {episode} ({self.length(episode)} frames)")
        source = self._source(episode)
        return source.raw(episode, frame, sequential=False, seen=seen, since=since)

    def raw_frames(
        self, episode: int, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[av.VideoFrame]:
        """Like `frames`, as the decoder gives them."""
        length = self.length(episode)
        stop = length if stop is None else stop
        if start < 0 or stop > length or step < 1:
            raise IndexError(f"frames {start}:{stop}:{step} of episode {episode} ({length} frames)")
        return (
            self._source(episode).raw(episode, frame, sequential=True)
            for frame in range(start, stop, step)
        )

    def _source(self, episode: int) -> "_Videos | _Images":
        """Where the images of an episode lie: recordings of a collection may differ in that."""
        camera = self._dataset.part_of(episode)[0].camera(self.camera)
        return self._videos if camera.kind == "video" else self._images


class _Videos:
    """Frames of a camera of kind `video`."""

    def __init__(self, dataset: Dataset, key: str, max_open: int) -> None:
        self._dataset, self._key = dataset, key
        self._files = OpenFiles(max_open)
        self._found: tuple[int, VideoSegment] | None = None  # that of the latest episode

    def _segment(self, episode: int) -> VideoSegment:
        if self._found is None or self._found[0] != episode:
            self._found = (episode, self._dataset.segment(episode, self._key))
        return self._found[1]

    def raw(
        self, episode: int, frame: int, sequential: bool, seen: Seen | None = None, since: int = 0
    ) -> av.VideoFrame:
        segment = self._segment(episode)
        file = self._files.get(segment.path, sequential)
        begin, tolerance = _begin(segment, file), _HALF / max(segment.fps, file.rate)
        seconds = begin + segment.offset(frame)
        if seen is None:
            found = file.frame_at(seconds, tolerance)
        else:
            near = tolerance if _alike(segment, file) else EXACT
            on_the_way = _pass_on(segment, begin, file.tick, near, seen)
            found = file.frame_at(seconds, tolerance, on_the_way, begin + segment.offset(since))
        if found is not None:
            return found
        name = f"Frame {frame} of episode {episode} ({self._key})"
        raise MissingFrameError(
            f"{name} is missing or damaged in {segment.path} (at {seconds:.3f} s).", _LEAVE_OUT
        ) from file.failure

    def close(self) -> None:
        self._files.close()
        self._found = None


def _begin(segment: VideoSegment, file: VideoFile) -> float:
    """Time in a file at which an episode starts.

    A file whose first image is shown late (B-frames without an edit list) begins for its first
    episode with that image, unless the recording counts with the delay.
    """
    late = file.begin > segment.earliest + _HALF / segment.fps
    return segment.start + file.begin - segment.earliest if late else segment.start


def _alike(segment: VideoSegment, file: VideoFile) -> bool:
    """Whether a file has one image for every frame: the only one near it is the nearest."""
    return file.steady and abs(file.rate - segment.fps) < 0.01 * segment.fps


def _pass_on(
    segment: VideoSegment, begin: float, tick: float, tolerance: float, seen: Seen
) -> Callable[[av.VideoFrame], None]:
    """Passes on the images of the episode, with their index."""

    def on_the_way(image: av.VideoFrame) -> None:
        frame = segment.frame_near((image.pts or 0) * tick - begin, tolerance)
        if frame is not None:
            seen(frame, image)

    return on_the_way


class _Images:
    """Frames of a camera of kind `image`; the compressed images of one episode are kept."""

    def __init__(self, dataset: Dataset, key: str) -> None:
        self._dataset, self._key = dataset, key
        self._found: tuple[int, pa.ChunkedArray] | None = None  # that of the latest episode

    def _cells(self, episode: int) -> pa.ChunkedArray:
        if self._found is None or self._found[0] != episode:
            table = self._dataset.rows(episode, [self._key])
            self._found = (episode, table.column(self._key))
        return self._found[1]

    def raw(
        self, episode: int, frame: int, sequential: bool, seen: Seen | None = None, since: int = 0
    ) -> av.VideoFrame:
        cell = self._cells(episode)[frame].as_py()
        name = f"Frame {frame} of episode {episode} ({self._key})"
        # Hugging Face's `datasets`, and so LeRobot, takes bytes alone for an image, too.
        data = cell.get("bytes") if isinstance(cell, dict) else cell
        if not isinstance(data, bytes) or not data:
            raise MissingFrameError(f"{name} has no image in its parquet file.", _LEAVE_OUT)
        try:
            image = decode_image(data)
        except DamagedDatasetError as error:
            raise MissingFrameError(f"{name} is damaged. {error.message}", _LEAVE_OUT) from error
        if seen is not None:
            seen(frame, image)
        return image

    def close(self) -> None:
        self._found = None
