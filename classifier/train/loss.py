"""What is minimised: LeRobot's losses with classes balanced, of frames or of mixtures of them.

Mixtures keep what a few episodes show from being learnt by heart: H. Zhang, M. Cissé, Y. Dauphin,
D. Lopez-Paz, mixup: Beyond Empirical Risk Minimization, ICLR 2018.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Mixture:
    """How the frames of one batch are mixed: `share` of each, the rest of its partner.

    partner: int64 (batch,), a permutation
    """

    partner: Tensor
    share: float

    def of(self, inputs: Sequence[Tensor]) -> list[Tensor]:
        """Mixed features (or images) of each camera, float32 (batch, …)."""
        return [torch.lerp(each[self.partner], each, self.share) for each in inputs]

    def loss(self, loss: Loss, logits: Tensor, targets: Tensor) -> Tensor:
        """Loss of logits of mixed frames; `targets` int64 (batch,) are those of the frames."""
        own, other = loss(logits, targets), loss(logits, targets[self.partner])
        mixed: Tensor = self.share * own + (1 - self.share) * other
        return mixed


def mixture_of(config: TrainConfig, step: int, batch: int, device: torch.device) -> Mixture | None:
    """The mixture of a step, the same in every run with the same seed; None if there is none."""
    alpha = config.train.mixup
    if not alpha:
        return None
    random = np.random.default_rng((config.seed, step, batch))
    share = float(random.beta(alpha, alpha))
    return Mixture(torch.from_numpy(random.permutation(batch)).to(device), share)
