"""From logits to what the classifier says of each frame."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from classifier.features import FeatureBank
from classifier.model import RewardClassifier

Rows = NDArray[np.int64]
_AT_ONCE = 512
_TWO = 2


def logits_of(model: RewardClassifier, bank: FeatureBank, episodes: Rows, frames: Rows) -> Tensor:
    """Logits of frames, float32 on the CPU: (n,), or (n, classes) for more than two classes."""
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    parts = []
    with torch.inference_mode():
        for start in range(0, len(frames), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            gathered = bank.gather(episodes[part], frames[part])
            inputs = [tensor.to(device) for tensor in gathered]
            found = model(inputs) if model.unfrozen else model.classify(inputs)
            parts.append(found.float().cpu())
    model.train(was_training)
    return torch.cat(parts)


def predicted_classes(model: RewardClassifier, logits: Tensor) -> Tensor:
    """The class of each frame, int64 (n,), as LeRobot judges: above one half, or the largest."""
    if model.settings.num_classes == _TWO:
        return (torch.sigmoid(logits) > 1 / 2).long()
    return logits.argmax(dim=-1)
