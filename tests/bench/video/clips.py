"""Clips to decode: a moving scene with the noise of a camera, as a packed v3.0 recording."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labeler.storage.recording import (
    CameraSpec,
    ColumnSpec,
    EpisodeFrames,
    RecordingSpec,
    write_recording,
)

CAMERA = "observation.images.gripper"
FPS = 30
EPISODES = 3


@dataclass(frozen=True)
class Clip:
    """How a clip is encoded; crf is LeRobot's."""

    codec: str
    gop: int
    height: int
    width: int


CLIPS = {
    "128x128 AV1 g=2": Clip("av1", 2, 128, 128),
    "640x480 AV1 g=2": Clip("av1", 2, 480, 640),
    "640x480 H.264 g=2": Clip("h264", 2, 480, 640),
    "640x480 H.264 g=250": Clip("h264", 250, 480, 640),
}


def write_clip(root: Path, clip: Clip, length: int) -> None:
    """Write `EPISODES` episodes of `length` frames into one MP4."""
    camera = CameraSpec(CAMERA, clip.height, clip.width, codec=clip.codec, gop=clip.gop)
    columns = (ColumnSpec("observation.state", shape=(6,)), ColumnSpec("action", shape=(6,)))
    spec = RecordingSpec(version="v3.0", cameras=(camera,), columns=columns, fps=FPS)
    still = np.zeros((length, 6), np.float32)
    write_recording(
        root,
        spec,
        (
            EpisodeFrames(
                "lift",
                {"observation.state": still, "action": still},
                {CAMERA: _pictures(clip, length, episode)},
            )
            for episode in range(EPISODES)
        ),
    )


def _pictures(clip: Clip, length: int, seed: int) -> Iterator[np.ndarray]:
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0 : clip.height, 0 : clip.width]
    table = random.normal(110, 25, (clip.height // 8 + 1, clip.width // 8 + 1, 3))
    table = table.repeat(8, 0).repeat(8, 1)[: clip.height, : clip.width]
    for frame in range(length):
        picture = np.roll(table, 2 * frame, axis=1) + random.normal(0, 2, table.shape)
        middle = clip.width * (0.5 + 0.4 * np.sin(frame / 30)), clip.height / 2
        inside = np.hypot(columns - middle[0], rows - middle[1]) < clip.height / 6
        picture[inside] = (210, 60, 50)
        yield np.clip(picture, 0, 255).astype(np.uint8)
