"""One training of a cross-validation as a task of its own, here or on a worker of a cluster.

A worker prepares the run from its settings as the command did, and finds by its digest that data,
labels and encoder are the same. It reads encoded frames from the command's cache where it sees it,
and encodes them into its own otherwise.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import pyarrow as pa

from classifier.cluster import SAME_DATASET, Cluster, take_one_core
from classifier.config import config_text, settings_of
from classifier.evaluate import FoldFigures, ScoredFrames, fold_figures
from classifier.features import FeatureBank, default_folder
from classifier.model import success_probability
from classifier.train.convex_training import ConvexProblem, convex_problem
from classifier.train.encoding_place import bank_on
from classifier.train.network_training import Watcher
from classifier.train.preflight import Prepared, prepare
from classifier.train.scoring import logits_of
from classifier.train.snapshot import TrainingProgress
from classifier.train.split_training import predict_held_out, train_blind
from classifier.train.stopping import Stop
from labeler.errors import ClusterError, LabelerError

OnStep = Callable[[int, TrainingProgress, float, float], None]
"""Is told a fold and what `Watcher.on_step` is told of its training."""

_ONE_AT_A_TIME = threading.Lock()
"""Trainings draw from the random numbers of the whole process."""


@dataclass(frozen=True)
class FoldTask:
    """A fold of a run.

    config: settings as text; name: digest of data, labels and settings, as `Prepared.name`
    cache: folder of the command's cache
    """

    config: str
    name: str
    cache: Path
    fold: int

    @classmethod
    def of(cls, prepared: Prepared, fold: int) -> "FoldTask":
        """A fold of a run that was found to be good here."""
        own = {
            "resume": False,
            "output_dir": None,
        }  # of the run's folder, which workers leave alone
        text = config_text(prepared.config.model_copy(update=own))
        return cls(text, prepared.name, default_folder().absolute(), fold)

    @property
    def key(self) -> str:
        """What tells it from all other trainings, in other sweeps, too."""
        return f"{self.name}-{self.fold}"


@dataclass
class FoldTrainings:
    """Trainings of one run, each blind to the episodes of a fold; features are in the bank."""

    prepared: Prepared
    bank: FeatureBank
    problem: ConvexProblem | None

    @classmethod
    def of(cls, prepared: Prepared, bank: FeatureBank) -> "FoldTrainings":
        """Those of a run whose frames are encoded."""
        convex = prepared.config.convex
        return cls(prepared, bank, convex_problem(prepared, bank) if convex else None)

    def figures(self, fold: int, stop: Stop) -> FoldFigures:
        """Train without a fold's episodes and see how it does on them.

        A training that fails has no figures but a reason.

        Raises:
            Stopped: told to stop.
        """
        prepared, frames, split = self.prepared, self.prepared.frames, self.prepared.folds[fold]
        watcher = Watcher(stopped=lambda: bool(stop))
        try:
            model = train_blind(prepared, self.bank, split, watcher, stop, self.problem)
            rows = split.held_out
            episodes, numbers = frames.episodes[rows], frames.frames[rows]
            logits = logits_of(model, self.bank, episodes, numbers)
            found = success_probability(model, logits)
            return fold_figures(ScoredFrames(episodes, numbers, frames.success[rows], found))
        except LabelerError as error:
            if type(error) is not LabelerError:  # about the data or the disk, not this training
                raise
            return FoldFigures(failure=error.message)


def train_fold(task: FoldTask) -> FoldFigures:
    """Train a fold; this runs on a worker.

    Raises:
        LabelerError: the worker lacks dataset, labels or encoder, or has others.
    """
    with _ONE_AT_A_TIME:
        return _trainings(task.config, task.name, task.cache).figures(task.fold, Stop())


@dataclass(frozen=True)
class PredictedFold:
    """Probabilities of what a fold holds out, as `predict_held_out` gives them.

    steps: progress, mean loss and learning rate, as `Watcher.on_step` was told them
    """

    table: pa.Table
    steps: tuple[tuple[TrainingProgress, float, float], ...]


def predict_fold(task: FoldTask) -> PredictedFold:
    """Train a fold and predict what it holds out; this runs on a worker.

    Raises:
        LabelerError: as `train_fold`, or the loss is not a number any more.
    """
    steps: list[tuple[TrainingProgress, float, float]] = []

    def on_step(progress: TrainingProgress, loss: float, rate: float) -> None:
        steps.append((TrainingProgress(**vars(progress)), loss, rate))

    with _ONE_AT_A_TIME:
        own = _trainings(task.config, task.name, task.cache)
        watcher = Watcher(on_step=on_step)
        table = predict_held_out(own.prepared, own.bank, task.fold, watcher, Stop(), own.problem)
    return PredictedFold(table, tuple(steps))


def fold_check(prepared: Prepared) -> Callable[[], None] | None:
    """What refuses a worker that cannot train folds of a run; None where workers are not to.

    Those of a convex problem are solved in less time than a worker needs to read the features
    (docs/scale.md).
    """
    if prepared.config.convex or not prepared.folds:
        return None
    return partial(require_fold, FoldTask.of(prepared, 0))


def fold_tables(
    prepared: Prepared,
    bank: FeatureBank,
    on_step: OnStep,
    stop: Stop,
    problem: ConvexProblem | None,
) -> Iterator[pa.Table]:
    """What each fold holds out, predicted here by a classifier that was trained without it.

    Raises:
        Stopped: told to stop.
    """
    for fold in range(len(prepared.folds)):
        watcher = Watcher(on_step=partial(on_step, fold), stopped=lambda: bool(stop))
        yield predict_held_out(prepared, bank, fold, watcher, stop, problem)


def fold_tables_on(
    cluster: Cluster, prepared: Prepared, on_step: OnStep, stop: Stop
) -> Iterator[pa.Table]:
    """As `fold_tables`, each fold by a worker of a cluster; its steps are told when it is done.

    Raises:
        Stopped: told to stop.
        ClusterError: the cluster is gone.
    """
    tasks = [FoldTask.of(prepared, fold) for fold in range(len(prepared.folds))]
    with closing(cluster.in_order(predict_fold, tasks)) as found:
        for one in found:
            stop.check()
            if one is not None:
                for step in one[1].steps:
                    on_step(one[0].fold, *step)
                yield one[1].table


def require_fold(task: FoldTask) -> None:
    """Refuse a worker that cannot train a fold; this runs on it.

    Raises:
        LabelerError: it lacks dataset, labels or encoder, or has others.
    """
    with _ONE_AT_A_TIME:
        _prepared(task.config, task.name).dataset.close()


@lru_cache(maxsize=1)
def _trainings(config: str, name: str, cache: Path) -> FoldTrainings:
    prepared = _prepared(config, name)
    take_one_core()  # whatever the settings say
    bank = bank_on(None, prepared, cache if cache.is_dir() else None)
    bank.prepare(prepared.frames.episode_list(), prepared.views)
    return FoldTrainings.of(prepared, bank)


def _prepared(config: str, name: str) -> Prepared:
    prepared = prepare(settings_of(json.loads(config)).config)
    if prepared.name != name:
        raise ClusterError(
            "Dataset, labels or encoder differ from those on the command's machine.", SAME_DATASET
        )
    return prepared
