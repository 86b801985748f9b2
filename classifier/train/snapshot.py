"""Where a training stands, to resume from it or to write it down."""

import copy
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from classifier.model import RewardClassifier
from classifier.train.adamw import AdamW


@dataclass(frozen=True)
class Judgement:
    """Held-out frames under the weights of one step.

    probabilities: float64 (held-out frames,), of success
    """

    step: int
    loss: float
    accuracy: float
    probabilities: NDArray[np.float64]


@dataclass
class Progress:
    """Where training stands, beside weights and optimiser."""

    step: int = 0
    best_step: int = 0
    best_loss: float = math.inf
    loss_sum: float = 0.0
    """Of the batches since the last line of the log."""
    loss_count: int = 0


@dataclass(frozen=True)
class Snapshot:
    """Weights, optimiser and progress at one step, on the CPU."""

    weights: dict[str, Tensor]
    optimizer: dict[str, Any]
    progress: Progress
    judgement: Judgement | None


def taken(
    model: RewardClassifier,
    optimizer: AdamW,
    progress: Progress,
    judgement: Judgement | None,
) -> Snapshot:
    """The present state, copied."""
    state = optimizer.state_dict()
    moved = {
        number: {name: value.detach().cpu().clone() for name, value in of_parameter.items()}
        for number, of_parameter in state["state"].items()
    }
    whole = torch.contiguous_format  # of which alone safetensors makes files
    weights = {
        name: tensor.detach().cpu().clone(memory_format=whole)
        for name, tensor in _trained(model).items()
    }
    return Snapshot(
        weights,
        {"state": moved, "param_groups": copy.deepcopy(state["param_groups"])},
        copy.copy(progress),
        judgement,
    )


def load_weights(model: RewardClassifier, snapshot: Snapshot) -> None:
    """Put the weights of a snapshot into a model."""
    model.load_state_dict(snapshot.weights, strict=False)


def _trained(model: RewardClassifier) -> dict[str, Tensor]:
    """What training moves; a frozen encoder is not part of it."""
    return {
        name: tensor
        for name, tensor in model.state_dict().items()
        if model.unfrozen or not name.startswith("encoder.")
    }
