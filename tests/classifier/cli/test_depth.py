"""A camera that is marked as a depth map: no classifier is trained on it, none predicts with it."""

import json
import shutil
from pathlib import Path

import pytest

from classifier.probabilities import require_cameras
from classifier.train.preflight import prepare
from labeler.dataset import open_dataset
from labeler.errors import UsageError
from tests.classifier.conftest import GRIPPER, SIDE
from tests.classifier.runs import small

MARKS = [
    {"info": {"is_depth_map": True}},
    {"info": {"video.is_depth_map": True}},
    {"info": None, "video_info": {"video.is_depth_map": True}},
]


def marked(source: Path, root: Path, mark: object) -> Path:
    """A copy of a recording whose side camera measures depth."""
    shutil.copytree(source, root)
    path = root / "meta/info.json"
    info = json.loads(path.read_text())
    info["features"][SIDE].update(mark)
    path.write_text(json.dumps(info))
    return root


@pytest.mark.parametrize("mark", MARKS, ids=str)
def test_every_command_that_trains_refuses_it(cli, two_cameras, tmp_path, mark) -> None:
    root = marked(two_cameras, tmp_path / "recording", mark)
    settings = ["--policy.model_name=random", f"--output_dir={tmp_path / 'run'}"]
    ended = cli(root, "--camera", SIDE, *settings)
    assert (ended.code, ended.out) == (2, "")
    assert f"{SIDE} measures depth" in ended.err and "Name a camera of colour images" in ended.err
    assert not (tmp_path / "run").exists()


def test_a_sweep_refuses_it(cli, two_cameras, tmp_path) -> None:
    root = marked(two_cameras, tmp_path / "recording", MARKS[0])
    config = tmp_path / "sweep.json"
    values = small(root).model_dump(mode="json", exclude_unset=True)
    config.write_text(json.dumps(values | {"sweep": {"grid": {"train.epochs": [1, 2]}}}))
    ended = cli("sweep", config, "--camera", SIDE, "--out", tmp_path / "sweep")
    assert ended.code == 2
    assert f"{SIDE} measures depth" in ended.err
    assert not (tmp_path / "sweep").exists()


def test_without_a_name_the_camera_of_colour_is_taken_and_it_is_said(two_cameras, tmp_path) -> None:
    root = marked(two_cameras, tmp_path / "recording", MARKS[0])
    prepared = prepare(small(root))
    assert [camera.key for camera in prepared.cameras] == [GRIPPER]
    assert [note for note in prepared.notes if note.startswith(f"{SIDE} is left out: ")]
    named = prepare(small(two_cameras, train__cameras=[SIDE]))
    assert not [note for note in named.notes if "left out" in note]


def test_nothing_is_predicted_with_it(two_cameras, tmp_path) -> None:
    model = prepare(small(two_cameras, train__cameras=[GRIPPER, SIDE])).new_model()
    with open_dataset(two_cameras) as dataset:
        require_cameras(model, dataset)
    root = marked(two_cameras, tmp_path / "recording", MARKS[0])
    with open_dataset(root) as dataset, pytest.raises(UsageError, match=f"{SIDE} measures depth"):
        require_cameras(model, dataset)
