"""The five sessions of the demo differ as they should, and their labels are true."""

import numpy as np
import pytest

from labeler.dataset import open_dataset
from labeler.demo.recording import FRONT, GRIPPER
from labeler.demo.scene import front_images
from labeler.demo.sessions import SESSIONS, write_sessions
from labeler.labels import State
from labeler.labels.dialects import read_labels
from labeler.video import FrameReader

BY_NAME = {session.name: session for session in SESSIONS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("sessions")
    names = []
    write_sessions(place, names.append)
    assert names == list(BY_NAME)
    return place


def test_the_labels_are_those_of_the_stories(folder):
    for name, session in BY_NAME.items():
        with open_dataset(folder / name) as dataset:
            labels = read_labels(folder / f"{name}.labels.json", dataset.lengths.tolist()).labels
            assert dataset.version == session.version
        state = State.NEVER if name == "negatives" else State.SUCCESS
        assert {label.state for label in labels} == {state}
        assert labels.identity.fingerprint


def test_pictures_differ_as_the_sessions_do(folder):
    seen = {}
    for name in BY_NAME:
        with open_dataset(folder / name) as dataset:
            for key in (GRIPPER, FRONT):
                with FrameReader(dataset, key) as reader:
                    seen[name, key] = reader.frame(0, 0)
    assert seen["small", GRIPPER].shape == (84, 84, 3)
    assert seen["day", GRIPPER].shape == (240, 320, 3)
    for key in (GRIPPER, FRONT):
        assert seen["night", key].mean() < 0.7 * seen["day", key].mean()


def test_the_moved_camera_shows_the_same_from_elsewhere():
    story = BY_NAME["angled"].stories()[0]
    motion = story.motion()
    turned = next(front_images(motion, story.look)).astype(float)
    plain = type(story.look)(story.look.cube, story.look.light, story.look.sun, story.look.seed)
    straight = next(front_images(motion, plain)).astype(float)
    assert np.abs(turned - straight).mean() > 10


def test_sessions_that_are_there_stay(folder):
    before = (folder / "day/meta/info.json").stat().st_mtime_ns
    write_sessions(folder)
    assert (folder / "day/meta/info.json").stat().st_mtime_ns == before
