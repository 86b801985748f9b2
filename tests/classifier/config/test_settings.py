"""LeRobot's training JSON is read, checked, overridden and written back."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.cli.cures import hint
from classifier.config import (
    TrainConfig,
    config_text,
    dataset_root,
    read_settings,
    settings_of,
    split_overrides,
)
from classifier.config.effect import WITHOUT_EFFECT
from classifier.config.keys import nearest, setting_keys
from labeler.errors import UsageError

GRIPPER = "observation.images.gripper"
SEED = {
    "policy": {
        "type": "reward_classifier",
        "model_name": "helper2424/resnet10",
        "image_size": 128,
        "num_cameras": 1,
        "num_classes": 2,
        "hidden_dim": 256,
        "latent_dim": 256,
    },
    "dataset": {
        "repo_id": "gtgando/so101_pick_lift_cube_rl_labeled",
        "root": "/home/user/.cache/huggingface/lerobot/gtgando/so101_pick_lift_cube_rl_labeled",
        "video_backend": "pyav",
    },
}
FULL = {
    **SEED,
    "policy": {
        **SEED["policy"],
        "input_features": {
            "observation.images.gripper": {"type": "VISUAL", "shape": [3, 128, 128]}
        },
        "output_features": {"next.reward": {"type": "REWARD", "shape": [1]}},
        "normalization_mapping": {"VISUAL": "MEAN_STD"},
        "dropout_rate": 0.3,
        "use_amp": False,
        "device": "cuda",
    },
    "dataset": {
        **SEED["dataset"],
        "episodes": [0, 2],
        "crop_params_dict": {GRIPPER: [10, 20, 200, 220]},
        "image_transforms": {
            "enable": True,
            "max_num_transforms": 2,
            "random_order": True,
            "tfs": {
                "color": {"weight": 2.0, "type": "ColorJitter", "kwargs": {"hue": 0.1}},
                "sharp": {"type": "SharpnessJitter", "kwargs": {"sharpness": [0.5, 1.5]}},
            },
        },
    },
    "output_dir": "outputs/train/x",
    "steps": 3000,
    "batch_size": 32,
    "wandb": {"enable": False},
}


def test_the_seeds_example_runs_as_it_is(tmp_path) -> None:
    (tmp_path / "train.json").write_text(json.dumps(SEED))
    settings = read_settings(tmp_path / "train.json")
    assert settings.notes == ()
    assert settings.config.reward_model.image_size == 128
    assert settings.config.reward_model.num_cameras == 1
    assert settings.config.dataset.root == Path(SEED["dataset"]["root"])


@pytest.mark.parametrize("dialect", ["lerobot-0.6", "lerobot-0.3"])
@pytest.mark.parametrize("values", [{}, SEED, FULL], ids=["nothing", "seed", "full"])
def test_what_is_printed_is_read_back(values, dialect) -> None:
    config = settings_of({**values, "train": {"export_for": dialect}}).config
    again = settings_of(json.loads(config_text(config)))
    assert again.config == config
    assert again.notes == ()
    assert ("reward_model" if dialect == "lerobot-0.6" else "policy") in json.loads(
        config_text(config)
    )


def test_every_field_of_every_release_is_known() -> None:
    """Names that LeRobot 0.3.3, 0.4.4 and 0.6.1 write; the environments check them again."""
    written = json.loads(config_text(settings_of(FULL).config))
    written |= {"policy": None, "reward_model": written["reward_model"]}
    written |= {"num_workers": 4, "peft": None, "env_eval_freq": 20000, "optimizer": {"lr": 1}}
    notes = settings_of(written).notes
    assert [note.split("=")[0] for note in notes] == ["num_workers", "optimizer"]


def test_settings_without_effect_exist_and_are_said_once() -> None:
    assert set(WITHOUT_EFFECT) <= set(setting_keys())
    notes = settings_of({"dataset": {"video_backend": "torchcodec"}, "num_workers": 4}).notes
    assert len(notes) == 2
    assert any("video_backend=torchcodec has no effect" in note for note in notes)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"policy": {"dropout": 0.1}}, "Did you mean 'policy.dropout_rate'"),
        ({"reward_model": {"num_camera": 1}}, "Did you mean 'reward_model.num_cameras'"),
        ({"polcy": {}}, "Did you mean 'policy'"),
        ({"dropout_rate": 0.1}, "Did you mean 'reward_model.dropout_rate'"),
        ({"epochs": 3}, "Did you mean 'train.epochs'"),
        ({"dataset": {"rot": "x"}}, "Did you mean 'dataset.root'"),
        ({"dataset": {"image_transforms": {"enabled": True}}}, "image_transforms.enable'"),
        ({"qqqqqq": 1}, "print-config"),
        ({"policy": {"dropout_rate": 1.5}}, "Set policy.dropout_rate to a number below 1"),
        ({"policy": {"num_cameras": "one"}}, "Set policy.num_cameras to a whole number"),
        ({"policy": {"model_type": "vit"}}, "'cnn' or 'transformer'"),
        ({"policy": 3}, "Set policy to an object"),
        ({"policy": {}, "reward_model": {}}, "Keep the one of your LeRobot"),
        ({"policy": {"type": "act"}}, "not a reward classifier"),
        ({"dataset": {"crop_params_dict": {"a": [0, 0, 0, 5]}}}, "above|not below 1"),
        ({"dataset": {"crop_params_dict": {"a": [0, 0, 5]}}}, "missing"),
        ({"batch_size": True}, "whole number"),
        ({"batch_size": float("nan")}, "whole number"),
        ({"train": {"held_out": 1.0}}, "below 1"),
        ({"train": {"folds": 1}}, "2 or more"),
        ({"train": {"folds": 3, "split": "frame"}}, "Remove one of the two"),
        ({"policy": {"normalization_mapping": {"VISUAL": "MIN_MAX"}}}, "IDENTITY"),
    ],
    ids=str,
)
def test_errors_name_the_cure(values, message) -> None:
    with pytest.raises(UsageError) as raised:
        settings_of(values, "train.json")
    assert raised.value.message.startswith("train.json")
    assert hint(raised.value)
    assert re.search(message, f"{raised.value.message} {hint(raised.value)}")


@pytest.mark.parametrize(
    ("transform", "message"),
    [
        ({"type": "Resize"}, "image_size"),
        ({"type": "RandomCrop"}, "train.shift"),
        ({"type": "Solarize"}, "Use one of"),
        ({"type": "ColorJitter", "kwargs": {"sharpness": 1}}, "brightness"),
        ({"type": "ColorJitter", "kwargs": {"brightness": [1.2, 0.8]}}, "ascending"),
        ({"type": "ColorJitter", "kwargs": {"hue": 0.7}}, "-0.5 to 0.5"),
    ],
    ids=str,
)
def test_transforms_that_would_be_left_out_are_errors(transform, message) -> None:
    transforms = {"enable": True, "tfs": {"x": transform}}
    with pytest.raises(UsageError, match=message):
        settings_of({"dataset": {"image_transforms": transforms}})
    settings_of({"dataset": {"image_transforms": {**transforms, "enable": False}}})


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": 1,}', None])
def test_files_that_are_no_configuration(text, tmp_path) -> None:
    path = tmp_path / "train.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UsageError, match=r"train\.json"):
        read_settings(path)


def test_a_root_that_is_missing_explains_the_risk(tmp_path) -> None:
    with pytest.raises(UsageError, match=r"root of a/b is missing.*downloads over local episodes"):
        dataset_root(settings_of({"dataset": {"repo_id": "a/b"}}).config)
    config = settings_of({"dataset": {"root": str(tmp_path / "gone")}}).config
    with pytest.raises(UsageError, match=r"no such folder.*downloads over local episodes"):
        dataset_root(config)
    assert dataset_root(settings_of({"dataset": {"root": str(tmp_path)}}).config) == tmp_path


def read_with(*arguments: str) -> TrainConfig:
    overrides, rest = split_overrides(arguments)
    assert rest == []
    return read_settings(None, overrides).config


def test_overrides_of_the_command_line() -> None:
    arguments = [
        "ROOT", "--policy.dropout_rate=0.3", "--labels", "x.json", "--train.unfreeze", "more",
        "--steps", "30", "--camera", "k", "--resume=false", "--", "--steps=4",
    ]  # fmt: skip
    overrides, rest = split_overrides(arguments, options=["labels", "camera"])
    assert rest == ["ROOT", "--labels", "x.json", "more", "--camera", "k", "--", "--steps=4"]
    config = read_settings(None, overrides).config
    assert config.reward_model.dropout_rate == 0.3
    assert config.train.unfreeze
    assert (config.steps, config.resume) == (30, False)


def test_overrides_go_over_the_file_under_either_name(tmp_path) -> None:
    (tmp_path / "train.json").write_text(json.dumps(SEED))
    overrides, _ = split_overrides(["--reward_model.hidden_dim=8", "--policy.latent_dim=4"])
    model = read_settings(tmp_path / "train.json", overrides).config.reward_model
    assert (model.hidden_dim, model.latent_dim, model.image_size) == (8, 4, 128)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--policy.dropout=0.1", "Did you mean 'policy.dropout_rate'"),
        ("--train.epoch=1", "Did you mean 'train.epochs'"),
        ("--steps", "no value"),
        ("--policy.input_features.observation.images.x=1", "Give it whole"),
    ],
)
def test_overrides_that_make_no_sense(argument, message) -> None:
    with pytest.raises(UsageError) as raised:
        split_overrides([argument])
    assert re.search(message, f"{raised.value.message} {hint(raised.value)}")


@given(st.floats(0, 0.999), st.integers(1, 10**9), st.booleans(), st.text(max_size=20))
def test_overridden_values_arrive(rate, steps, unfreeze, name) -> None:
    config = read_with(
        f"--policy.dropout_rate={rate!r}",
        f"--steps={steps}",
        f"--train.unfreeze={unfreeze}",
        f"--job_name={json.dumps(name)}",
    )
    assert config.reward_model.dropout_rate == rate
    assert (config.steps, config.train.unfreeze, config.job_name) == (steps, unfreeze, name)


@given(st.text(max_size=12), st.text(max_size=12))
def test_arguments_are_understood_or_refused(name, value) -> None:
    try:
        overrides, rest = split_overrides([f"--{name}={value}"])
        read_settings(None, overrides)
    except UsageError as error:
        assert error.message
    else:
        assert rest or overrides


@given(st.sampled_from(sorted(setting_keys())), st.data())
def test_one_wrong_letter_is_corrected(path, data) -> None:
    section, _, name = path.rpartition(".")
    if len(name) < 5:
        return
    place = data.draw(st.integers(0, len(name) - 1))
    wrong = name[:place] + "0" + name[place + 1 :]
    found = nearest(wrong, section.split(".") if section else [])
    assert found is not None
    assert found.rpartition(".")[0] == section


@pytest.mark.parametrize(
    ("enabled", "given", "views"), [(False, None, 0), (True, None, 4), (True, 2, 2), (True, 0, 0)]
)
def test_views_are_drawn_where_transforms_are_asked_for(enabled, given, views):
    values = {"dataset": {"image_transforms": {"enable": enabled}}, "train": {"views": given}}
    assert settings_of(values).config.views == views
