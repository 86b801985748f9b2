"""Recordings that the window is measured on; every picture tells its episode and frame."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from labeler.storage.recording import (
    CameraSpec,
    ColumnSpec,
    EpisodeFrames,
    RecordingSpec,
    write_recording,
)
from tests.bench.synthetic import CAMERAS, FRAMES, write_v3
from tests.conftest import barred_picture

CAMERA = "observation.images.gripper"


def write_clips(
    root: Path,
    episodes: int,
    length: int,
    codec: str,
    gop: int,
    cameras: tuple[str, ...] = (CAMERA,),
) -> Path:
    """Episodes of 640x480 pictures that move and carry noise, harder to decode than most."""
    specs = tuple(CameraSpec(key, 480, 640, codec=codec, gop=gop) for key in cameras)
    return _write(root, specs, [length] * episodes, _noisy)


def write_many(root: Path, episodes: int) -> Path:
    """Many short episodes of small pictures."""
    return _write(root, (CameraSpec(CAMERA, 64, 64, codec="h264"),), [10] * episodes, _plain)


def write_large(root: Path, episodes: int) -> Path:
    """So many episodes of 100 frames, with rows; pictures for the first ones only."""
    write_v3(root, episodes, cameras=CAMERAS)
    for camera in CAMERAS:
        path = root / "videos" / camera / "chunk-000" / "file-000.mp4"
        path.parent.mkdir(parents=True)
        _encode(path, 5 * FRAMES)
    return root


def _write(root: Path, cameras: tuple[CameraSpec, ...], lengths: list[int], picture) -> Path:
    columns = (ColumnSpec("observation.state", shape=(6,)),)
    spec = RecordingSpec("v3.0", cameras, columns, fps=10)
    write_recording(root, spec, _episodes(cameras, lengths, picture))
    return root


def _episodes(
    cameras: tuple[CameraSpec, ...], lengths: list[int], picture
) -> Iterator[EpisodeFrames]:
    for episode, length in enumerate(lengths):
        state = np.cumsum(np.random.default_rng(episode).normal(size=(length, 6)), axis=0)
        pictures = {
            camera.key: map(partial(_of, picture, camera, episode), range(length))
            for camera in cameras
        }
        yield EpisodeFrames("pick", {"observation.state": state}, pictures)


def _of(picture, camera: CameraSpec, episode: int, frame: int) -> NDArray[np.uint8]:
    return picture(episode, frame, camera.height, camera.width)


def _plain(episode: int, frame: int, height: int, width: int) -> NDArray[np.uint8]:
    return barred_picture(episode, frame, height, width)


def _noisy(episode: int, frame: int, height: int, width: int) -> NDArray[np.uint8]:
    bars = barred_picture(episode, frame, height, width)
    random = np.random.default_rng(1000 * episode + frame)
    coarse = random.integers(0, 24, (height // 8, width // 8, 3), dtype=np.uint8)
    return bars + coarse.repeat(8, axis=0).repeat(8, axis=1)


def _encode(path: Path, frames: int) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"g": "2"})
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for frame in range(frames):
            picture = _noisy(frame // FRAMES, frame % FRAMES, 480, 640)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
