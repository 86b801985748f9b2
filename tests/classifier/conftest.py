"""What all tests of the classifier share: one thread, small networks, no network."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"  # read when the Hub's library is imported
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

import pytest
import torch

from classifier.config import CameraInput, RewardModel
from classifier.encoder import Encoder, load_encoder

torch.set_num_threads(1)

GRIPPER = "observation.images.gripper"
SIDE = "observation.images.side"


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
