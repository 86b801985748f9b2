"""Chosen episodes of several datasets as one sequence."""

from pathlib import Path

import numpy as np
import pytest

from labeler.dataset import open_dataset
from labeler.dataset.joined import JoinedDataset, JoinedPart
from labeler.video import FrameReader

GRIPPER, FRONT = "observation.images.gripper", "observation.images.front"


@pytest.fixture
def parts(make_recording):
    one = open_dataset(make_recording(lengths=(5, 6, 7), name="one", tasks=("a", "b", "c")))
    two = open_dataset(
        make_recording("v2.1", (8, 9), name="two", cameras=(FRONT, GRIPPER), kind="image", seed=40)
    )
    yield [JoinedPart(one, np.array([0, 2])), JoinedPart(two, np.array([1]))]
    one.close()
    two.close()


@pytest.fixture
def dataset(parts, tmp_path):
    joined = JoinedDataset(tmp_path / "all.json", parts)
    yield joined
    joined.close()


def test_it_is_counted_through(dataset):
    assert len(dataset) == 3
    assert dataset.lengths.tolist() == [5, 7, 9]
    assert dataset.total_frames == 21
    assert dataset.part_numbers.tolist() == [0, 0, 1]
    assert [(episode.index, episode.length) for episode in dataset] == [(0, 5), (1, 7), (2, 9)]
    assert dataset[1].tasks == ("c",)
    assert dataset.name == "all"
    with pytest.raises(IndexError):
        dataset.part_of(3)


def test_episodes_are_those_of_their_own_dataset(dataset, parts):
    assert [dataset.part_of(e)[1] for e in range(3)] == [0, 2, 1]
    assert dataset.part_of(2)[0].root == parts[1].dataset.root
    for episode, part, own in ((1, parts[0], 2), (2, parts[1], 1)):
        rows = dataset.rows(episode, ["action"])
        assert rows.equals(part.dataset.rows(own, ["action"]))
    assert dataset.segment(1, GRIPPER) == parts[0].dataset.segment(2, GRIPPER)


def test_cameras_are_those_of_all_and_columns_what_all_share(dataset, parts):
    assert [camera.key for camera in dataset.cameras] == [GRIPPER, FRONT]
    assert dataset.camera(GRIPPER).kind == "video"
    names = {column.name for column in dataset.columns}
    assert {"action", "observation.state"} <= names
    assert names <= {column.name for column in parts[1].dataset.columns}


def test_a_reader_shows_videos_and_images_of_one_camera(dataset, read_picture):
    with dataset.reopen() as other, FrameReader(other, GRIPPER) as reader:
        assert read_picture(reader.frame(1, 3)) == (2, 3)
        assert read_picture(reader.frame(2, 4)) == (41, 4)
        assert read_picture(reader.frame(0, 1)) == (0, 1)
        assert [read_picture(p) for p in reader.frames(2, 7)] == [(41, 7), (41, 8)]


def open_files():
    """How many files this process has open; 0 where the system does not tell."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def test_few_files_stay_open_however_many_datasets_there_are(make_recording, tmp_path):
    opened = [open_dataset(make_recording(lengths=(4,), name=f"r{n}")) for n in range(12)]
    joined = JoinedDataset(
        tmp_path / "all.json", [JoinedPart(one, np.array([0])) for one in opened]
    )
    before = open_files()
    for episode in range(12):
        assert joined.rows(episode, ["action"]).num_rows == 4
    assert open_files() - before <= 4
    joined.close()
    assert joined.rows(0, ["action"]).num_rows == 4, "it opens again what it is asked for"
    joined.close()
