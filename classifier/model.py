"""The classifier: a frozen encoder, a learned embedding per camera, and a head.

Shapes, names and maths are those of LeRobot's `Classifier` (modeling_classifier.py of 0.3.3, 0.4.4
and 0.6.1); only there everything below the head runs without gradients and stays random.
"""

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from classifier.config import CameraInput, RewardModel
from classifier.encoder import Encoder
from classifier.encoder.backbone import features as features_of

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
"""Mean and deviation of red, green and blue in [0, 1] (torchvision, and LeRobot's factory)."""

_EPSILON = 1e-8  # LeRobot's Normalize adds it to the deviation


@dataclass(frozen=True)
class PixelStatistics:
    """Mean and deviation per channel that pixels in [0, 1] are normalised with."""

    mean: tuple[float, float, float] = IMAGENET[0]
    std: tuple[float, float, float] = IMAGENET[1]


@dataclass(frozen=True)
class FeatureStatistics:
    """Mean and deviation of a camera's features, in the shape of one image's features."""

    mean: Tensor
    std: Tensor


def module_name(key: str) -> str:
    """A camera's key as part of a tensor's name."""
    return key.replace(".", "_")


class SpatialEmbedding(nn.Module):
    """Feature maps (batch, C, H, W) -> (batch, C * F): F learned weightings of each channel."""

    def __init__(self, channels: int, height: int, width: int, weightings: int) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.empty(channels, height, width, weightings))
        nn.init.kaiming_normal_(self.kernel, mode="fan_in", nonlinearity="linear")

    def forward(self, maps: Tensor) -> Tensor:
        """z[b, c * F + k] = sum over h, w of maps[b, c, h, w] * kernel[c, h, w, k]."""
        return torch.einsum("bchw,chwk->bck", maps, self.kernel).flatten(1)


def _embedding(settings: RewardModel, shape: tuple[int, ...]) -> nn.Sequential:
    channels, height, width = shape
    weightings = settings.image_embedding_pooling_dim
    # "0" is the encoder, which LeRobot stores once under a name of its own.
    layers: list[tuple[str, nn.Module]] = [
        ("1", SpatialEmbedding(channels, height, width, weightings)),
        ("2", nn.Dropout(settings.dropout_rate)),
        ("3", nn.Linear(channels * weightings, settings.latent_dim)),
        ("4", nn.LayerNorm(settings.latent_dim)),
        ("5", nn.Tanh()),
    ]
    return nn.Sequential(OrderedDict(layers))


def _head(settings: RewardModel, inputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, settings.hidden_dim),
        nn.Dropout(settings.dropout_rate),
        nn.LayerNorm(settings.hidden_dim),
        nn.ReLU(),
        nn.Linear(settings.hidden_dim, 1 if settings.num_classes == 2 else settings.num_classes),
    )


class RewardClassifier(nn.Module):
    """Images of each camera -> logits: (batch,) for two classes, else (batch, classes).

    Training goes through `encode` once per image and `classify` as often as it likes.
    """

    def __init__(
        self,
        encoder: Encoder,
        cameras: Sequence[CameraInput],
        settings: RewardModel,
        pixels: PixelStatistics | None = None,
    ) -> None:
        super().__init__()
        self.source = encoder
        self.cameras = tuple(cameras)
        self.settings = settings
        self.pixels = pixels
        self.unfrozen = False
        self.encoder = encoder.network
        shapes = {key.key: encoder.feature_shape(key.height, key.width) for key in self.cameras}
        self.feature_shapes = shapes
        if encoder.kind == "cnn":
            self.encoders = nn.ModuleDict(
                {module_name(key): _embedding(settings, shape) for key, shape in shapes.items()}
            )
        width = settings.latent_dim if encoder.kind == "cnn" else encoder.channels
        self.classifier_head = _head(settings, width * len(self.cameras))
        self.statistics: dict[str, FeatureStatistics] = {}

    def train(self, mode: bool = True) -> Self:
        """Switch dropout; the statistics inside a frozen encoder never move."""
        super().train(mode)
        if not self.unfrozen:
            self.encoder.eval()
        return self

    def unfreeze(self) -> None:
        """Train the encoder, too."""
        self.unfrozen = True
        self.encoder.requires_grad_(True)
        self.train(self.training)

    def trainable_parameters(self) -> list[nn.Parameter]:
        """Everything that training moves, without the encoder."""
        return [
            parameter
            for name, parameter in self.named_parameters()
            if not name.startswith("encoder.")
        ]

    def standardize(self, statistics: dict[str, FeatureStatistics]) -> None:
        """Bring features to mean 0 and deviation 1; `export_state` folds that into weights."""
        self.statistics = dict(statistics)

    def normalize(self, pixels: Tensor) -> Tensor:
        """Pixels in [0, 1] as the encoder is fed with them."""
        if self.pixels is None:
            return pixels
        mean = pixels.new_tensor(self.pixels.mean).view(3, 1, 1)
        std = pixels.new_tensor(self.pixels.std).view(3, 1, 1)
        return (pixels - mean) / (std + _EPSILON)

    def encode(self, images: Sequence[Tensor]) -> list[Tensor]:
        """Features of each camera's images (batch, 3, height, width), float32 in [0, 1]."""
        with torch.set_grad_enabled(self.unfrozen and torch.is_grad_enabled()):
            return [
                features_of(self.encoder, self.source.kind, self.normalize(image))
                for image in images
            ]

    def classify(self, features: Sequence[Tensor]) -> Tensor:
        """Logits of features as `encode` gives them, in the order of the cameras."""
        vectors = [
            self._embed(camera.key, feature)
            for camera, feature in zip(self.cameras, features, strict=True)
        ]
        logits: Tensor = self.classifier_head(torch.hstack(vectors))
        return logits.squeeze(-1) if self.settings.num_classes == 2 else logits

    def _embed(self, key: str, feature: Tensor) -> Tensor:
        if key in self.statistics:
            statistics = self.statistics[key]
            feature = (feature - statistics.mean.to(feature)) / statistics.std.to(feature)
        if self.source.kind == "transformer":
            return feature
        vector: Tensor = self.encoders[module_name(key)](feature)
        return vector

    def forward(self, images: Sequence[Tensor]) -> Tensor:
        """Logits of images, one tensor per camera."""
        return self.classify(self.encode(images))

    def probabilities(self, logits: Tensor) -> Tensor:
        """Probability of success (batch,), or of each class (batch, classes)."""
        if self.settings.num_classes == 2:
            return torch.sigmoid(logits)
        return torch.softmax(logits, dim=-1)


_COARSE = 8
"""Rows and columns that images are shrunk to for comparing them with those of the training."""


def frame_numbers(
    features: Sequence[Tensor], images: Sequence[Tensor]
) -> dict[str, NDArray[np.float32]]:
    """By which frames are compared with those of the training, float32 (n, …), by kind.

    features: as `RewardClassifier.encode` gives them; images: (n, 3, height, width) in [0, 1]
    """
    coarse = [functional.adaptive_avg_pool2d(image, _COARSE) for image in images]
    return {"features": feature_numbers(features), "pixels": feature_numbers(coarse)}


def feature_numbers(features: Sequence[Tensor]) -> NDArray[np.float32]:
    """Features of frames by camera, each (n, …), as a row of numbers per frame, float32 (n, d)."""
    joined: NDArray[np.float32] = torch.cat(
        [one.flatten(1).float().cpu() for one in features], dim=1
    ).numpy()
    return joined


def frame_widths(model: RewardClassifier) -> dict[str, int]:
    """How many numbers `frame_numbers` gives of each kind."""
    features = sum(math.prod(shape) for shape in model.feature_shapes.values())
    return {"features": features, "pixels": 3 * _COARSE**2 * len(model.cameras)}


def success_probability(model: RewardClassifier, logits: Tensor) -> NDArray[np.float64]:
    """Probability of success, float64 (n,).

    With more than two classes, LeRobot's step on the robot rewards class 1 where it is the
    likeliest (modeling_classifier.py: `argmax`), whatever the threshold. Then it is the probability
    that it is class 1, and not the likeliest of the others: above one half in just these frames.
    """
    probabilities = model.probabilities(logits.double())
    if probabilities.ndim > 1:
        first = logits.double()[:, 1]
        others = torch.cat([logits[:, :1], logits[:, 2:]], dim=1).double().amax(dim=1)
        probabilities = torch.sigmoid(first - others)
    result: NDArray[np.float64] = probabilities.detach().cpu().numpy()
    return result


def export_state(model: RewardClassifier) -> dict[str, Tensor]:
    """Tensors as LeRobot names them, float32 on the CPU, standardisation folded in.

    With K the kernel, b the bias and W the weights of the linear layer behind it:
    sum((f - m) / s * K) @ W + b  =  sum(f * K / s) @ W + (b - sum(m * K / s) @ W).
    """
    state = {
        name: tensor.detach().to("cpu", torch.float32).contiguous().clone()
        for name, tensor in model.state_dict().items()
    }
    offset = 0
    for camera in model.cameras:
        statistics = model.statistics.get(camera.key)
        width = math.prod(model.feature_shapes[camera.key])
        if statistics is not None and model.source.kind == "cnn":
            _fold_into_embedding(state, f"encoders.{module_name(camera.key)}", statistics)
        elif statistics is not None:
            _fold_into_head(state, slice(offset, offset + width), statistics)
        offset += width
    return state


def _fold_into_embedding(state: dict[str, Tensor], name: str, by: FeatureStatistics) -> None:
    kernel = state[f"{name}.1.kernel"].double()
    mean, std = (
        value.detach().cpu().double().expand(kernel.shape[:3])[..., None]
        for value in (by.mean, by.std)
    )
    scaled = kernel / std
    shift = (mean * scaled).sum(dim=(1, 2)).flatten()
    state[f"{name}.1.kernel"] = scaled.float()
    weight, bias = state[f"{name}.3.weight"].double(), state[f"{name}.3.bias"].double()
    state[f"{name}.3.bias"] = (bias - weight @ shift).float()


def _fold_into_head(state: dict[str, Tensor], part: slice, by: FeatureStatistics) -> None:
    weight, bias = state["classifier_head.0.weight"].double(), state["classifier_head.0.bias"]
    mean, std = by.mean.detach().cpu().double(), by.std.detach().cpu().double()
    scaled = weight[:, part] / std
    weight[:, part] = scaled
    state["classifier_head.0.weight"] = weight.float()
    state["classifier_head.0.bias"] = (bias.double() - scaled @ mean).float()
