"""A classifier whose encoder LeRobot cannot load is trained, used here, and given to no robot."""

import json

import pytest

from tests.classifier.test_encoder import save_timm


@pytest.fixture
def encoder(tmp_path) -> str:
    save_timm(tmp_path / "encoder", "test_efficientnet", "timm")
    return f"--policy.model_name={tmp_path / 'encoder'}"


def test_training_says_so_and_what_comes_next_is_no_robot(
    cli, encoder, recording, tmp_path
) -> None:
    run = tmp_path / "run"
    given = ["--policy.image_size=128", "--train.folds=2", f"--output_dir={run}"]
    trained = cli(recording, encoder, *given)
    assert trained.code == 0, trained.err
    assert trained.err.count("which LeRobot's classifier cannot load") == 1
    assert f"labeler review {recording} --checkpoint {run}" in trained.err
    assert "hilserl-config" not in trained.err
    contract = json.loads((run / "checkpoints/refit/pretrained_model/labeler.json").read_text())
    assert contract["encoder"]["in_lerobot"] is False

    predicted = cli("predict", run, recording, "--out", tmp_path / "scores.parquet")
    assert predicted.code == 0
    assert "which LeRobot's classifier cannot load" in predicted.err
    exported = cli("export", run, "--out", tmp_path / "exported")
    assert exported.code == 2
    assert "on no robot" in exported.err
    assert not (tmp_path / "exported").exists()


def test_for_a_robot_it_is_refused_before_any_work(cli, encoder, recording, tmp_path) -> None:
    given = ["--policy.image_size=128", f"--output_dir={tmp_path / 'run'}"]
    ended = cli(recording, encoder, *given, "--train.for_robot=true")
    assert ended.code == 2
    assert "LeRobot's classifier cannot load" in ended.err
    assert not (tmp_path / "run").exists()
