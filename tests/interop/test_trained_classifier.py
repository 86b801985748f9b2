"""A classifier that `labeler-train` trained, on the robot: recorded frames through LeRobot's steps.

The whole way: recorded picture, LeRobot's own crop and resize, LeRobot's own classifier, and on our
side `predictions`, which decodes, cuts, resizes and judges by itself.
"""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from classifier.checkpoint import load_checkpoint
from classifier.config import settings_of
from classifier.probabilities import predictions
from classifier.train import train
from classifier.train.stopping import Stop
from labeler.dataset import open_dataset
from labeler.video import FrameReader
from tests.conftest import MakeRecording
from tests.interop.lerobot_process import LerobotProcess
from tests.interop.releases import Release
from tests.interop.shared import card_of
from tests.interop.test_classifier import DIALECTS, encoder_folder

__all__ = ["encoder_folder"]

pytestmark = pytest.mark.interop

CAMERA = "observation.images.gripper"
CROP = (4, 10, 120, 140)
FRAMES = 10


@pytest.fixture
def recording(make_recording: MakeRecording) -> Path:
    def later_half(episode: int) -> np.ndarray:
        return (np.arange(FRAMES) >= 5).astype(np.float32)

    return make_recording("v3.0", (FRAMES,) * 4, size=(128, 160), reward=later_half)


def test_recorded_frames_are_judged_alike_on_the_robot(
    release: Release,
    lerobot: LerobotProcess,
    recording: Path,
    encoder_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LABELER_CACHE", str(tmp_path / "cache"))
    values = {
        "reward_model": {"model_name": str(encoder_folder), "hidden_dim": 16, "latent_dim": 12},
        "dataset": {"root": str(recording), "crop_params_dict": {CAMERA: list(CROP)}},
        "train": {"epochs": 6, "views": 0, "export_for": DIALECTS[release.name]},
        "output_dir": str(tmp_path / "run"),
        "batch_size": 8,
    }
    result = train(settings_of(values).config, lambda event: None, Stop())
    checkpoint = result.folder / "checkpoints" / "best" / "pretrained_model"
    raw = tmp_path / "raw.safetensors"
    with open_dataset(recording) as dataset:
        with FrameReader(dataset, CAMERA) as reader:
            pixels = torch.from_numpy(np.stack(list(reader.frames(1))))
        save_file({CAMERA: pixels.permute(0, 3, 1, 2).contiguous()}, raw)
        ((_, ours),) = predictions(load_checkpoint(checkpoint).model, dataset, [1])
    block = card_of(checkpoint)
    theirs = lerobot.ask("judge_recorded", checkpoint=checkpoint, raw=raw, environment=block)
    assert np.ptp(ours) > 0.5, "the comparison needs frames that are judged apart"
    # Two releases of PyTorch add float32 numbers in another order; what that makes of a logit grows
    # with the range of the logits, and a probability has the resolution of float32 itself.
    logits = np.log(ours / (1 - ours))
    allowed = 1e-4 * np.ptp(logits) * ours * (1 - ours) + np.finfo(np.float32).eps
    assert np.all(np.abs(np.array(theirs) - ours) <= allowed)
    shutil.rmtree(tmp_path / "cache")
