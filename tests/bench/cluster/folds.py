"""Folds of a training as tasks of workers beside the same folds one after the other."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import torch

from classifier.cluster import Cluster, open_cluster
from classifier.config import Override, TrainConfig, apply_overrides, settings_of
from classifier.train.convex_training import convex_problem
from classifier.train.encoding_place import bank_on
from classifier.train.fold_tasks import FoldTask, fold_tables, predict_fold
from classifier.train.preflight import Prepared, prepare
from classifier.train.stopping import Stop
from tests.bench.classifier.recordings import write_dataset

FOLDS = 5


@dataclass(frozen=True)
class FoldTimes:
    """Seconds of all folds: here, and on two workers that have just started."""

    here: float
    there: float


def settings(root: Path, method: str) -> TrainConfig:
    """A training with folds, with an encoder that needs no download."""
    values: dict[str, object] = {
        "dataset.root": str(root), "reward_model.model_name": "random", "train.any_grid": True,
        "reward_model.device": "cpu", "train.method": method, "train.folds": FOLDS,
    }  # fmt: skip
    given = [Override(tuple(name.split(".")), value) for name, value in values.items()]
    return settings_of(apply_overrides({}, given)).config


def encoded(work: Path, frames: int, length: int, say: Callable[[str], None]) -> Path:
    """A dataset of so many frames, in episodes of `length`, whose features are in the cache."""
    root = work / f"frames-{frames}"
    if not root.exists():
        say(f"writing {frames:,} frames")
        write_dataset("colour-and-shape", root, frames // length, length)
    prepared = prepare(settings(root, "convex"))
    with closing(prepared.dataset):
        say(f"encoding {frames:,} frames")
        bank_on(None, prepared).prepare(prepared.frames.episode_list(), 0)
    return root


def measured(root: Path, method: str, repetitions: int) -> Iterator[FoldTimes]:
    """Both sides in turns; workers are started for each, as a command does, and not counted."""
    for _ in range(repetitions):
        prepared = prepare(settings(root, method))
        with closing(prepared.dataset):
            here = _here(prepared)
            with open_cluster("dask", 2) as cluster:
                assert cluster is not None
                cluster.wait_for_workers()
                yield FoldTimes(here, _there(cluster, prepared))


def _here(prepared: Prepared) -> float:
    bank = bank_on(None, prepared)
    bank.prepare(prepared.frames.episode_list(), 0)
    torch.set_num_threads(1)  # as a run does for batches of features
    problem = None
    if prepared.config.convex:  # which the run poses in any case
        problem = convex_problem(prepared, bank)
        problem.choose_strength(prepared.folds, Stop())
    began = time.monotonic()
    for _ in fold_tables(prepared, bank, lambda *step: None, Stop(), problem):
        pass
    return time.monotonic() - began


def _there(cluster: Cluster, prepared: Prepared) -> float:
    began = time.monotonic()
    tasks = [FoldTask.of(prepared, fold) for fold in range(FOLDS)]
    for _ in cluster.in_order(predict_fold, tasks):
        pass
    return time.monotonic() - began
