"""A linear function comes out of the classifier's layers as it went in."""

import pytest
import torch
from torch import nn

from classifier.config import CameraInput, RewardModel
from classifier.config.train_config import LEAST_WIDTH
from classifier.convex import calibrate, write_linear
from classifier.encoder import Encoder
from classifier.model import FeatureStatistics, RewardClassifier, export_state

CAMERAS = (CameraInput("observation.images.gripper", 8, 8), CameraInput("observation.image", 8, 8))


class Given(nn.Module):
    """Features are what is fed."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, features):
        return features


def classifier(kind: str, **widths: int) -> RewardClassifier:
    shape = (40, 4, 4) if kind == "cnn" else (40,)
    encoder = Encoder(Given(), "given", kind, 40, "0" * 64, _shapes={(8, 8): shape})
    torch.manual_seed(0)
    return RewardClassifier(encoder, CAMERAS, RewardModel(**widths)).eval()


@pytest.mark.parametrize("kind", ["cnn", "transformer"])
@pytest.mark.parametrize(
    "widths", [{}, {"latent_dim": LEAST_WIDTH, "hidden_dim": LEAST_WIDTH}, {"latent_dim": 65}]
)
@pytest.mark.parametrize("times", [1, 4])
def test_logits_are_the_sum_that_was_written(kind, widths, times):
    model = classifier(kind, **widths)
    random = torch.Generator().manual_seed(1)
    shapes = model.feature_shapes
    weights = {
        key: torch.randn(shape, generator=random, dtype=torch.float64)
        for key, shape in shapes.items()
    }
    model.standardize(
        {
            key: FeatureStatistics(
                torch.rand(shape, generator=random), torch.rand(shape, generator=random) + 0.5
            )
            for key, shape in shapes.items()
        }
    )
    features = {key: torch.rand(50, *shape, generator=random) * 3 for key, shape in shapes.items()}
    sums = []
    for key, found in features.items():
        by = model.statistics[key]
        sums.append((weights[key] * ((found.double() - by.mean) / by.std)).flatten(1).sum(1))
    wanted = sum(sums) - 1.5
    # What is usual may be exceeded a few times before the layers bend.
    write_linear(model, weights, -1.5, float(max(s.abs().max() for s in sums)) / times)
    logits = model.classify(list(features.values())).double()
    assert (logits - wanted).abs().max() < 1e-4 * wanted.abs().max()
    scaled = classifier(kind, **widths)
    scaled.load_state_dict(model.state_dict())
    scaled.standardize(model.statistics)
    calibrate(scaled, 0.25, 0.75)
    found = scaled.classify(list(features.values())).double()
    assert (found - (0.25 * logits + 0.75)).abs().max() < 1e-5 * wanted.abs().max()
    folded = classifier(kind, **widths)
    folded.load_state_dict(export_state(model))
    assert (folded.classify(list(features.values())).double() - wanted).abs().max() < (
        1e-4 * wanted.abs().max()
    )
