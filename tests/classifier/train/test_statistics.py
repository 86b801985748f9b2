"""Statistics of features are those of double precision, however far from zero the features are."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from classifier.train.statistics import feature_statistics


@pytest.mark.parametrize("offset", [0.0, 100.0])
def test_mean_and_deviation_by_channel_and_place(offset) -> None:
    torch.manual_seed(0)
    cameras = [torch.randn(1300, *shape) * 3 + offset for shape in ((6, 4, 4), (5,))]
    model: Any = SimpleNamespace(cameras=[SimpleNamespace(key="a"), SimpleNamespace(key="b")])
    bank: Any = SimpleNamespace(gather=lambda episodes, frames: [c[frames] for c in cameras])
    frames: Any = SimpleNamespace(episodes=np.zeros(1300, np.int64), frames=np.arange(1300))
    rows = np.arange(100, 1300)
    found = feature_statistics(model, bank, frames, rows)
    for key, features in zip("ab", cameras, strict=True):
        kept = features[rows].double()
        assert torch.allclose(found[key].mean.double(), kept.mean(0), rtol=0, atol=2e-5)
        wanted = kept.std(0, unbiased=False)
        assert torch.allclose(found[key].std.double(), wanted, rtol=1e-5, atol=0)
