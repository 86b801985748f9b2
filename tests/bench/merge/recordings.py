"""Many recordings of v3.0 with videos, made fast: their rows differ, their videos are alike."""

import json
from pathlib import Path

import numpy as np

from labeler.storage.recording import CameraSpec
from labeler.storage.recording.encoding import encoded_video
from tests.bench.synthetic import FRAMES, write_v3

CAMERA = "observation.images.gripper"
SIZE = 128
_FPS = 10


def write_recordings(folder: Path, count: int, episodes: int) -> list[tuple[Path, Path]]:
    """Recordings and their label files; every MP4 file holds all episodes of its recording."""
    video = _video(episodes * FRAMES)
    made = []
    for number in range(count):
        root = folder / f"recording-{number:03d}"
        write_v3(root, episodes, cameras=(CAMERA,), seed=number)
        place = root / f"videos/{CAMERA}/chunk-000/file-000.mp4"
        place.parent.mkdir(parents=True)
        place.write_bytes(video)
        labels = folder / f"labels-{number:03d}.json"
        cutoffs = np.random.default_rng(number).integers(0, FRAMES, episodes)
        labels.write_text(json.dumps({str(e): int(cutoff) for e, cutoff in enumerate(cutoffs)}))
        made.append((root, labels))
    return made


def _video(frames: int) -> bytes:
    random = np.random.default_rng(0)
    ground = random.integers(0, 200, (SIZE, 2 * SIZE, 3), dtype=np.uint8)
    noise = random.integers(0, 24, (16, SIZE, SIZE, 3), dtype=np.uint8)
    pictures = (
        ground[:, frame % SIZE : frame % SIZE + SIZE] + noise[frame % 16] for frame in range(frames)
    )
    camera = CameraSpec(CAMERA, SIZE, SIZE, codec="h264", preset="ultrafast", crf=36)
    return encoded_video(pictures, camera, _FPS)
