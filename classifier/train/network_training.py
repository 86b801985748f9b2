"""The loop: batches of features, a loss, a step, and now and then a look at held-out frames."""

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from classifier.config import TrainConfig
from classifier.data import LabelledFrames, Split
from classifier.features import FeatureBank
from classifier.model import RewardClassifier, success_probability
from classifier.train.adamw import AdamW, ParameterGroup
from classifier.train.loss import Loss, Mixture, loss_of, mixture_of
from classifier.train.scoring import logits_of, predict_classes
from classifier.train.snapshot import (
    HeldOutScores,
    Snapshot,
    TrainingProgress,
    load_weights,
    snapshot_of,
)
from labeler.cures import Advice
from labeler.errors import LabelerError

Rows = NDArray[np.int64]
Reason = Literal["steps", "early stopping", "stopped"]

_WARM_UP = 0.02  # part of the steps during which the rate rises
_FLOOR = 0.05  # part of the rate that a cosine schedule ends with


class Resumable(Protocol):
    """A training that can go on from a snapshot."""

    model: RewardClassifier

    def resume(self, snapshot: Snapshot, best: Snapshot | None) -> None:
        """Go on from a snapshot instead of from the beginning."""


@dataclass
class Watcher:
    """What is called while the loop runs."""

    on_step: Callable[[TrainingProgress, float, float], None] = lambda progress, loss, rate: None
    """After every `log_freq` steps: mean loss since the last call, learning rate."""
    on_evaluation: Callable[[TrainingProgress, HeldOutScores, bool], None] = (
        lambda progress, scores, best: None
    )
    """After every `eval_freq` steps; the flag says that the held-out loss was never lower."""
    on_snapshot: Callable[[Snapshot, bool, bool], None] = lambda snapshot, best, due: None
    """When there is a new best one, when `save_freq` says that one is due, and at the end."""
    on_begin: Callable[[Resumable], None] = lambda fit: None
    """Before the first step; the fit may be resumed from a snapshot here."""
    stopped: Callable[[], bool] = lambda: False
    """Whether to end after the current step."""


@dataclass
class NetworkFit:
    """One training of one model on one split. Call `run` once."""

    model: RewardClassifier
    bank: FeatureBank
    frames: LabelledFrames
    split: Split
    config: TrainConfig
    watcher: Watcher = field(default_factory=Watcher)
    progress: TrainingProgress = field(default_factory=TrainingProgress)
    best: Snapshot | None = None
    held_out: HeldOutScores | None = None
    """The latest ones."""
    reason: Reason = "steps"
    """Why it ended."""

    def __post_init__(self) -> None:
        config = self.config
        self.device = next(self.model.parameters()).device
        self.held_out_loss = loss_of(self.frames.targets[self.split.train], config)
        self.loss = copy.deepcopy(self.held_out_loss).to(self.device)
        self.optimizer = AdamW(_groups(self.model, config), config.reward_model.weight_decay)
        self.epoch_steps = math.ceil(len(self.split.train) / config.batch_size)
        self.steps = steps_of(config, len(self.split.train))

    def run(self) -> Reason:
        """Train to the end, to the first sign of overfitting, or until told to stop.

        Raises:
            LabelerError: the loss is not a number any more; `best` is from before.
        """
        self.watcher.on_begin(self)
        self.model.train()
        if self._patience_is_over():  # a run that had ended is resumed
            return self._end("early stopping")
        for rows, views in self._batches():
            self._step(rows, views)
            self._log()
            if len(self.split.held_out) and self._is_time(self.config.eval_freq):
                self._evaluate()
                if self._patience_is_over():
                    return self._end("early stopping")
            if self.config.save_freq and self._is_time(self.config.save_freq):
                self.watcher.on_snapshot(self._snapshot(), False, True)
            if self.watcher.stopped():
                return self._end("stopped")
        return self._end("steps")

    def resume(self, snapshot: Snapshot, best: Snapshot | None) -> None:
        """Go on from a snapshot instead of from the beginning."""
        load_weights(self.model, snapshot)
        self.optimizer.load_state_dict(snapshot.optimizer)
        self.progress = copy.copy(snapshot.progress)
        self.held_out, self.best = snapshot.held_out, best

    def _batches(self) -> Iterator[tuple[Rows, Rows]]:
        rows = self.split.train
        first, last = self.progress.step, self.steps
        return batches(rows, self.frames.targets[rows], self.config, first=first, last=last)

    def _step(self, rows: Rows, views: Rows) -> None:
        config, progress = self.config, self.progress
        # Drawn anew for each step, so that a resumed run drops the same units out.
        torch.manual_seed(config.seed + progress.step)
        self.optimizer.set_rate(learning_rate(config, progress.step, self.steps))
        targets = torch.from_numpy(self.frames.targets[rows]).to(self.device)
        mixture = mixture_of(config, progress.step, len(rows), self.device)
        with self._precision():
            logits = self._logits(rows, views, mixture)
        loss = _loss(self.loss, logits.float(), targets, mixture)
        value = float(loss.detach())
        if not math.isfinite(value):
            self._fail()
        self.optimizer.clear()
        torch.autograd.backward(loss)
        if config.reward_model.grad_clip_norm:
            torch.nn.utils.clip_grad_norm_(
                self.model.parameters(), config.reward_model.grad_clip_norm
            )
        self.optimizer.step()
        progress.step += 1
        progress.loss_sum += value
        progress.loss_count += 1

    def _logits(self, rows: Rows, views: Rows, mixture: Mixture | None) -> Tensor:
        gathered = self.bank.gather(self.frames.episodes[rows], self.frames.frames[rows], views)
        inputs = [tensor.to(self.device) for tensor in gathered]
        if mixture is not None:
            inputs = mixture.of(inputs)
        logits: Tensor = self.model(inputs) if self.model.unfrozen else self.model.classify(inputs)
        return logits

    def _precision(self) -> torch.autocast:
        wanted, device = self.config.reward_model.use_amp, self.device.type
        enabled = wanted if wanted is not None else device == "cuda"
        return torch.autocast(device, dtype=torch.bfloat16, enabled=enabled)

    def _log(self) -> None:
        if not self._is_time(self.config.log_freq):
            return
        progress = self.progress
        mean = progress.loss_sum / max(progress.loss_count, 1)
        progress.loss_sum, progress.loss_count = 0.0, 0
        self.watcher.on_step(progress, mean, self.optimizer.groups[0].rate)

    def _evaluate(self) -> None:
        """Score the held-out frames, and keep the weights if their loss was never lower."""
        rows, progress = self.split.held_out, self.progress
        logits = logits_of(
            self.model, self.bank, self.frames.episodes[rows], self.frames.frames[rows]
        )
        targets = torch.from_numpy(self.frames.targets[rows])
        right = predict_classes(self.model, logits) == targets
        loss = float(self.held_out_loss(logits, targets))
        accuracy = float(right.double().mean())
        probabilities = success_probability(self.model, logits)
        self.held_out = HeldOutScores(progress.step, loss, accuracy, probabilities)
        if not math.isfinite(loss):
            self._fail()
        best = loss < progress.best_loss
        if best:
            progress.best_loss, progress.best_step = loss, progress.step
            self.best = self._snapshot()
        self.watcher.on_evaluation(progress, self.held_out, best)
        if best and self.best is not None:
            self.watcher.on_snapshot(self.best, True, False)

    def _is_time(self, every: int | None) -> bool:
        step = self.progress.step
        return step % (every or self.epoch_steps) == 0 or step == self.steps

    def _patience_is_over(self) -> bool:
        patience, scores = self.config.train.patience, self.held_out
        if patience is None or scores is None:
            return False
        return scores.step - self.progress.best_step >= patience * self.epoch_steps

    def _snapshot(self) -> Snapshot:
        found = snapshot_of(self.model, self.optimizer, self.progress, self.held_out)
        if not all(bool(torch.isfinite(tensor).all()) for tensor in found.weights.values()):
            self._fail()  # nothing that is broken may take the place of a checkpoint
        return found

    def _end(self, reason: Reason) -> Reason:
        self.reason = reason
        self.watcher.on_snapshot(self._snapshot(), False, True)
        return reason

    def _fail(self) -> None:
        raise LabelerError(
            f"The loss became NaN or infinite after step {self.progress.step}.",
            Advice(
                "Lower reward_model.learning_rate; the last good checkpoint is kept.",
                setting="reward_model.learning_rate",
            ),
        )


def steps_of(config: TrainConfig, frames: int) -> int:
    """Steps of a whole training on so many frames."""
    return config.steps or config.train.epochs * math.ceil(frames / config.batch_size)


def batches(
    rows: Rows, targets: Rows, config: TrainConfig, first: int, last: int
) -> Iterator[tuple[Rows, Rows]]:
    """Rows and views of the steps `first` to `last` - 1: int64 (batch,) each.

    The order of an epoch depends on the seed and on its number alone, so that a run can be resumed
    at any step.
    """
    per_epoch = -(-len(rows) // config.batch_size)
    for step in range(first, last):
        if step == first or step % per_epoch == 0:
            order, views = _epoch(rows, targets, config, step // per_epoch)
        start = (step % per_epoch) * config.batch_size
        part = slice(start, start + config.batch_size)
        yield order[part], views[part]


def _epoch(rows: Rows, targets: Rows, config: TrainConfig, epoch: int) -> tuple[Rows, Rows]:
    random = np.random.default_rng((config.seed, epoch))
    if config.train.balance == "sampling":
        counts = np.bincount(targets)
        weights = 1.0 / counts[targets]
        order = random.choice(rows, size=len(rows), p=weights / weights.sum())
    else:
        order = random.permutation(rows)
    views = random.integers(0, config.views, size=len(rows), endpoint=True)
    return order.astype(np.int64), views.astype(np.int64)


def learning_rate(config: TrainConfig, step: int, steps: int) -> float:
    """Rate of a step, counted from 0, of `steps`: constant, or a cosine after a short rise."""
    rate = config.reward_model.learning_rate
    if config.train.schedule == "constant":
        return rate
    rise = max(1, math.ceil(_WARM_UP * steps))
    if step < rise:
        return rate * (step + 1) / rise
    done = (step - rise) / max(1, steps - rise)
    return rate * (_FLOOR + (1 - _FLOOR) * 0.5 * (1 + math.cos(math.pi * done)))


def _loss(loss: Loss, logits: Tensor, targets: Tensor, mixture: Mixture | None) -> Tensor:
    if mixture is not None:
        return mixture.loss(loss, logits, targets)
    found: Tensor = loss(logits, targets)
    return found


def _groups(model: RewardClassifier, config: TrainConfig) -> list[ParameterGroup]:
    groups = [ParameterGroup(model.trainable_parameters())]
    if model.unfrozen:
        scale = config.train.encoder_learning_rate / config.reward_model.learning_rate
        groups.append(ParameterGroup(list(model.encoder.parameters()), scale))
    return groups
