"""Recordings that LeRobot itself wrote: those in tests/recordings, and samples where there are."""

import os
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from labeler.dataset import open_dataset
from labeler.video import FrameReader, probe
from tests.recordings import ROOTS as OWN

from .films import plain_decode

SHARED = Path(os.environ.get("LABELER_SHARED") or Path(__file__).resolve().parents[4] / "shared")
ROOTS = [*OWN, *sorted(path.parents[1] for path in SHARED.glob("datasets/*/meta/info.json"))]


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
def test_files_hold_exactly_the_frames_of_their_episodes(root):
    dataset = open_dataset(root)
    for camera in (camera for camera in dataset.cameras if camera.kind == "video"):
        listed = defaultdict(int)
        for episode in range(len(dataset)):
            listed[dataset.segment(episode, camera.key).path] += int(dataset.lengths[episode])
        for path, frames in listed.items():
            facts = probe(path)
            assert (facts.frames, facts.complete, facts.fps) == (frames, True, dataset.fps)
            assert facts.codec == camera.codec


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
def test_every_frame_is_the_one_at_its_place_in_the_file(root):
    """Counting the frames of the files gives the same pictures as asking for them by index."""
    dataset = open_dataset(root)
    for camera in (camera for camera in dataset.cameras if camera.kind == "video"):
        with FrameReader(dataset, camera.key) as reader:
            taken: dict[Path, int] = defaultdict(int)
            decoded: dict[Path, list[tuple[int, np.ndarray]]] = {}
            for episode, length in enumerate(dataset.lengths[:6]):
                path = dataset.segment(episode, camera.key).path
                if path not in decoded:
                    decoded = {path: plain_decode(path)}
                pixels = decoded[path][taken[path] : taken[path] + length]
                taken[path] += int(length)
                for frame, got in enumerate(reader.frames(episode)):
                    assert np.array_equal(got, pixels[frame][1])
                for frame in range(0, length, 5)[::-1]:
                    assert np.array_equal(reader.frame(episode, frame), pixels[frame][1])


@pytest.mark.parametrize("root", [r for r in ROOTS if "image" in r.name], ids=lambda r: r.name)
def test_every_picture_of_an_image_camera_is_read(root):
    dataset = open_dataset(root)
    for camera in (camera for camera in dataset.cameras if camera.kind == "image"):
        with FrameReader(dataset, camera.key) as reader:
            for episode, length in enumerate(dataset.lengths):
                frames = list(reader.frames(episode))
                assert len(frames) == length
                assert {frame.shape for frame in frames} == {(camera.height, camera.width, 3)}
                assert len({frame.tobytes() for frame in frames}) > 1
