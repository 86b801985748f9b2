"""Which snapshots become checkpoints on disk, and when."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Self

import numpy as np

from classifier import output
from classifier.checkpoint import CARD, Card, card_text, checkpoint_files, save_checkpoint
from classifier.config import config_text
from classifier.data import gate_entries
from classifier.evaluate import Evaluation, ScoredFrames, choose_threshold, figures
from classifier.likeness import TrainingLikeness
from classifier.model import RewardClassifier
from classifier.train.network_training import Resumable
from classifier.train.preflight import Prepared
from classifier.train.run_folder import CONFIG, RunFolder
from classifier.train.snapshot import HeldOutScores, Snapshot, load_weights
from labeler.contracts.checkpoint import FILE as CONTRACT
from labeler.contracts.checkpoint import read_contract
from labeler.contracts.events import CheckpointSaved, Event
from labeler.contracts.report import FrameFigures

_SECONDS = 20.0  # between checkpoints that nobody asked for; a kill costs at most that much


def as_scored_frames(
    prepared: Prepared, rows: np.ndarray, probabilities: np.ndarray
) -> ScoredFrames:
    """Rows of the labelled frames with the classifier's probabilities of success."""
    frames = prepared.frames
    return ScoredFrames(
        frames.episodes[rows], frames.frames[rows], frames.success[rows], probabilities
    )


def card_of(
    prepared: Prepared, scores: HeldOutScores | None, basis: ScoredFrames | None = None
) -> Card:
    """Threshold and held-out figures for the README of a checkpoint; those of `basis` if given."""
    dataset = prepared.dataset.name
    if scores is None:
        return Card(dataset=dataset)
    scored = basis
    if scored is None:
        scored = as_scored_frames(prepared, prepared.split.held_out, scores.probabilities)
    config = prepared.config
    classes = config.reward_model.num_classes
    threshold = choose_threshold(scored, config.train.precision, classes).threshold
    return Card(threshold, _figures_by_name(figures(scored, threshold)), dataset)


def _figures_by_name(found: FrameFigures) -> dict[str, float]:
    named = {
        "accuracy": found.accuracy,
        "precision": found.precision,
        "recall": found.recall,
        "F1": found.f1,
        "average precision": found.average_precision,
        "ROC AUC": found.roc_auc,
        "frames": float(found.frames),
        "success frames": float(found.positives),
    }
    return {name: float(value) for name, value in named.items() if value is not None}


class Checkpoints:
    """Writes snapshots of one model: every one that is due, and the best so far.

    Without `save_freq` only the best and the last are kept. Leaving the block writes what was kept
    in mind.

    Raises:
        UsageError: the folder holds checkpoints that cannot be resumed from.
    """

    def __init__(
        self, prepared: Prepared, folder: RunFolder, tell: Callable[[Event], None]
    ) -> None:
        self._prepared, self._folder, self._tell = prepared, folder, tell
        self._resumed = folder.read(prepared.name)
        last, best = self._resumed
        self.last_step = None if last is None else last.progress.step
        self.best_step = None if best is None else best.progress.step
        self._waiting: Snapshot | None = None  # the best one, if it is not on disk yet
        self._model: RewardClassifier | None = None
        self._written_at = time.monotonic()
        self.basis: ScoredFrames | None = None
        """Frames on which threshold and figures of every checkpoint are; None for held-out ones."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._finish()

    def begin(self, fit: Resumable) -> None:
        """Let a fit go on where the last checkpoint was written, and write its snapshots."""
        self._model = fit.model
        last, best = self._resumed
        if last is not None:
            fit.resume(last, best)

    def on_snapshot(self, snapshot: Snapshot, best: bool, due: bool) -> None:
        """Write a snapshot, or keep it in mind."""
        if best:
            self._waiting = snapshot
        if due:
            # The best one first: a run resumed from `last` needs the best one up to there.
            self._finish()
            self._write(snapshot, best=False)
        elif time.monotonic() - self._written_at > _SECONDS:
            self._finish()

    def write_refit(
        self,
        model: RewardClassifier,
        step: int,
        evaluation: Evaluation,
        likeness: TrainingLikeness | None,
    ) -> None:
        """Write the classifier that was trained on every frame, with the figures of the other."""
        path, prepared = self._folder.refit, self._prepared
        found = evaluation.groups()[evaluation.basis]
        named = _figures_by_name(found), prepared.dataset.name
        card = Card(evaluation.threshold.threshold, *named, refit=True, likeness=likeness)
        card = replace(card, **self._rule_of(evaluation))
        config = prepared.config.model_copy(update={"output_dir": self._folder.root})
        release = prepared.config.train.export_for
        save_checkpoint(path / "pretrained_model", model, release, card, config)
        self._tell(CheckpointSaved(step=step, path=str(path), best=False, refit=True))

    def write_rule(self, evaluation: Evaluation) -> None:
        """Add the decision rule to the best checkpoint; that of a frame split was not asked."""
        given = self._rule_of(evaluation)
        if not given or evaluation.frame_split is not None or self.best_step is None:
            return
        path = self._folder.path_of(self.best_step) / "pretrained_model"
        if (contract := read_contract(path)) is not None:
            contract = contract.model_copy(update=given)
            output.rewrite(path / CARD, card_text(contract, str(path)).encode())
            output.rewrite(path / CONTRACT, contract.text().encode())

    def _rule_of(self, evaluation: Evaluation) -> dict[str, Any]:
        """What a card and a contract say of the rule that was chosen; empty if none was."""
        if (chosen := evaluation.rule) is None:
            return {}
        dataset = self._prepared.dataset
        return {
            "rule": chosen.rule,
            "rule_figures": chosen.figures.sentences,
            "rule_fps": dataset.fps,
            "gate_entries": gate_entries(dataset, chosen.rule.gates),
        }

    def _finish(self) -> None:
        if self._waiting is not None:
            self._write(self._waiting, best=True)
            self._waiting = None

    def _write(self, snapshot: Snapshot, best: bool) -> None:
        if not self._prepared.config.save_checkpoint:
            return
        step = snapshot.progress.step
        files = self._model_files(snapshot)
        path = self._folder.save(snapshot, files, self._prepared.name)
        if best:
            self.best_step = step
            self._folder.point("best", step)
        if not best or self.last_step is None or step >= self.last_step:
            self.last_step = step
            self._folder.point("last", step)
        if not self._prepared.config.save_freq:
            self._folder.prune(
                step for step in (self.last_step, self.best_step) if step is not None
            )
        self._written_at = time.monotonic()
        self._tell(CheckpointSaved(step=step, path=str(path), best=best))

    def _model_files(self, snapshot: Snapshot) -> dict[str, bytes]:
        config = self._prepared.config.model_copy(update={"output_dir": self._folder.root})
        path = self._folder.path_of(snapshot.progress.step) / "pretrained_model"
        scores, model = snapshot.held_out, self._model
        assert model is not None, "begin comes before the first snapshot"
        if scores is not None and scores.step != snapshot.progress.step:
            scores = None  # figures of other weights
        card = card_of(self._prepared, scores, self.basis)
        with weights_of(model, snapshot):
            files = checkpoint_files(model, config.train.export_for, card, str(path))
        return {**files, CONFIG: config_text(config).encode()}


@contextmanager
def weights_of(model: RewardClassifier, snapshot: Snapshot) -> Iterator[None]:
    """The model has the weights of a snapshot inside, and those it had before afterwards."""
    before = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
    load_weights(model, snapshot)
    try:
        yield
    finally:
        model.load_state_dict(before)
