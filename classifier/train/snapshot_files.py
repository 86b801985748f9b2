"""`training_state/`: what resuming needs, in files named as LeRobot names them.

Source: lerobot/utils/train_utils.py and optim/optimizers.py of 0.6.1. The weights are there once
more because those of `pretrained_model/` have the standardisation folded in.
"""

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from safetensors.torch import save as tensors_to_bytes

from classifier.train.snapshot import Judgement, Progress, Snapshot
from labeler.cures import StartNewRun
from labeler.errors import UsageError

FOLDER = "training_state"
_WEIGHTS, _OPTIMIZER = "weights.safetensors", "optimizer_state.safetensors"
_GROUPS, _STEP, _PROGRESS = "optimizer_param_groups.json", "training_step.json", "progress.json"


def snapshot_files(snapshot: Snapshot, run: str) -> dict[str, bytes]:
    """Content of each file; `run` names what the run was trained on."""
    state: dict[int, dict[str, torch.Tensor]] = snapshot.optimizer["state"]
    tensors = {
        f"state/{number}/{name}": tensor.contiguous()
        for number, of_parameter in state.items()
        for name, tensor in of_parameter.items()
    }
    if snapshot.judgement is not None:
        tensors["judgement"] = torch.from_numpy(snapshot.judgement.probabilities)
    progress = dataclasses.asdict(snapshot.progress)
    if not math.isfinite(progress["best_loss"]):
        progress["best_loss"] = None
    told = snapshot.judgement
    judged = None if told is None else [told.step, told.loss, told.accuracy]
    return {
        _WEIGHTS: tensors_to_bytes(snapshot.weights),
        _OPTIMIZER: tensors_to_bytes(tensors),
        _GROUPS: _json(snapshot.optimizer["param_groups"]),
        _STEP: _json({"step": snapshot.progress.step}),
        _PROGRESS: _json({"progress": progress, "judgement": judged, "run": run}),
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
        judgement = None
        if known["judgement"] is not None:
            step, loss, accuracy = known["judgement"]
            judgement = Judgement(step, loss, accuracy, probabilities)
        optimizer = {"state": _state(tensors), "param_groups": groups}
        return Snapshot(weights, optimizer, Progress(**values), judgement)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise UsageError(
            f"{folder} cannot be resumed from: it is damaged or of another program.",
            StartNewRun(),
        ) from error


def _state(tensors: dict[str, torch.Tensor]) -> dict[int, dict[str, torch.Tensor]]:
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        _, number, what = name.split("/")
        state.setdefault(int(number), {})[what] = tensor
    return state


def _json(values: Any) -> bytes:  # noqa: ANN401 - whatever JSON can say
    return (json.dumps(values, indent=2) + "\n").encode()
