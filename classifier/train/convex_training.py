"""Training by solving a convex problem instead of by steps along a gradient.

All labelled episodes together say how strongly to regularise: each is scored by a solution that was
found without it. What is trained then, on a split or on every frame, has that strength.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import binary_cross_entropy_with_logits

from classifier.convex import (
    STRENGTHS,
    Calibration,
    Kernel,
    OutOfFold,
    Solution,
    best_strength,
    calibrate,
    fit_calibration,
    kernel_of,
    out_of_fold_logits,
    solve,
    with_views,
    write_linear,
)
from classifier.data import Split
from classifier.features import FeatureBank
from classifier.model import FeatureStatistics, RewardClassifier, success_probability
from classifier.train.network_training import Reason, Watcher
from classifier.train.preflight import Prepared
from classifier.train.scoring import logits_of
from classifier.train.snapshot import HeldOutScores, Snapshot, TrainingProgress, load_weights
from classifier.train.statistics import feature_statistics
from classifier.train.stopping import Stop
from labeler.errors import LabelerError

Rows = NDArray[np.int64]

_MOST_FRAMES = 1500
"""Frames that are solved for: time grows with their cube, and neighbours teach little."""
_WITHOUT_FOLDS = 0.01
"""Strength where the episodes make no folds that could choose one."""


@dataclass
class ConvexProblem:
    """Features of labelled frames, every one or evenly spaced ones, and their products.

    rows: of the labelled frames, ascending, int64 (n,)
    features: standardised, float32 (n * (views + 1), d), camera after camera; those of all frames
        as they are, then those of the changed ones
    """

    prepared: Prepared
    rows: Rows
    features: NDArray[np.float32]
    kernel: Kernel
    statistics: dict[str, FeatureStatistics]
    views: int = 0
    """Changed views of each frame that are learnt from, too; one counts as much as all together."""
    tried: list[OutOfFold] = field(default_factory=list)
    calibration: Calibration = field(default_factory=Calibration)
    """Of every classifier that is written, those of the folds, too."""
    blind: list[tuple[Rows, Solution]] = field(default_factory=list)
    """Places that the chosen strength was tried on, fold by fold, and a solution close by."""

    @property
    def success(self) -> NDArray[np.bool_]:
        """Whether each frame is a success, bool (n,)."""
        found: NDArray[np.bool_] = self.prepared.frames.success[self.rows]
        return found

    @property
    def strength(self) -> float:
        """The one that predicts best the episodes that were left out."""
        return best_strength(self.tried).strength if self.tried else _WITHOUT_FOLDS

    @property
    def path(self) -> tuple[float, ...]:
        """Strengths from the strongest to the chosen one: the steps of a training."""
        if not self.tried:
            return (self.strength,)
        return tuple(each for each in STRENGTHS if each >= self.strength)

    def choose_strength(self, folds: Sequence[Split], stop: Stop) -> None:
        """Try every strength on every fold, and calibrate the best one.

        No frame counts that none of the folds holds out.

        Raises:
            Stopped: told to stop.
        """
        held = [self.within(split.held_out) for split in folds]
        places = np.sort(np.concatenate([np.empty(0, np.int64), *held]))
        if len(held) < 2 or not all(len(each) for each in held):
            self.tried, self.calibration, self.blind = [], Calibration(), []
            return
        rows = [np.searchsorted(places, each) for each in held]
        used = self.with_views(places)
        products = self.kernel.products[np.ix_(used, used)]
        episodes = self.prepared.frames.episodes[self.rows[places]]
        self.tried = list(
            out_of_fold_logits(
                Kernel(products, self.kernel.unit),
                self.success[places],
                episodes,
                rows,
                views=self.views,
                check=stop.check,
            )
        )
        best = best_strength(self.tried)
        self.calibration = fit_calibration(best.logits, self.success[places], episodes, rows)
        others = (np.setdiff1d(places, each) for each in held)
        self.blind = list(zip(others, best.solutions, strict=True))

    def within(self, rows: Rows) -> Rows:
        """Places in this problem of those of its frames that are among `rows`."""
        found: Rows = np.flatnonzero(np.isin(self.rows, rows))
        return found

    def with_views(self, places: Rows) -> Rows:
        """Rows of the features: of frames, then of their views."""
        return with_views(places, len(self.rows), self.views)

    def solve(self, places: Rows, strength: float, start: Solution | None = None) -> Solution:
        """The solution for some of the frames; a fold's is found from the one close by."""
        if start is None:
            known = (found for rows, found in self.blind if np.array_equal(rows, places))
            start = next(known, None)
        used = self.with_views(places)
        products = self.kernel.products[np.ix_(used, used)]
        targets = np.tile(self.success[places].astype(np.float64), self.views + 1)
        dual = None if start is None else start.dual
        return solve(products, targets, strength * (self.views + 1), dual)

    def write(self, model: RewardClassifier, places: Rows, solution: Solution) -> None:
        """Make a classifier say what a solution says."""
        dual = np.zeros(len(self.kernel))
        dual[self.with_views(places)] = solution.dual
        whole = Solution(dual, solution.intercept)
        weights = whole.weights(self.features, self.kernel.unit)
        model.standardize(self.statistics)
        by_camera, start, largest = {}, 0, 0.0
        for camera in model.cameras:
            shape = model.feature_shapes[camera.key]
            part = slice(start, start := start + int(np.prod(shape)))
            by_camera[camera.key] = torch.from_numpy(weights[part]).reshape(shape)
            sums = self.features[:, part] @ weights[part].astype(np.float32)
            largest = max(largest, float(np.abs(sums).max()))
        write_linear(model, by_camera, solution.intercept, largest)
        calibrate(model, self.calibration.scale, self.calibration.bias)


def convex_problem(prepared: Prepared, bank: FeatureBank) -> ConvexProblem:
    """The problem of all labelled frames, or of evenly spaced ones if there are very many.

    Raises:
        LabelerError: a feature is not a finite number.
    """
    frames, model = prepared.frames, prepared.new_model()
    rows = _evenly_spaced(len(frames), _MOST_FRAMES)
    statistics = feature_statistics(model, bank, frames, rows)
    parts = []
    views = prepared.views
    of_views = np.repeat(np.arange(views + 1), len(rows))
    used = np.tile(rows, views + 1)
    gathered = bank.gather(frames.episodes[used], frames.frames[used], of_views)
    for camera, found in zip(model.cameras, gathered, strict=True):
        by = statistics[camera.key]
        parts.append(((found - by.mean) / by.std).flatten(1).numpy())
    features = np.ascontiguousarray(np.concatenate(parts, axis=1))
    try:
        return ConvexProblem(prepared, rows, features, kernel_of(features), statistics, views)
    except ValueError as error:
        raise LabelerError(
            f"The encoder {prepared.encoder.name} gives features that are not finite numbers.",
            "Choose another encoder, or download its weights again.",
        ) from error


def _evenly_spaced(count: int, most: int) -> Rows:
    """All numbers below `count`, or about `most` of them with equal distances."""
    if count <= most:
        return np.arange(count, dtype=np.int64)
    return np.unique(np.linspace(0, count - 1, most).round().astype(np.int64))


@dataclass
class ConvexFit:
    """One training of one model on one split: a step for each strength, to the chosen one.

    A resumed training solves again what it had solved, which takes no time worth saving.
    """

    model: RewardClassifier
    bank: FeatureBank
    problem: ConvexProblem
    split: Split
    watcher: Watcher
    strengths: tuple[float, ...]
    progress: TrainingProgress = field(default_factory=TrainingProgress)
    best: Snapshot | None = None
    held_out: HeldOutScores | None = None
    reason: Reason = "steps"

    def run(self) -> Reason:
        """Solve with each strength; the last one's weights are inside the model afterwards."""
        self.watcher.on_begin(self)
        places = self.problem.within(self.split.train)
        found: Solution | None = None
        for step, strength in enumerate(self.strengths, 1):
            found = self.problem.solve(places, strength, found)
            if step <= self.progress.step:
                continue
            self.problem.write(self.model, places, found)
            self.progress.step = step
            self.watcher.on_step(self.progress, self._loss(places, found), 0.0)
            self._evaluate(best=step == len(self.strengths))
            save_freq = self.problem.prepared.config.save_freq
            if save_freq and step % save_freq == 0:
                self.watcher.on_snapshot(self._snapshot(), False, True)
            if self.watcher.stopped():
                return self._end("stopped")
        return self._end("steps")

    def resume(self, snapshot: Snapshot, best: Snapshot | None) -> None:
        """Go on from a snapshot instead of from the beginning."""
        self.model.standardize(self.problem.statistics)
        load_weights(self.model, snapshot)
        self.progress = TrainingProgress(**vars(snapshot.progress))
        self.held_out, self.best = snapshot.held_out, best

    def _loss(self, places: Rows, solution: Solution) -> float:
        used = self.problem.with_views(places)
        products = self.problem.kernel.products[np.ix_(places, used)]
        logits, success = solution.logits(products), self.problem.success[places]
        return float(np.mean(np.logaddexp(0, logits) - success * logits))

    def _evaluate(self, best: bool) -> None:
        rows, frames, progress = self.split.held_out, self.problem.prepared.frames, self.progress
        if not len(rows):
            return
        logits = logits_of(self.model, self.bank, frames.episodes[rows], frames.frames[rows])
        probabilities = success_probability(self.model, logits)
        targets = torch.from_numpy(frames.targets[rows])
        loss = float(binary_cross_entropy_with_logits(logits.double(), targets.double()))
        right = float(np.mean((probabilities > 1 / 2) == frames.success[rows]))
        self.held_out = HeldOutScores(progress.step, loss, right, probabilities)
        if best:
            progress.best_step, progress.best_loss = progress.step, loss
            self.best = self._snapshot()
        self.watcher.on_evaluation(progress, self.held_out, best)
        if best and self.best is not None:
            self.watcher.on_snapshot(self.best, True, False)

    def _snapshot(self) -> Snapshot:
        weights = {
            name: tensor.detach().cpu().clone()
            for name, tensor in self.model.state_dict().items()
            if not name.startswith("encoder.")
        }
        nothing: dict[str, Any] = {"state": {}, "param_groups": []}
        return Snapshot(weights, nothing, TrainingProgress(**vars(self.progress)), self.held_out)

    def _end(self, reason: Reason) -> Reason:
        self.reason = reason
        self.watcher.on_snapshot(self._snapshot(), False, True)
        return reason
