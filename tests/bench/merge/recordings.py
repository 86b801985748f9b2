"""Many recordings of v3.0 with videos, made fast: their rows differ, their videos are alike."""

import json
from pathlib import Path

import numpy as np

from labeler.storage.recording import CameraSpec
from labeler.storage.recording.encoding import encode_video
from tests.bench.synthetic import CAMERAS, FRAMES, write_v3

WIDTH, HEIGHT = 640, 480
_FPS = 10
_CRF = 41  # about 8 kB a picture, as in a public recording of that size (AV1, 30 fps)


def write_recordings(folder: Path, count: int, episodes: int) -> list[tuple[Path, Path]]:
    """Recordings and their label files; every MP4 file holds all episodes of its recording."""
    video = _video(episodes * FRAMES)
    made = []
    for number in range(count):
        root = folder / f"recording-{number:03d}"
        write_v3(root, episodes, cameras=CAMERAS, seed=number)
        for camera in CAMERAS:
            place = root / f"videos/{camera}/chunk-000/file-000.mp4"
            place.parent.mkdir(parents=True)
            place.write_bytes(video)
        labels = folder / f"labels-{number:03d}.json"
        cutoffs = np.random.default_rng(number).integers(0, FRAMES, episodes)
        labels.write_text(json.dumps({str(e): int(cutoff) for e, cutoff in enumerate(cutoffs)}))
        made.append((root, labels))
    return made


def _video(frames: int) -> bytes:
    random = np.random.default_rng(0)
    ground = random.integers(0, 200, (HEIGHT, 2 * WIDTH, 3), dtype=np.uint8)
    noise = random.integers(0, 24, (16, HEIGHT, WIDTH, 3), dtype=np.uint8)
    pictures = (
        ground[:, frame % WIDTH : frame % WIDTH + WIDTH] + noise[frame % 16]
        for frame in range(frames)
    )
    camera = CameraSpec(CAMERAS[0], WIDTH, HEIGHT, codec="h264", preset="ultrafast", crf=_CRF)
    return encode_video(pictures, camera, _FPS)
