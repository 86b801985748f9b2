"""Checkpoints are read back as they were, in each generation's layout, or not written at all."""

import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from classifier.checkpoint import Card, load_checkpoint, save_checkpoint
from classifier.checkpoint.card import environment_values
from classifier.config import CameraInput, RewardModel, read_settings, settings_of
from classifier.encoder import load_encoder
from classifier.model import PixelStatistics, RewardClassifier
from classifier.output import is_staged
from labeler.contracts.checkpoint import RecordedImages
from labeler.cures import ExportOrTrainOnRaw
from labeler.errors import RefusedError, UsageError
from labeler.hilserl import fill, read_checkpoint
from tests.classifier.conftest import GRIPPER, SIDE
from tests.classifier.test_encoder import save_model, save_timm

DIALECTS = ["lerobot-0.6", "lerobot-0.4", "lerobot-0.3", "fork"]
COMMON = {
    "type", "name", "input_features", "output_features", "device", "push_to_hub", "repo_id",
    "private", "tags", "license", "num_classes", "hidden_dim", "latent_dim",
    "image_embedding_pooling_dim", "dropout_rate", "model_name", "model_type", "num_cameras",
    "learning_rate", "weight_decay", "grad_clip_norm", "normalization_mapping",
}  # fmt: skip


@pytest.fixture
def model(encoder, settings) -> RewardClassifier:
    torch.manual_seed(0)
    cameras = CameraInput(GRIPPER, 128, 128, (1, 2, 60, 50)), CameraInput(SIDE, 128, 128)
    return RewardClassifier(encoder, cameras, settings).eval()


@pytest.fixture
def pictures() -> list[torch.Tensor]:
    return [torch.rand(2, 3, 128, 128), torch.rand(2, 3, 128, 128)]


@pytest.mark.parametrize("dialect", DIALECTS)
@torch.no_grad()
def test_round_trip(dialect, model, pictures, tmp_path) -> None:
    told = {"accuracy": 0.96667, "ROC AUC": 0.99982, "frames": 12345.0}
    card = Card(0.8268, told, "pick_lift")
    config = settings_of({"steps": 7}).config
    save_checkpoint(tmp_path / "pretrained_model", model, dialect, card, config)
    loaded = load_checkpoint(tmp_path)
    torch.testing.assert_close(loaded.model(pictures), model(pictures), atol=1e-6, rtol=1e-6)
    assert loaded.model.cameras == model.cameras
    assert loaded.contract.threshold == 0.8268
    assert loaded.contract.figures == told
    text = (tmp_path / "pretrained_model" / "README.md").read_text()
    rows = "| accuracy | 96.6% |", "| ROC AUC | 0.999 |", "| frames | 12,345 |"
    assert all(row in text for row in rows), "as the report prints them"
    assert text.count("above **0.8268**") == text.count("above **") > 0, "as the robot compares it"
    assert any("NEVER TRAINED" in note for note in loaded.notes)
    assert read_settings(tmp_path / "pretrained_model" / "train_config.json").config == config
    values = json.loads((tmp_path / "pretrained_model" / "config.json").read_text())
    assert set(values) == COMMON | ({"image_size"} if dialect == "fork" else set())
    names = {path.name for path in (tmp_path / "pretrained_model").iterdir()}
    assert ("classifier_preprocessor.json" in names) == (dialect in ("lerobot-0.6", "lerobot-0.4"))


@pytest.mark.parametrize("dialect", ["lerobot-0.3", "fork"])
@torch.no_grad()
def test_statistics_go_inside_where_the_release_normalises(
    dialect, encoder, settings, pictures, tmp_path
) -> None:
    cameras = [CameraInput(GRIPPER, 128, 128), CameraInput(SIDE, 128, 128)]
    model = RewardClassifier(encoder, cameras, settings, PixelStatistics()).eval()
    save_checkpoint(tmp_path / "c", model, dialect)
    mean = load_file(tmp_path / "c" / "model.safetensors")[
        "normalize_inputs.buffer_observation_images_gripper.mean"
    ]
    assert mean.shape == (3, 1, 1)
    torch.testing.assert_close(load_checkpoint(tmp_path / "c").model(pictures), model(pictures))
    for other in ("lerobot-0.4", "lerobot-0.6"):
        with pytest.raises(UsageError, match="feeds it raw ones") as error:
            save_checkpoint(tmp_path / "d", model, other)
        assert error.value.cures == (ExportOrTrainOnRaw("lerobot-0.3"),)
    assert not (tmp_path / "d").exists()


def test_the_fork_knows_one_square_size_only(encoder, settings, tmp_path) -> None:
    model = RewardClassifier(encoder, [CameraInput(GRIPPER, 104, 128)], settings)
    with pytest.raises(UsageError, match="one square"):
        save_checkpoint(tmp_path / "c", model, "fork")


@pytest.mark.parametrize("form", ["duplicates", "old names", "halves"])
@torch.no_grad()
def test_other_spellings_of_the_weights(form, model, pictures, tmp_path) -> None:
    save_checkpoint(tmp_path / "c", model, "lerobot-0.6")
    state = load_file(tmp_path / "c" / "model.safetensors")
    if form == "duplicates":  # LeRobot may have kept the backbone under a camera
        start = "encoders.observation_images_gripper.0."
        state = {re.sub(r"^encoder\.", start, key): tensor for key, tensor in state.items()}
    elif form == "old names":
        state = {key.replace(".group_norm.", "."): tensor for key, tensor in state.items()}
    else:
        state = {key: tensor.half() for key, tensor in state.items()}
    save_file(state, tmp_path / "c" / "model.safetensors")
    tolerance = 1e-2 if form == "halves" else 1e-6
    found = load_checkpoint(tmp_path / "c").model(pictures)
    torch.testing.assert_close(found, model(pictures), atol=tolerance, rtol=0)


@pytest.mark.parametrize("kind", ["cnn", "transformer"])
@torch.no_grad()
def test_other_encoders_come_along(kind, settings, tmp_path) -> None:
    save_model(tmp_path / "encoder", kind)
    encoder = load_encoder(str(tmp_path / "encoder"), kind)
    settings = settings.model_copy(update={"model_type": kind})
    model = RewardClassifier(encoder, [CameraInput(GRIPPER, 64, 64)], settings).eval()
    save_checkpoint(tmp_path / "c", model, "lerobot-0.6")
    (tmp_path / "encoder").rename(tmp_path / "gone")
    pictures = [torch.rand(2, 3, 64, 64)]
    torch.testing.assert_close(load_checkpoint(tmp_path / "c").model(pictures), model(pictures))


@torch.no_grad()
def test_an_encoder_of_timm_comes_along_and_its_card_names_no_robot(settings, tmp_path) -> None:
    save_timm(tmp_path / "encoder", "test_efficientnet", "timm")
    encoder = load_encoder(str(tmp_path / "encoder"))
    model = RewardClassifier(encoder, [CameraInput(GRIPPER, 64, 64)], settings).eval()
    save_checkpoint(tmp_path / "c", model, "lerobot-0.6")
    (tmp_path / "encoder").rename(tmp_path / "gone")
    pictures = [torch.rand(2, 3, 64, 64)]
    loaded = load_checkpoint(tmp_path / "c")
    torch.testing.assert_close(loaded.model(pictures), model(pictures))
    assert any("for Labeler alone" in note for note in loaded.notes)
    with pytest.raises(UsageError, match="on no robot"):
        loaded.contract.encoder.require_lerobot()
    card = (tmp_path / "c" / "README.md").read_text()
    assert "for Labeler alone" in card
    assert "robot's machine" not in card
    assert "## HIL-SERL" not in card


def spoil(folder: Path, how: str) -> None:
    weights = folder / "model.safetensors"
    state = load_file(weights)
    if how == "no config":
        (folder / "config.json").unlink()
    elif how == "sharded":
        weights.unlink()
        (folder / "pytorch_model_fsdp_0").mkdir()
    elif how == "cut":
        weights.write_bytes(weights.read_bytes()[:1000])
    elif how == "tensor missing":
        save_file({k: v for k, v in state.items() if k != "classifier_head.4.bias"}, weights)
    elif how == "other shape":
        save_file({**state, "classifier_head.4.bias": torch.zeros(3)}, weights)
    else:
        (folder / "labeler.json").write_text('{"version": 2}')


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("no config", "holds no checkpoint"),
        ("cut", "damaged"),
        ("sharded", "is a sharded checkpoint.*lerobot-convert-dcp"),
        ("tensor missing", r"classifier_head\.4\.bias is missing"),
        ("other shape", r"classifier_head\.4\.bias is \(3,\)"),
        ("newer", "Update Labeler"),
    ],
)
def test_damage_is_named(how, message, model, tmp_path) -> None:
    save_checkpoint(tmp_path / "c", model, "lerobot-0.6")
    spoil(tmp_path / "c", how)
    with pytest.raises(UsageError, match=message):
        load_checkpoint(tmp_path / "c")


def test_the_card_says_what_to_feed_and_what_to_paste(model, tmp_path) -> None:
    save_checkpoint(tmp_path / "c", model, "lerobot-0.6", Card(0.9, {"precision": 0.98}, "pick"))
    text = (tmp_path / "c" / "README.md").read_text()
    for part in (GRIPPER, "[1, 2, 60, 50]", "128 x 128", "0.9", "98.0%", "`pick`", "NEVER TRAINED"):
        assert part in text
    opening = text.partition("## Input")[0]
    assert all(part in opening for part in ("What to do next", "hilserl-config", "above **0.9**"))
    block = json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL).group(1))
    contract = load_checkpoint(tmp_path / "c").contract
    assert block == environment_values(contract, str(tmp_path / "c"))
    processor = block["env"]["processor"]
    assert processor["reward_classifier"]["success_threshold"] == 0.9
    assert processor["image_preprocessing"]["resize_size"] == [128, 128]
    # What recorded images were like survives an export, which knows the checkpoint alone.
    seen = RecordedImages(height=480, width=640, cut_before=(0, 80, 480, 480), color_range="full")
    told = tuple(replace(camera, recorded=seen) for camera in model.cameras)
    model.cameras = told
    save_checkpoint(tmp_path / "d", model, "lerobot-0.6")
    loaded = load_checkpoint(tmp_path / "d")
    assert [camera.recorded for camera in loaded.model.cameras] == [seen, seen]
    text = (tmp_path / "d" / "README.md").read_text()
    assert "recorded with 480 x 640 pixels, in full range" in text
    assert "[0, 80, 480, 480] out of the robot's images" in text
    old = environment_values(contract.model_copy(update={"release": "lerobot-0.3"}), "p")
    assert set(old["env"]) == {"wrapper", "reward_classifier_pretrained_path"}


@pytest.mark.parametrize("recorded", [None, RecordedImages(height=480, width=640)])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_configuration_is_filled_as_the_card_says(dialect, recorded, model, tmp_path) -> None:
    model.cameras = tuple(replace(camera, recorded=recorded) for camera in model.cameras)
    save_checkpoint(tmp_path / "c", model, dialect, Card(0.9))
    read = read_checkpoint(tmp_path / "c")
    assert [(c.key, c.height, c.width, c.crop) for c in read.cameras] == [
        (c.key, c.height, c.width, c.crop) for c in model.cameras
    ]
    env = fill({"env": {}}, read, str(tmp_path / "c")).values
    told = environment_values(load_checkpoint(tmp_path / "c").contract, str(tmp_path / "c"))
    assert env == told
    assert ("wrapper" in told["env"]) == (dialect in ("lerobot-0.3", "fork"))
    if recorded is not None and "wrapper" in told["env"]:  # resizes only what it crops
        crops = told["env"]["wrapper"]["crop_params_dict"]
        assert crops == {c.key: list(c.crop or (0, 0, 480, 640)) for c in model.cameras}
        assert any(c.crop is None for c in model.cameras)


def test_an_existing_folder_is_left_alone(model, tmp_path) -> None:
    (tmp_path / "c").mkdir()
    with pytest.raises(RefusedError, match="exists already"):
        save_checkpoint(tmp_path / "c", model, "lerobot-0.6")
    assert list((tmp_path / "c").iterdir()) == []


WRITER = """
import sys
from pathlib import Path
from classifier.output import new_folder, write_file
root = Path(sys.argv[1])
print("ready", flush=True)
for step in range(10000):
    with new_folder(root / f"{step:06d}") as folder:
        for part in range(4):
            write_file(folder / "inner" / str(part), str(part).encode() * 200_000)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
@pytest.mark.parametrize("moment", [0.02, 0.11, 0.25])
def test_a_kill_leaves_whole_folders_only(moment, tmp_path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        time.sleep(moment)
        process.kill()
    whole = {(Path("inner") / str(part), str(part).encode() * 200_000) for part in range(4)}
    for folder in tmp_path.iterdir():
        if not is_staged(folder):
            found = {
                (p.relative_to(folder), p.read_bytes()) for p in folder.rglob("*") if p.is_file()
            }
            assert found == whole


def test_settings_survive_a_newer_release(model, tmp_path) -> None:
    save_checkpoint(tmp_path / "c", model, "lerobot-0.6")
    path = tmp_path / "c" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "field_of_2027": 1}))
    assert isinstance(load_checkpoint(tmp_path / "c").model.settings, RewardModel)


def test_metadata_names_the_framework(model, tmp_path) -> None:
    save_checkpoint(tmp_path / "c", model, "lerobot-0.6")
    with safe_open(tmp_path / "c" / "model.safetensors", "pt") as file:
        assert file.metadata() == {"format": "pt"}
