"""What is minimised: LeRobot's losses, with classes balanced."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from classifier.config import TrainConfig


class Loss(nn.Module):
    """Logits and targets int64 (batch,) -> mean loss.

    Two classes: BCEWithLogits; more: cross entropy (modeling_classifier.py of LeRobot 0.6.1).
    `weights` (classes,) says how much a frame of each class counts.
    """

    weights: Tensor

    def __init__(self, weights: Tensor) -> None:
        super().__init__()
        self.register_buffer("weights", weights)

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        """The loss; with two classes logits are (batch,), else (batch, classes)."""
        if len(self.weights) > 2:
            return nn.functional.cross_entropy(logits, targets, weight=self.weights)
        return nn.functional.binary_cross_entropy_with_logits(
            logits, targets.to(logits.dtype), pos_weight=self.weights[1]
        )


def loss_of(targets: NDArray[np.int64], config: TrainConfig) -> Loss:
    """The loss for frames with these targets (n,)."""
    classes = config.reward_model.num_classes
    weights = torch.ones(classes)
    if config.train.balance == "loss":
        counts = np.maximum(np.bincount(targets, minlength=classes), 1)
        weights = torch.from_numpy(counts[0] / counts).float()
    return Loss(weights)
