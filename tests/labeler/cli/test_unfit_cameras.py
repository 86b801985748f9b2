"""Cameras that LeRobot's classifier cannot be fed are named before anything takes long."""

import json

import pytest

from classifier.config import settings_of
from classifier.train.preflight import prepare
from labeler.errors import UsageError

SAID = "looks for cameras whose keys begin with observation.image; it cannot be trained on"
KEYS = ("image", "wrist_image")


@pytest.fixture
def root(make_recording):
    return make_recording(lengths=(5, 4), cameras=KEYS, reward="last")


def told(done) -> str:
    assert done.exit_code == 0, done.output
    return " ".join(done.stderr.split())


def test_commands_say_it(root, make_recording, run, tmp_path) -> None:
    assert f"{SAID} image, wrist_image." in " ".join(run("inspect", root).output.split())
    call = ("apply", root, "--labels-from", "next.reward", "--dry-run", "--out", tmp_path / "c")
    assert told(run(*call)).index(SAID) < 60  # first of all
    other = make_recording(lengths=(3, 4), cameras=KEYS, reward="last", name="other", seed=7)
    said = told(run("merge", root, other, "--out", tmp_path / "m", "--dry-run"))
    assert SAID in said
    assert "Add --rename-camera image=observation.images.image" in said


def test_they_can_have_other_keys_in_the_copy(root, run, tmp_path) -> None:
    copy = tmp_path / "c"
    call = ("apply", root, "--labels-from", "next.reward", "--out", copy)
    said = told(run(*call, "--dry-run"))
    assert "Add --rename-camera image=observation.images.image" in said
    one = ("--rename-camera", "image=observation.images.front")
    assert "trained on wrist_image." in told(run(*call, *one, "--dry-run"))
    both = (*one, "--rename-camera", "wrist_image=observation.images.wrist")
    assert SAID not in told(run(*call, *both))
    assert SAID not in told(run(*call))  # the keys stay when the copy is brought up to date
    assert run("check", copy, "--against", root).exit_code == 0
    keys = [
        camera["key"] for camera in json.loads(run("inspect", copy, "--json").stdout)["cameras"]
    ]
    assert keys == ["observation.images.front", "observation.images.wrist"]
    part = ("split", root, "--episodes", "1", "--out", tmp_path / "part", *both)
    assert SAID not in told(run(*part))


@pytest.mark.parametrize("wish", ["image", "image=", "=wrist", "image=a"])
def test_new_keys_are_written_old_and_new(root, run, tmp_path, wish) -> None:
    call = ("apply", root, "--labels-from", "next.reward", "--out", tmp_path / "c")
    done = run(*call, "--rename-camera", wish, "--rename-camera", "image=b")
    assert done.exit_code == 2
    assert "Write --rename-camera OLD=NEW" in " ".join(done.stderr.split())


def test_nothing_is_said_of_others(make_recording, run, tmp_path) -> None:
    keys = ("observation.image", "observation.images.wrist")
    root = make_recording(lengths=(5, 4), cameras=keys, reward="last")
    assert "Nothing odd" in run("inspect", root).output
    call = ("apply", root, "--labels-from", "next.reward", "--dry-run", "--out", tmp_path / "c")
    assert SAID not in told(run(*call))


def test_training_refuses_them_before_it_looks_for_labels(make_recording) -> None:
    root = make_recording(lengths=(5, 4), cameras=KEYS)
    train = {"cameras": ["wrist_image"]}
    with pytest.raises(UsageError, match="'wrist_image' cannot be fed to LeRobot's classifier"):
        prepare(settings_of({"dataset": {"root": str(root)}, "train": train}).config)
