"""One run from settings to checkpoints and report."""

import time
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from classifier import output
from classifier.cluster import Cluster
from classifier.config import TrainConfig, with_whole_paths
from classifier.convex import Calibration
from classifier.data import gate_columns, possible_columns, split_of
from classifier.evaluate import (
    Evaluation,
    RuleWish,
    ScoredFrames,
    calibration_figures,
    confusion,
    evaluate,
    report_html,
    run_report,
)
from classifier.features import FeatureBank, default_folder
from classifier.model import RewardClassifier, success_probability
from classifier.train.checkpoints import Checkpoints, as_scored_frames
from classifier.train.convex_training import ConvexProblem, convex_problem
from classifier.train.device import device_sentence
from classifier.train.encoding_place import HERE, Tell, Where, encode, open_place
from classifier.train.fold_tasks import fold_check, fold_tables, fold_tables_on
from classifier.train.network_training import Rows, Watcher
from classifier.train.preflight import Prepared, prepare, require_room
from classifier.train.results import report_of, scores_with_labels
from classifier.train.run_folder import PROBABILITIES_FILE, RunFolder
from classifier.train.run_folder import default_folder as default_run
from classifier.train.scoring import (
    PROBABILITIES,
    episode_distances,
    episode_probabilities,
    logits_of,
    probability_table,
)
from classifier.train.snapshot import HeldOutScores, TrainingProgress
from classifier.train.split_training import (
    Trained,
    steps_at_most,
    train_on_everything,
    train_split,
)
from classifier.train.statistics import labelled_features, labelled_likeness
from classifier.train.stopping import Stop, Stopped
from labeler.contracts.events import (
    Finished,
    HeldOutEvaluation,
    RuleChosen,
    Started,
    TrainingStep,
    Warned,
)
from labeler.contracts.report import FILE as REPORT_FILE
from labeler.contracts.report import FrameGroup


@dataclass(frozen=True)
class Result:
    """What a run ended with."""

    folder: Path
    finished: Finished
    evaluation: Evaluation


def train(
    config: TrainConfig,
    tell: Tell,
    stop: Stop,
    *,
    download: bool = False,
    aside: Path | None = None,
    where: Where = HERE,
) -> Result:
    """Train a reward classifier.

    `tell` is called for everything worth knowing; `stop` ends the run after the current step.
    `download` allows fetching the encoder from the Hub. What is in the folder of the run goes to
    `aside` when the run begins; without that the folder has to be free. `where` says who encodes.

    Raises:
        LabelerError: something is wrong that the user can cure; checkpoints are whole.
        Stopped: told to stop before there was anything to save.
    """
    config = with_whole_paths(config)
    prepared = prepare(config, download)
    with closing(prepared.dataset):
        root = config.output_dir or default_run(config, datetime.now())
        require_room(prepared, root, default_folder(), prepared.views)
        with (
            open_place(prepared, where, tell, stop, fold_check(prepared)) as place,
            output.resumable(),
            closing(RunFolder(root, config.resume, aside)) as folder,
        ):
            run = TrainingRun(prepared, folder, tell, stop, place.folds_on)
            return run.go(place.bank)


@dataclass
class TrainingRun:
    """A run whose settings and data were found to be good."""

    prepared: Prepared
    folder: RunFolder
    tell: Tell
    stop: Stop
    folds_on: Cluster | None = None
    """Whose workers train the folds; None for this process."""
    started: float = field(default_factory=time.monotonic)
    problem: ConvexProblem | None = None
    """What is solved, if training is that."""
    scores: pa.Table | None = None
    """Of every labelled episode, by a classifier that did not see it."""

    def go(self, bank: FeatureBank) -> Result:
        """Encode, train, evaluate, train on everything, report."""
        prepared, config = self.prepared, self.prepared.config
        self.folder.write_config(config.model_copy(update={"output_dir": self.folder.root}))
        checkpoints = Checkpoints(prepared, self.folder, self.tell)
        self.folder.rewind_metrics(checkpoints.last_step or 0)
        self._announce(checkpoints.last_step or 0)
        self._encode(bank, checkpoints)
        if self.problem is not None and self.scores is not None:
            checkpoints.basis = scores_with_labels(prepared, self.scores)
        with checkpoints:
            watcher = self._watcher(checkpoints)
            fit = train_split(prepared, bank, prepared.split, watcher, problem=self.problem)
        evaluation = self._evaluate(fit, bank)
        self._tell_rule(evaluation)
        if not self.stop:  # a run that goes on chooses again
            checkpoints.write_rule(evaluation)
        self._train_on_everything(fit, bank, checkpoints, evaluation)
        self._report(evaluation)
        self._suggest(fit.model, bank)
        finished = self._finish_event(fit, evaluation)
        self.tell(finished)
        return Result(self.folder.root, finished, evaluation)

    def _announce(self, first_step: int) -> None:
        prepared = self.prepared
        train, held_out = prepared.split.episodes(prepared.frames)
        for sentence in prepared.notes:
            self.tell(Warned(message=sentence))
        self.tell(
            Started(
                output_dir=str(self.folder.root),
                device=device_sentence(prepared.device),
                encoder=prepared.encoder.name,
                train_frames=len(prepared.split.train),
                held_out_frames=len(prepared.split.held_out),
                train_episodes=len(train),
                held_out_episodes=len(held_out),
                steps=steps_at_most(prepared.config, len(prepared.split.train)),
                first_step=first_step,
            )
        )

    def _encode(self, bank: FeatureBank, checkpoints: Checkpoints) -> None:
        episodes, views = self.prepared.frames.episode_list(), self.prepared.views
        try:
            encode(self.prepared, bank, episodes, views, self.tell, self.stop)
            self._pose(bank)
        except Stopped:
            self.tell(
                Finished(
                    output_dir=str(self.folder.root),
                    reason="stopped",
                    step=checkpoints.last_step or 0,
                    best_step=checkpoints.best_step or 0,
                )
            )
            raise

    def _pose(self, bank: FeatureBank) -> None:
        """Pose the convex problem, choose its strength, and score each episode without it.

        Raises:
            Stopped: told to stop.
        """
        if not self.prepared.config.convex:
            return
        self.problem = convex_problem(self.prepared, bank)
        self.problem.choose_strength(self.prepared.folds, self.stop)
        if self.prepared.folds:
            self.scores = self._out_of_fold(bank)

    def _watcher(self, checkpoints: Checkpoints) -> Watcher:
        def on_step(progress: TrainingProgress, loss: float, rate: float) -> None:
            self._record(self._step(progress, loss, rate))

        def on_evaluation(progress: TrainingProgress, scores: HeldOutScores, best: bool) -> None:
            self._record(self._evaluation(progress, scores, best))

        return Watcher(
            on_step, on_evaluation, checkpoints.on_snapshot, checkpoints.begin, self._is_stopped
        )

    def _is_stopped(self) -> bool:
        return bool(self.stop)

    def _step(
        self,
        progress: TrainingProgress,
        loss: float,
        rate: float,
        fold: int | None = None,
        refit: bool = False,
    ) -> TrainingStep:
        return TrainingStep(
            step=progress.step,
            epoch=self._epoch(progress),
            loss=loss,
            learning_rate=rate,
            seconds=time.monotonic() - self.started,
            fold=fold,
            refit=refit,
        )

    def _evaluation(
        self, progress: TrainingProgress, scores: HeldOutScores, best: bool
    ) -> HeldOutEvaluation:
        frames = as_scored_frames(self.prepared, self.prepared.split.held_out, scores.probabilities)
        found = confusion(frames, 1 / 2)
        return HeldOutEvaluation(
            step=progress.step,
            epoch=self._epoch(progress),
            loss=scores.loss,
            accuracy=scores.accuracy,
            precision=found.precision or 0.0,
            recall=found.recall or 0.0,
            f1=found.f1 or 0.0,
            best=best,
        )

    def _epoch(self, progress: TrainingProgress) -> float:
        if self.problem is not None:  # every frame is looked at for each strength
            return float(progress.step)
        rows = len(self.prepared.split.train)
        return progress.step * self.prepared.config.batch_size / rows

    def _record(self, event: TrainingStep | HeldOutEvaluation) -> None:
        values = event.model_dump(mode="json", exclude={"seconds", "fold", "refit"})
        self.folder.append(values)
        self.tell(event)

    def _evaluate(self, fit: Trained, bank: FeatureBank) -> Evaluation:
        """Figures of the best weights, which the model has."""
        prepared, split = self.prepared, fit.split
        held_out = self._score(fit, split.held_out)
        kept_out: FrameGroup = "frame_split" if split.by == "frame" else "held_out"
        groups: dict[FrameGroup, ScoredFrames] = {kept_out: held_out}
        # A run that is stopped ends now; these trainings are made up for when it is resumed.
        with suppress(Stopped):
            if split.by == "frame":
                groups["held_out"] = self._score_by_episode(bank)
            if prepared.folds:
                table = self._out_of_fold(bank) if self.scores is None else self.scores
                groups["out_of_fold"] = scores_with_labels(prepared, table)
        groups["training"] = self._score(fit, split.train)
        # The folds of a convex problem say more than the few episodes that are held out.
        basis: FrameGroup | None = None if self.problem is None else "out_of_fold"
        precision, fps = prepared.config.train.precision, prepared.dataset.fps
        classes = prepared.config.reward_model.num_classes
        return evaluate(
            **groups, precision=precision, basis=basis, fps=fps, classes=classes, rule=self._wish()
        )

    def _wish(self) -> RuleWish:
        told, dataset, gates = (
            self.prepared.config.train,
            self.prepared.dataset,
            self.prepared.gates,
        )

        def columns(episodes: Rows, frames: Rows) -> dict[str, NDArray[np.float64]]:
            possible = possible_columns(dataset, episodes, frames)
            return {**possible, **gate_columns(dataset, gates, episodes, frames)}

        return RuleWish(gates, told.hold, told.false_limit, columns)

    def _tell_rule(self, evaluation: Evaluation) -> None:
        if (chosen := evaluation.rule) is not None:
            gates = {one.gate.text: one.text for one in evaluation.proposals}
            self.tell(RuleChosen(rule=chosen.rule.text, sentence=chosen.sentence, gates=gates))

    def _score(self, fit: Trained, rows: Rows) -> ScoredFrames:
        frames = self.prepared.frames
        logits = logits_of(fit.model, fit.bank, frames.episodes[rows], frames.frames[rows])
        return as_scored_frames(self.prepared, rows, success_probability(fit.model, logits))

    def _score_by_episode(self, bank: FeatureBank) -> ScoredFrames:
        """What a split by episode gives, to be shown beside the flattering split by frame."""
        prepared, config = self.prepared, self.prepared.config
        self.stop.check()
        split = split_of(prepared.frames, "episode", config.train.held_out, config.seed)
        watcher = Watcher(stopped=self._is_stopped)
        fit = train_split(prepared, bank, split, watcher, problem=self.problem)
        self.stop.check()
        return self._score(fit, split.held_out)

    def _out_of_fold(self, bank: FeatureBank) -> pa.Table:
        self.stop.check()

        def on_step(fold: int, progress: TrainingProgress, loss: float, rate: float) -> None:
            self.tell(self._step(progress, loss, rate, fold))

        if self.folds_on is None:
            tables = fold_tables(self.prepared, bank, on_step, self.stop, self.problem)
        else:
            tables = fold_tables_on(self.folds_on, self.prepared, on_step, self.stop)
        order = [("episode", "ascending"), ("frame", "ascending")]
        table = pa.concat_tables(list(tables)).sort_by(order)
        output.write_scores(self.folder.root / PROBABILITIES_FILE, table, self.prepared.recording)
        return table

    def _train_on_everything(
        self, fit: Trained, bank: FeatureBank, checkpoints: Checkpoints, evaluation: Evaluation
    ) -> None:
        """Train on every frame, too; a run that was stopped does so when it is resumed."""
        wanted = self.prepared.config.refit and self.prepared.config.save_checkpoint
        if not wanted or self.stop or self.folder.refit.exists():
            return

        def on_step(progress: TrainingProgress, loss: float, rate: float) -> None:
            self.tell(self._step(progress, loss, rate, refit=True))

        watcher = Watcher(on_step=on_step, stopped=self._is_stopped)
        again = train_on_everything(self.prepared, bank, fit, watcher, self.problem)
        if again.reason == "steps":
            # A bank for an encoder that moves holds images.
            moves = self.prepared.config.train.unfreeze
            likeness = None if moves else labelled_likeness(self.prepared, bank)
            checkpoints.write_refit(again.model, again.progress.step, evaluation, likeness)

    def _suggest(self, model: RewardClassifier, bank: FeatureBank) -> None:
        """Score the episodes that are not labelled, if that is wanted.

        What is not encoded yet is, and is kept for the next run; from then on `bank` holds these
        episodes instead of the labelled ones.
        """
        prepared = self.prepared
        if not prepared.config.train.suggest or self.stop:
            return
        file = self.folder.root / PROBABILITIES_FILE
        tables = [pq.read_table(file, schema=PROBABILITIES)] if prepared.folds else []
        rest = prepared.episodes_without_labels()
        known = labelled_features(prepared, bank) if rest else None
        with suppress(Stopped):
            if rest:
                encode(prepared, bank, rest, 0, self.tell, self.stop)
            for episode in rest:
                self.stop.check()
                found = episode_probabilities(model, bank, prepared.lengths([episode]))[episode]
                away = episode_distances(known, bank, episode, len(found))
                tables.append(probability_table(episode, -1, found, distance=away))
            order = [("episode", "ascending"), ("frame", "ascending")]
            table = pa.concat_tables([PROBABILITIES.empty_table(), *tables]).sort_by(order)
            output.write_scores(file, table, prepared.recording)

    def _report(self, evaluation: Evaluation) -> None:
        by = Calibration() if self.problem is None else self.problem.calibration
        report = replace(
            report_of(self.prepared, evaluation, self.folder.metrics()),
            calibration=calibration_figures(evaluation.scored, by.scale, by.bias),
        )
        self.folder.write(REPORT_FILE, run_report(report).text().encode())
        self.folder.write("report.html", report_html(report).encode())

    def _finish_event(self, fit: Trained, evaluation: Evaluation) -> Finished:
        found = evaluation.groups()[evaluation.basis]
        return Finished(
            output_dir=str(self.folder.root),
            reason=fit.reason,
            step=fit.progress.step,
            best_step=fit.progress.best_step,
            figures={
                "accuracy": found.accuracy,
                "precision": found.precision,
                "recall": found.recall,
                "f1": found.f1,
                "average_precision": found.average_precision,
                "roc_auc": found.roc_auc,
                "threshold": evaluation.threshold.threshold,
            },
        )
