"""The classifier computes what LeRobot's does, and everything but the encoder learns."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from classifier.config import CameraInput, RewardModel
from classifier.encoder import random_resnet10
from classifier.encoder.backbone import Encoder, freeze
from classifier.model import (
    IMAGENET,
    FeatureStatistics,
    PixelStatistics,
    RewardClassifier,
    export_state,
    success_probability,
)
from tests.classifier.conftest import GRIPPER, SIDE


def reference_logits(state, images, keys, pixels=None):
    """LeRobot's maths with loops and broadcasting instead of layers, in evaluation mode."""
    vectors = []
    encoder = random_resnet10(seed=0).eval()
    for key, image in zip(keys, images, strict=True):
        name = f"encoders.{key.replace('.', '_')}"
        if pixels is not None:
            mean, std = (torch.tensor(value).view(1, 3, 1, 1) for value in pixels)
            image = (image - mean) / (std + 1e-8)
        maps = encoder(image)[..., None]  # B C H W 1
        kernel = state[f"{name}.1.kernel"][None]  # 1 C H W F
        z = (maps * kernel).sum(dim=(2, 3)).reshape(len(image), -1)
        z = z @ state[f"{name}.3.weight"].T + state[f"{name}.3.bias"]
        vectors.append(torch.tanh(layer_norm(z, state, f"{name}.4")))
    z = torch.cat(vectors, dim=1)
    z = z @ state["classifier_head.0.weight"].T + state["classifier_head.0.bias"]
    z = layer_norm(z, state, "classifier_head.2").clamp(min=0)
    return z @ state["classifier_head.4.weight"].T + state["classifier_head.4.bias"]


def layer_norm(z, state, name):
    centred = z - z.mean(dim=1, keepdim=True)
    scaled = centred / torch.sqrt((centred**2).mean(dim=1, keepdim=True) + 1e-5)
    return scaled * state[f"{name}.weight"] + state[f"{name}.bias"]


@pytest.mark.parametrize("pixels", [None, PixelStatistics()], ids=["raw", "normalised"])
@torch.no_grad()
def test_logits_are_those_of_the_contract(encoder, cameras, settings, images, pixels) -> None:
    model = RewardClassifier(encoder, cameras, settings, pixels).eval()
    statistics = None if pixels is None else IMAGENET
    expected = reference_logits(export_state(model), images, (GRIPPER, SIDE), statistics)
    logits = model(images)
    assert logits.shape == (2,)
    torch.testing.assert_close(logits, expected[:, 0], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(model.probabilities(logits), 1 / (1 + torch.exp(-logits)))


@torch.no_grad()
def test_more_than_two_classes(encoder, cameras, settings, images) -> None:
    settings = settings.model_copy(update={"num_classes": 3})
    model = RewardClassifier(encoder, cameras, settings).eval()
    logits = model(images)
    expected = reference_logits(export_state(model), images, (GRIPPER, SIDE))
    torch.testing.assert_close(logits, expected, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(model.probabilities(logits).sum(dim=1), torch.ones(2))


def test_of_more_classes_success_is_that_class_one_is_the_likeliest(encoder, settings) -> None:
    """As LeRobot's step on the robot has it: `argmax`, whatever the threshold."""
    settings = settings.model_copy(update={"num_classes": 4})
    model = RewardClassifier(encoder, [CameraInput(GRIPPER, 128, 128)], settings)
    logits = torch.randn(200, 4, generator=torch.Generator().manual_seed(6)) * 3
    found = success_probability(model, logits)
    wanted = (logits.argmax(dim=1) == 1).numpy()
    assert 20 < wanted.sum() < 180
    assert ((found > 1 / 2) == wanted).all() and (found > 0).all() and (found < 1).all()


def test_tensors_have_the_names_and_shapes_of_the_contract(encoder) -> None:
    cameras = [CameraInput(GRIPPER, 128, 128)]
    state = export_state(RewardClassifier(encoder, cameras, RewardModel()))
    own = {name: tuple(t.shape) for name, t in state.items() if not name.startswith("encoder.")}
    name = "encoders.observation_images_gripper"
    assert own == {
        f"{name}.1.kernel": (512, 4, 4, 8),
        f"{name}.3.weight": (256, 4096),
        f"{name}.3.bias": (256,),
        f"{name}.4.weight": (256,),
        f"{name}.4.bias": (256,),
        "classifier_head.0.weight": (256, 256),
        "classifier_head.0.bias": (256,),
        "classifier_head.2.weight": (256,),
        "classifier_head.2.bias": (256,),
        "classifier_head.4.weight": (1, 256),
        "classifier_head.4.bias": (1,),
    }
    assert len(state) == 47
    both = [*cameras, CameraInput(SIDE, 128, 128)]
    assert len(export_state(RewardClassifier(encoder, both, RewardModel()))) == 52


def test_the_kernel_begins_as_lerobots_does(encoder) -> None:
    torch.manual_seed(0)
    model = RewardClassifier(encoder, [CameraInput(GRIPPER, 128, 128)], RewardModel())
    kernel = model.state_dict()["encoders.observation_images_gripper.1.kernel"]
    assert kernel.std().item() == pytest.approx(1 / math.sqrt(4 * 4 * 8), rel=0.02)


def one_step(model, images) -> None:
    """One optimiser step as training does it, dropout on."""
    torch.manual_seed(1)
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=1e-2)
    logits = model.train()(images)
    functional.binary_cross_entropy_with_logits(logits, torch.tensor([0.0, 1.0])).backward()
    optimizer.step()


def test_everything_but_the_encoder_learns(encoder, cameras, settings, images) -> None:
    model = RewardClassifier(encoder, cameras, settings)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    one_step(model, images)
    for name, parameter in model.named_parameters():
        if name.startswith("encoder."):
            assert parameter.grad is None, name
        else:
            assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name
    moved = {n for n, tensor in model.state_dict().items() if not torch.equal(tensor, before[n])}
    assert moved == {name for name in before if not name.startswith("encoder.")}
    assert sum(p.numel() for p in model.trainable_parameters()) == sum(
        before[n].numel() for n in moved
    )


class Normed(nn.Module):
    """A CNN with batch statistics, which training must not move either."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 5, 8, 8)
        self.norm = nn.BatchNorm2d(5)

    def forward(self, pixels):
        return self.norm(self.conv(pixels))


def test_statistics_inside_a_frozen_encoder_stay(settings) -> None:
    encoder = freeze(Encoder(Normed(), "normed", "cnn", 5, ""))
    model = RewardClassifier(encoder, [CameraInput(GRIPPER, 32, 24)], settings)
    before = encoder.network.norm.running_mean.clone()
    one_step(model, [torch.rand(2, 3, 32, 24)])
    assert torch.equal(encoder.network.norm.running_mean, before)
    assert model.feature_shapes[GRIPPER] == (5, 4, 3)  # the embedding follows the real map


def test_an_unfrozen_encoder_learns(settings) -> None:
    encoder = freeze(Encoder(Normed(), "normed", "cnn", 5, ""))
    model = RewardClassifier(encoder, [CameraInput(GRIPPER, 32, 32)], settings)
    model.unfreeze()
    one_step(model, [torch.rand(2, 3, 32, 32)])
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in encoder.network.parameters())


class Tokens(nn.Module):
    """A transformer in outline: pictures to (batch, tokens, width)."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, 6, 16, 16)

    def forward(self, pixels):
        return self.patch(pixels).flatten(2).transpose(1, 2)


@pytest.mark.parametrize("kind", ["cnn", "transformer"])
@torch.no_grad()
def test_standardised_features_fold_into_the_weights(kind, settings) -> None:
    torch.manual_seed(5)
    network, width = (Normed(), 5) if kind == "cnn" else (Tokens(), 6)
    encoder = freeze(Encoder(network, kind, kind, width, ""))
    cameras = [CameraInput(GRIPPER, 32, 32), CameraInput(SIDE, 32, 48)]
    images = [torch.rand(4, *camera.shape) for camera in cameras]
    model = RewardClassifier(encoder, cameras, settings).eval()
    plain = RewardClassifier(encoder, cameras, settings).eval()
    model.standardize(
        {
            camera.key: FeatureStatistics(torch.randn(shape), torch.rand(shape) + 0.1)
            for camera, shape in zip(cameras, model.feature_shapes.values(), strict=True)
        }
    )
    plain.load_state_dict(export_state(model))
    torch.testing.assert_close(plain(images), model(images), atol=1e-5, rtol=1e-4)
    plain.load_state_dict(model.state_dict())
    assert not torch.allclose(plain(images), model(images), atol=1e-3)
