"""Mixtures of frames: what a few episodes show is not learnt by heart.

H. Zhang, M. Cissé, Y. Dauphin, D. Lopez-Paz, mixup: Beyond Empirical Risk Minimization, ICLR 2018.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from classifier.config import TrainConfig

Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Mixture:
    """How the frames of one batch are mixed: `share` of each, the rest of its partner.

    partner: int64 (batch,), a permutation
    """

    partner: Tensor
    share: float

    def of(self, inputs: Sequence[Tensor]) -> list[Tensor]:
        """Mixed features (or pictures) of each camera, float32 (batch, …)."""
        return [torch.lerp(each[self.partner], each, self.share) for each in inputs]

    def loss(self, loss: Loss, logits: Tensor, targets: Tensor) -> Tensor:
        """Loss of logits of mixed frames; `targets` int64 (batch,) are those of the frames."""
        own, other = loss(logits, targets), loss(logits, targets[self.partner])
        return self.share * own + (1 - self.share) * other


def mixture_of(config: TrainConfig, step: int, batch: int, device: torch.device) -> Mixture | None:
    """The mixture of a step, the same in every run with the same seed; None if there is none."""
    alpha = config.train.mixup
    if not alpha:
        return None
    random = np.random.default_rng((config.seed, step, batch))
    share = float(random.beta(alpha, alpha))
    return Mixture(torch.from_numpy(random.permutation(batch)).to(device), share)
