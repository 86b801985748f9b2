"""Mean and deviation of features over the training frames."""

import numpy as np
import torch

from classifier.data import LabelledFrames
from classifier.features import FeatureBank
from classifier.model import FeatureStatistics, RewardClassifier

_AT_ONCE = 512
_LEAST = 0.1  # of a camera's mean deviation: a feature that hardly moves must not be blown up


def feature_statistics(
    model: RewardClassifier, bank: FeatureBank, frames: LabelledFrames, rows: np.ndarray
) -> dict[str, FeatureStatistics]:
    """Statistics per channel and place of each camera's features, by camera key; float32."""
    sums: list[torch.Tensor] = []
    squares: list[torch.Tensor] = []
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        for number, found in enumerate(bank.gather(frames.episodes[part], frames.frames[part])):
            values = found.double()
            if len(sums) == number:
                sums.append(torch.zeros(values.shape[1:], dtype=torch.float64))
                squares.append(torch.zeros_like(sums[0]))
            sums[number] += values.sum(0)
            squares[number] += values.square().sum(0)
    result = {}
    for camera, total, square in zip(model.cameras, sums, squares, strict=True):
        mean = total / len(rows)
        std = (square / len(rows) - mean.square()).clamp_(min=0).sqrt()
        floor = max(float(std.mean()) * _LEAST, 1e-6)
        result[camera.key] = FeatureStatistics(mean.float(), std.clamp(min=floor).float())
    return result
