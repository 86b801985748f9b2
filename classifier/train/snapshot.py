"""Where a training stands, to resume from it or to write it down.

`training_state/` holds what resuming needs, in files named as LeRobot names them
(lerobot/utils/train_utils.py and optim/optimizers.py of 0.6.1). The weights are there once more
because those of `pretrained_model/` have the standardisation folded in.
"""

import copy
import dataclasses
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from safetensors.torch import save as tensors_to_bytes
from torch import Tensor

from classifier.model import RewardClassifier
from classifier.train.adamw import AdamW
from labeler.cures import StartNewRun
from labeler.errors import UsageError

FOLDER = "training_state"
_WEIGHTS, _OPTIMIZER = "weights.safetensors", "optimizer_state.safetensors"
_GROUPS, _STEP, _PROGRESS = "optimizer_param_groups.json", "training_step.json", "progress.json"


@dataclass(frozen=True)
class HeldOutScores:
    """Held-out frames under the weights of one step.

    probabilities: float64 (held-out frames,), of success
    """

    step: int
    loss: float
    accuracy: float
    probabilities: NDArray[np.float64]


@dataclass
class TrainingProgress:
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
    progress: TrainingProgress
    held_out: HeldOutScores | None


def snapshot_of(
    model: RewardClassifier,
    optimizer: AdamW,
    progress: TrainingProgress,
    held_out: HeldOutScores | None,
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
        for name, tensor in _trainable_tensors(model).items()
    }
    return Snapshot(
        weights,
        {"state": moved, "param_groups": copy.deepcopy(state["param_groups"])},
        copy.copy(progress),
        held_out,
    )


def load_weights(model: RewardClassifier, snapshot: Snapshot) -> None:
    """Put the weights of a snapshot into a model."""
    model.load_state_dict(snapshot.weights, strict=False)


def _trainable_tensors(model: RewardClassifier) -> dict[str, Tensor]:
    """What training moves; a frozen encoder is not part of it."""
    return {
        name: tensor
        for name, tensor in model.state_dict().items()
        if model.unfrozen or not name.startswith("encoder.")
    }


def snapshot_files(snapshot: Snapshot, run: str) -> dict[str, bytes]:
    """Content of each file; `run` names what the run was trained on."""
    state: dict[int, dict[str, Tensor]] = snapshot.optimizer["state"]
    tensors = {
        f"state/{number}/{name}": tensor.contiguous()
        for number, of_parameter in state.items()
        for name, tensor in of_parameter.items()
    }
    scores = snapshot.held_out
    if scores is not None:
        tensors["judgement"] = torch.from_numpy(scores.probabilities)
    progress = dataclasses.asdict(snapshot.progress)
    if not math.isfinite(progress["best_loss"]):
        progress["best_loss"] = None
    summary = None if scores is None else [scores.step, scores.loss, scores.accuracy]
    return {
        _WEIGHTS: tensors_to_bytes(snapshot.weights),
        _OPTIMIZER: tensors_to_bytes(tensors),
        _GROUPS: _json(snapshot.optimizer["param_groups"]),
        _STEP: _json({"step": snapshot.progress.step}),
        _PROGRESS: _json({"progress": progress, "judgement": summary, "run": run}),
    }


def read_snapshot(checkpoint: Path, run: str) -> Snapshot:
    """The snapshot in a folder `checkpoints/<step>`.

    Raises:
        UsageError: it is damaged, of LeRobot's own trainer, or of a run on other data.
    """
    folder = checkpoint / FOLDER
    try:
        known = json.loads((folder / _PROGRESS).read_text(encoding="utf-8"))
        groups = json.loads((folder / _GROUPS).read_text(encoding="utf-8"))
        tensors = load_file(folder / _OPTIMIZER)
        weights = load_file(folder / _WEIGHTS)
        if known["run"] != run:
            raise UsageError(
                f"The run in {checkpoint} was trained on other data, labels or settings.",
                StartNewRun(),
            )
        values = known["progress"]
        values["best_loss"] = math.inf if values["best_loss"] is None else values["best_loss"]
        probabilities = tensors.pop("judgement", torch.empty(0)).numpy().astype(np.float64)
        scores = None
        if known["judgement"] is not None:
            step, loss, accuracy = known["judgement"]
            scores = HeldOutScores(step, loss, accuracy, probabilities)
        optimizer = {"state": _state(tensors), "param_groups": groups}
        return Snapshot(weights, optimizer, TrainingProgress(**values), scores)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise UsageError(
            f"{folder} cannot be resumed from: it is damaged or of another program.",
            StartNewRun(),
        ) from error


def _state(tensors: dict[str, Tensor]) -> dict[int, dict[str, Tensor]]:
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        _, number, what = name.split("/")
        state.setdefault(int(number), {})[what] = tensor
    return state


def _json(values: Any) -> bytes:  # noqa: ANN401 - whatever JSON can say
    return (json.dumps(values, indent=2) + "\n").encode()
