"""A linear function of the features, written exactly into the layers of LeRobot's classifier.

One weighting of the spatial kernel carries the weights, and the linear layer behind it sums them
over the channels. A layer normalisation divides by the deviation of its rows: rows that are
constantly 1 and -1 hold that deviation where it is, while the rows with the value are a thousand
times smaller. There the hyperbolic tangent is a straight line, too. Each value goes through a pair
of rows, as itself and with the other sign; the last layer takes their difference, in which the mean
that was subtracted and the offset that keeps both above 0 cancel out.
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from classifier.model import RewardClassifier, SpatialEmbedding, module_name

_SMALL = 1e-3
"""What the largest usual value is in the rows; the error is its square, relatively."""
_OFFSET = 16 * _SMALL
"""Keeps both rows of a pair above 0, up to many times the largest usual value."""


@torch.no_grad()
def write_linear(
    model: RewardClassifier, weights: Mapping[str, Tensor], intercept: float, largest: float
) -> None:
    """Make a classifier say: the sum of weights * standardised features, plus intercept.

    Args:
        model: of two classes; `LEAST_WIDTH` wide, for a pair of rows with the value and a pair of
            constants. Its statistics stay as they are.
        weights: by camera key, float64 in the shape of one image's features.
        intercept: a logit.
        largest: the largest absolute value that a camera's sum usually has.
    """
    scale = _SMALL / max(largest, 1e-6)
    if model.source.kind == "transformer":
        inputs = [weights[camera.key].flatten() * scale for camera in model.cameras]
        _write_head(model, torch.cat(inputs), intercept, scale)
        return
    width = model.settings.latent_dim
    inputs = []
    gain = math.nan
    for camera in model.cameras:
        embedding = model.encoders[module_name(camera.key)]
        gain = _write_embedding(embedding, weights[camera.key] * scale)
        inputs.append(torch.tensor([0.5, -0.5] + [0.0] * (width - 2), dtype=torch.float64))
    _write_head(model, torch.cat(inputs), intercept, scale * gain)


@torch.no_grad()
def calibrate(model: RewardClassifier, scale: float, bias: float) -> None:
    """Make a classifier say `scale` times its logits, plus `bias`: the last layer does so."""
    last = model.classifier_head.get_submodule("4")
    assert isinstance(last, nn.Linear)
    last.weight.mul_(scale)
    last.bias.mul_(scale).add_(bias)


def _write_embedding(embedding: nn.Module, weights: Tensor) -> float:
    """Write a camera's weights; how many times their sum comes out in half a pair's difference."""
    spatial, linear, norm = (embedding.get_submodule(name) for name in "134")
    assert isinstance(spatial, SpatialEmbedding)
    spatial.kernel.zero_()
    spatial.kernel[..., 0] = weights.to(spatial.kernel)
    assert isinstance(linear, nn.Linear) and isinstance(norm, nn.LayerNorm)
    sums = torch.zeros_like(linear.weight[0])
    sums[:: spatial.kernel.shape[-1]] = 1
    return _write_pair(linear, norm, sums, offset=0.0)


def _write_head(model: RewardClassifier, inputs: Tensor, intercept: float, scale: float) -> None:
    """Write the head for `inputs`, whose sum is the value times `scale`."""
    first, norm, last = (model.classifier_head.get_submodule(name) for name in "024")
    assert isinstance(first, nn.Linear) and isinstance(last, nn.Linear)
    assert isinstance(norm, nn.LayerNorm)
    gain = _write_pair(first, norm, inputs.to(first.weight), offset=_OFFSET)
    last.weight.zero_()
    pair = 1 / (2 * gain * scale)
    last.weight[0, 0], last.weight[0, 1] = pair, -pair
    last.bias.fill_(intercept)


def _write_pair(linear: nn.Linear, norm: nn.LayerNorm, weights: Tensor, offset: float) -> float:
    """Rows 0 and 1 are a value and its negative; the others are constant.

    By how much the normalisation multiplies the value is what comes back.
    """
    linear.weight.zero_()
    linear.weight[0], linear.weight[1] = weights, -weights
    constants = torch.zeros_like(linear.bias)
    pairs = (len(constants) - 2) // 2
    constants[2 : 2 + pairs] = 1
    constants[2 + pairs : 2 + 2 * pairs] = -1
    linear.bias.copy_(constants)
    norm.weight.fill_(1)
    norm.bias.zero_()
    norm.bias[:2] = offset
    return 1 / math.sqrt(2 * pairs / len(constants) + norm.eps)
