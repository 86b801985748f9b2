"""Cameras whose dimensions have no names: LeRobot's trainer needs them, so copies get them."""

import json

import pytest

from labeler.storage.checking.check import differences
from tests.snapshot import snapshot

CAMERA = "observation.images.gripper"
NAMES = ["height", "width", "channels"]


def features(root):
    return json.loads((root / "meta/info.json").read_text())["features"]


def change(root, **entries):
    file = root / "meta/info.json"
    document = json.loads(file.read_text())
    for name, value in entries.items():
        document["features"][CAMERA][name] = value
    if "names" not in entries:
        del document["features"][CAMERA]["names"]
    file.write_text(json.dumps(document))


@pytest.mark.parametrize("version", ["v2.0", "v2.1", "v3.0"])
@pytest.mark.parametrize("command", ["apply", "split", "merge"])
def test_a_copy_gets_them(make_recording, run, tmp_path, version, command):
    root = make_recording(version, reward="last")
    change(root)
    before, copy = snapshot(root), tmp_path / "copy"
    more = {
        "apply": [root, "--labels-from", "next.reward"],
        "split": [root, "--episodes", "0,2"],
        "merge": [root],
    }[command]
    done = run(command, *more, "--out", copy)
    assert done.exit_code == 0, done.output
    assert features(copy)[CAMERA]["names"] == NAMES
    assert differences(copy) == []
    assert snapshot(root) == before


def test_their_order_is_that_of_the_shape(make_recording, run, tmp_path):
    root = make_recording(reward="last")
    change(root, names=None, shape=[3, 64, 64])
    run("apply", root, "--labels-from", "next.reward", "--out", tmp_path / "copy")
    assert features(tmp_path / "copy")[CAMERA]["names"] == ["channels", "height", "width"]


def test_names_that_are_there_stay(make_recording, run, tmp_path):
    root = make_recording(reward="last")
    change(root, names=["h", "w", "c"])
    run("apply", root, "--labels-from", "next.reward", "--out", tmp_path / "copy")
    assert features(tmp_path / "copy")[CAMERA]["names"] == ["h", "w", "c"]


def test_a_shape_that_is_none_of_images_gets_no_names(make_recording, run, tmp_path):
    root = make_recording(reward="last")
    change(root, names=None, shape=[64, 64])
    run("apply", root, "--labels-from", "next.reward", "--out", tmp_path / "copy")
    assert features(tmp_path / "copy")[CAMERA]["names"] is None
