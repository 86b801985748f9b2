"""Our reader and LeRobot's see the same values and the same pictures."""

from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labeler.dataset import Dataset, open_dataset
from labeler.video import FrameReader
from tests.interop.conftest import KINDS, Recording
from tests.interop.lerobot_process import LerobotProcess
from tests.interop.releases import Release
from tests.interop.shared import DATASETS, reads

pytestmark = pytest.mark.interop


def test_recordings(recording: Recording, lerobot: LerobotProcess, tmp_path: Path) -> None:
    agree(recording.root, lerobot, tmp_path / "frames.npz", "all")


@pytest.mark.parametrize("root", DATASETS, ids=lambda path: path.name)
def test_shared_datasets(
    root: Path, release: Release, lerobot: LerobotProcess, tmp_path: Path
) -> None:
    if not reads(release, root):
        pytest.skip(f"LeRobot {release.name} does not read this version")
    agree(root, lerobot, tmp_path / "frames.npz", "some")


def agree(root: Path, lerobot: LerobotProcess, frames: Path, items: str) -> None:
    """Compare every value of every row, and every pixel of the chosen rows."""
    theirs = lerobot.ask("read", root=root, items=items, frames=frames)
    with closing(open_dataset(root)) as ours:
        assert len(ours) == theirs["episodes"]
        assert ours.total_frames == theirs["frames"]
        same_values(ours, theirs)
        with np.load(frames) as pictures:
            assert set(pictures.files) == {camera.key for camera in ours.cameras}
            for key in pictures.files:
                same_pictures(ours, key, theirs, pictures[key])


def same_values(ours: Dataset, theirs: dict[str, Any]) -> None:
    """Every column of every row."""
    for key, column in theirs["values"].items():
        found = [value for e in range(len(ours)) for value in ours.rows(e, [key])[key].to_pylist()]
        assert found == column, key


def same_pictures(
    ours: Dataset, key: str, theirs: dict[str, Any], pictures: "np.ndarray[Any, Any]"
) -> None:
    """Every pixel of one camera."""
    values = theirs["values"]
    with FrameReader(ours, key) as reader:
        for row, picture in zip(theirs["items"], pictures, strict=True):
            episode, frame = values["episode_index"][row], values["frame_index"][row]
            same_picture(reader.frame(episode, frame), picture, f"{key} {episode}/{frame}")


def same_picture(ours: "np.ndarray[Any, Any]", theirs: "np.ndarray[Any, Any]", where: str) -> None:
    assert ours.shape == theirs.shape, where
    difference = np.abs(ours.astype(np.int16) - theirs)
    assert difference.max() == 0, f"{where}: {difference.max()}"


def test_neighbouring_frames_differ(
    make_recording_of: Callable[[str], Recording],
) -> None:
    """Why the tests above can fail: a reader that is one frame off sees another picture."""
    for kind in KINDS:
        ours = open_dataset(make_recording_of(kind).root)
        with closing(ours), FrameReader(ours, ours.cameras[0].key) as reader:
            pictures = [reader.frame(0, frame) for frame in range(8)]
        for before, after in pairwise(pictures):
            assert np.abs(before.astype(np.int16) - after).max() > 50
