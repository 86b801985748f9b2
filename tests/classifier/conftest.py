"""What all tests of the classifier share: one thread, small networks, no network."""

import os
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # read when the Hub's library is imported
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

import pytest
import torch

from classifier.config import CameraInput, RewardModel
from classifier.encoder import Encoder, load_encoder
from tests.classifier.runs import LENGTHS, later_half
from tests.conftest import recording_maker

torch.set_num_threads(1)

GRIPPER = "observation.images.gripper"
SIDE = "observation.images.side"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache and a state folder of the test's own; the user's are never touched."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("LABELER_CACHE", str(folder))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return folder


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six episodes of twelve frames, the later half of each success; only to be read."""
    make = recording_maker(tmp_path_factory.mktemp("recording"))
    return make(lengths=LENGTHS, size=(48, 64), cameras=(GRIPPER,), reward=later_half)


@pytest.fixture(scope="session")
def two_cameras(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a second camera; only to be read."""
    make = recording_maker(tmp_path_factory.mktemp("two_cameras"))
    return make(lengths=LENGTHS, size=(48, 64), cameras=(GRIPPER, SIDE), reward=later_half)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The random ResNet10."""
    return load_encoder("random")


@pytest.fixture
def cameras() -> tuple[CameraInput, CameraInput]:
    """Two cameras of different shapes, both with 4x4 maps."""
    return CameraInput(GRIPPER, 104, 128, crop=(1, 2, 60, 50)), CameraInput(SIDE, 128, 104)


@pytest.fixture
def settings() -> RewardModel:
    """A small head."""
    return RewardModel(hidden_dim=16, latent_dim=12, image_embedding_pooling_dim=3)


@pytest.fixture
def images(cameras: tuple[CameraInput, ...]) -> list[torch.Tensor]:
    """Two pictures of each camera."""
    random = torch.Generator().manual_seed(3)
    return [torch.rand(2, *camera.shape, generator=random) for camera in cameras]
