"""Where images come from: an episode of a recording, or a video."""

import stat
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from classifier.data import gate_columns
from labeler.dataset import Dataset, open_dataset
from labeler.decision import Gate
from labeler.errors import DamagedDatasetError, UsageError
from labeler.video import FrameReader, RgbConverter

Pixels = NDArray[np.uint8]
# Demuxers of one file each: others follow links to further files, or to a network.
_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi"
_DEVICE = "v4l2"


@dataclass(frozen=True, eq=False)
class Shot:
    """What the cameras show at one moment.

    index: of the frame in its source
    seconds: time in the source
    images: RGB, uint8 (height, width, 3), by camera key
    taken: `time.monotonic()` when the images had come
    values: what the gates of a rule compare, by their source; None where there is no state
    """

    index: int
    seconds: float
    images: Mapping[str, Pixels]
    taken: float = field(default_factory=time.monotonic)
    values: Mapping[str, float] | None = None


@dataclass(frozen=True, eq=False)
class Moment:
    """A shot to be made, which costs time: most of those of a live source are dropped."""

    index: int
    seconds: float
    images: Callable[[], Mapping[str, Pixels]]
    values: Mapping[str, float] | None = None


def is_device(path: Path) -> bool:
    """Whether a path is a camera of the system."""
    try:
        return stat.S_ISCHR(path.stat().st_mode)
    except OSError:
        return False


def episode_shots(
    dataset: Dataset, keys: Sequence[str], episode: int, gates: Sequence[Gate] = ()
) -> Iterator[Shot]:
    """Every frame of an episode, with the images of some cameras and what gates compare.

    Raises:
        UsageError: the dataset lacks a camera, the episode, or a column.
        DamagedDatasetError: an image is missing or damaged.
    """
    if not 0 <= episode < len(dataset):
        raise UsageError(
            f"{dataset.name} has {len(dataset)} episodes, not an episode {episode}.",
            "Episodes are counted from 0.",
        )
    frames = np.arange(int(dataset.lengths[episode]))
    columns = gate_columns(dataset, gates, np.full_like(frames, episode), frames)
    with ExitStack() as stack:
        streams = []
        for key in keys:
            dataset.camera(key)
            own = stack.enter_context(open_dataset(dataset.root))
            streams.append(stack.enter_context(FrameReader(own, key)).frames(episode))
        for index, images in enumerate(zip(*streams, strict=True)):
            values = {source: float(column[index]) for source, column in columns.items()}
            shown = dict(zip(keys, images, strict=True))
            yield Shot(index, index / dataset.fps, shown, values=values)


def episode_moments(
    dataset: Dataset, keys: Sequence[str], episode: int, gates: Sequence[Gate] = ()
) -> Generator[Moment, None, None]:
    """The same as moments; raises the same."""
    for shot in episode_shots(dataset, keys, episode, gates):
        yield Moment(shot.index, shot.seconds, partial(getattr, shot, "images"), shot.values)


def video_shots(path: Path, key: str) -> Iterator[Shot]:
    """Every image of a video, said to be that of a camera; raises as `video_moments` does."""
    for moment in video_moments(path, key):
        yield Shot(moment.index, moment.seconds, moment.images())


def video_moments(path: Path, key: str) -> Generator[Moment, None, None]:
    """Every image of a video or of a camera of the system, said to be that of a camera key.

    Raises:
        UsageError: the file is missing or no video.
        DamagedDatasetError: it cannot be decoded to its end.
    """
    to_rgb = RgbConverter()
    with open_source(path) as container, translate_errors(path):
        for index, (seconds, image) in enumerate(decode_source(container)):
            yield Moment(index, seconds, partial(_convert, to_rgb, key, image))


def _convert(to_rgb: RgbConverter, key: str, image: av.VideoFrame) -> Mapping[str, Pixels]:
    return {key: to_rgb(image)}


@contextmanager
def open_source(path: Path) -> Iterator[InputContainer]:
    """A video or a camera of the system, opened for decoding.

    Raises:
        UsageError: there is none.
    """
    cure = "Give an MP4, MKV, WebM or AVI file, an episode of a dataset, or a camera."
    device = is_device(path)
    if not device and not path.is_file():
        kind = "video" if path.suffix or not path.is_relative_to("/dev") else "camera"
        raise UsageError(f"There is no {kind} {path}.", cure)
    try:
        if device:
            container = av.open(str(path.absolute()), format=_DEVICE)
        else:
            options = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
            container = av.open(str(path.absolute()), options=options, metadata_errors="replace")
    except (av.FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise UsageError(f"{path} cannot be opened: {str(reason).lower()}.", cure) from error
    with closing(container):
        if not container.streams.video:
            raise UsageError(f"{path} holds no video.", cure)
        yield container


def decode_source(container: InputContainer) -> Iterator[tuple[float, av.VideoFrame]]:
    """Images with their time in seconds from the first one."""
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    rate, first = float(stream.average_rate or 0) or 30.0, None
    for index, image in enumerate(container.decode(stream)):
        seconds = index / rate if image.time is None else float(image.time)
        first = seconds if first is None else first
        yield seconds - first, image


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn libav's errors about a video into ours."""
    try:
        yield
    except (av.FFmpegError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise DamagedDatasetError(
            f"{path} cannot be decoded any further: {str(reason).lower()}.",
            "Restore the video; the camera may have been unplugged.",
        ) from error
