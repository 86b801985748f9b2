"""Experiment trackers: TensorBoard, Weights & Biases, trackio, if asked for and installed."""

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from classifier.config import TrainConfig, values_of
from labeler.contracts.events import Event, HeldOutEvaluation, Started, TrainingStep
from labeler.errors import UsageError
from labeler.left_out import let_in

Put = Callable[[str, float, int], None]
_MODULES = {"tensorboard": "torch.utils.tensorboard"}


def tracker_names(config: TrainConfig) -> list[str]:
    """Names of the trackers that the settings ask for."""
    asked = [*config.train.trackers, *(["wandb"] if config.wandb.enable else [])]
    return list(dict.fromkeys(asked))


class Tracker:
    """Hands the numbers of a run to one tracker, which is opened when the run has begun.

    Before that the run's folder has to be empty. Close it, or numbers may be lost.

    Raises:
        UsageError: the tracker is not installed.
    """

    def __init__(self, name: str, config: TrainConfig) -> None:
        self._name, self._config = name, config
        let_in()  # which older trackio builds on
        self._module = _module(_MODULES.get(name, name), name)
        self._put: Put | None = None
        self._end: Callable[[], object] = lambda: None

    def tell(self, event: Event) -> None:
        """Pass on what was measured; folds and the training on all frames are left out."""
        if isinstance(event, Started):
            self._put, self._end = self._open(Path(event.output_dir))
        elif self._put is None:
            return
        elif isinstance(event, TrainingStep) and event.fold is None and not event.refit:
            self._put("train/loss", event.loss, event.step)
            self._put("train/learning_rate", event.learning_rate, event.step)
        elif isinstance(event, HeldOutEvaluation):
            for name in ("loss", "accuracy", "precision", "recall", "f1"):
                self._put(f"held_out/{name}", getattr(event, name), event.step)

    def close(self) -> None:
        """Keep what was handed over."""
        self._end()
        self._put, self._end = None, lambda: None

    def _open(self, folder: Path) -> tuple[Put, Callable[[], object]]:
        if self._name == "tensorboard":
            writer = self._module.SummaryWriter(str(folder / "tensorboard"))
            return writer.add_scalar, writer.close
        config = self._config
        run = self._module.init(
            project=config.wandb.project,
            name=config.job_name,
            config=values_of(config),
            **_more(self._name, config),
        )
        return lambda key, value, step: run.log({key: value}, step=step), run.finish


def _more(name: str, config: TrainConfig) -> dict[str, Any]:
    if name != "wandb":
        return {}
    wandb = config.wandb
    return {"entity": wandb.entity, "notes": wandb.notes, "id": wandb.run_id, "mode": wandb.mode}


def _module(module: str, name: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UsageError(
            f"{name} was asked for and is not installed.",
            f"Install it beside Labeler (uv pip install {name}), or do not ask for it.",
        ) from error
