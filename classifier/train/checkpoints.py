"""Which snapshots become checkpoints on disk, and when."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from classifier.checkpoint import Card, checkpoint_files, save_checkpoint
from classifier.config import printed
from classifier.evaluate import Evaluation, Figures, Judged, choose_threshold, figures
from classifier.events import Checkpoint, Event
from classifier.model import RewardClassifier
from classifier.train.preflight import Prepared
from classifier.train.run_folder import CONFIG, RunFolder
from classifier.train.snapshot import Judgement, Snapshot, load_weights

_SECONDS = 20.0  # between checkpoints that nobody asked for; a kill costs at most that much


def judged_rows(prepared: Prepared, rows: np.ndarray, probabilities: np.ndarray) -> Judged:
    """Rows of the labelled frames with the classifier's probabilities of success."""
    frames = prepared.frames
    return Judged(frames.episodes[rows], frames.frames[rows], frames.success[rows], probabilities)


def card_of(prepared: Prepared, judgement: Judgement | None) -> Card:
    """Threshold and held-out figures for the README of a checkpoint."""
    dataset = prepared.dataset.name
    if judgement is None:
        return Card(dataset=dataset)
    judged = judged_rows(prepared, prepared.split.held_out, judgement.probabilities)
    threshold = choose_threshold(judged, prepared.config.train.precision).threshold
    return Card(threshold, _named(figures(judged, threshold)), dataset)


def _named(found: Figures) -> dict[str, float]:
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

    Without `save_freq` only the best and the last are kept.
    """

    def __init__(
        self,
        prepared: Prepared,
        model: RewardClassifier,
        folder: RunFolder,
        tell: Callable[[Event], None],
    ) -> None:
        self._prepared, self._model, self._folder, self._tell = prepared, model, folder, tell
        self._waiting: Snapshot | None = None  # the best one, if it is not on disk yet
        self._best: int | None = None
        self._last: int | None = None
        self._written_at = time.monotonic()

    def resume(self, best: int | None, last: int) -> None:
        """Go on after checkpoints of these steps."""
        self._best, self._last = best, last

    def on_snapshot(self, snapshot: Snapshot, best: bool, due: bool) -> None:
        """Write a snapshot, or keep it in mind."""
        if best:
            self._waiting = snapshot
        if due:
            # The best one first: a run resumed from `last` needs the best one up to there.
            self.finish()
            self._write(snapshot, best=False)
        elif time.monotonic() - self._written_at > _SECONDS:
            self.finish()

    def finish(self) -> None:
        """Write what was kept in mind."""
        if self._waiting is not None:
            self._write(self._waiting, best=True)
            self._waiting = None

    def write_refit(self, model: RewardClassifier, step: int, evaluation: Evaluation) -> None:
        """Write the classifier that was trained on every frame, with the figures of the other."""
        path, prepared = self._folder.refit, self._prepared
        found = evaluation.groups()[evaluation.basis]
        threshold = evaluation.threshold.threshold
        card = Card(threshold, _named(found), prepared.dataset.name, refit=True)
        config = prepared.config.model_copy(update={"output_dir": self._folder.root})
        dialect = prepared.config.train.export_for
        save_checkpoint(path / "pretrained_model", model, dialect, card, config)
        self._tell(Checkpoint(step=step, path=str(path), best=False, refit=True))

    def _write(self, snapshot: Snapshot, best: bool) -> None:
        if not self._prepared.config.save_checkpoint:
            return
        step = snapshot.progress.step
        files = self._model_files(snapshot)
        path = self._folder.save(snapshot, files, self._prepared.name)
        if best:
            self._best = step
            self._folder.point("best", step)
        if not best or self._last is None or step >= self._last:
            self._last = step
            self._folder.point("last", step)
        if not self._prepared.config.save_freq:
            self._folder.prune(step for step in (self._last, self._best) if step is not None)
        self._written_at = time.monotonic()
        self._tell(Checkpoint(step=step, path=str(path), best=best))

    def _model_files(self, snapshot: Snapshot) -> dict[str, bytes]:
        config = self._prepared.config.model_copy(update={"output_dir": self._folder.root})
        path = self._folder.path_of(snapshot.progress.step) / "pretrained_model"
        judgement = snapshot.judgement
        if judgement is not None and judgement.step != snapshot.progress.step:
            judgement = None  # figures of other weights
        card = card_of(self._prepared, judgement)
        with weights_of(self._model, snapshot):
            files = checkpoint_files(self._model, config.train.export_for, card, str(path))
        return {**files, CONFIG: printed(config).encode()}


@contextmanager
def weights_of(model: RewardClassifier, snapshot: Snapshot) -> Iterator[None]:
    """The model has the weights of a snapshot inside, and those it had before afterwards."""
    before = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
    load_weights(model, snapshot)
    try:
        yield
    finally:
        model.load_state_dict(before)
