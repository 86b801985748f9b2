"""One run from settings to checkpoints and report."""

import json
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import torch

from classifier import output
from classifier.config import TrainConfig, with_whole_paths
from classifier.data import Split, split_of
from classifier.evaluate import (
    Evaluation,
    Judged,
    confusion,
    evaluate,
    report_html,
    report_json,
)
from classifier.events import Evaluation as Evaluated
from classifier.events import Finished, Started, Step, Warned
from classifier.features import FeatureBank, default_folder
from classifier.model import RewardClassifier, success_probability
from classifier.train.checkpoints import Checkpoints, judged_rows
from classifier.train.cross_validation import out_of_fold
from classifier.train.device import device_sentence
from classifier.train.encoding import Tell, bank_of, encoding_told
from classifier.train.fit import Fit, Reason, Rows, Watcher, steps_of
from classifier.train.judging import logits_of
from classifier.train.preflight import Prepared, prepare, require_room
from classifier.train.refit import refit_of
from classifier.train.results import judged_table, report_of
from classifier.train.run_folder import RunFolder
from classifier.train.run_folder import default_folder as default_run
from classifier.train.snapshot import Judgement, load_weights
from classifier.train.snapshot import Progress as Trained
from classifier.train.standardize import feature_statistics
from classifier.train.stopping import Stop, Stopped
from classifier.train.suggesting import judged_rest


@dataclass(frozen=True)
class Result:
    """What a run ended with."""

    folder: Path
    finished: Finished
    evaluation: Evaluation


def train(config: TrainConfig, tell: Tell, stop: Stop, *, download: bool = False) -> Result:
    """Train a reward classifier.

    `tell` is called for everything worth knowing; `stop` ends the run after the current step.
    `download` allows fetching the encoder from the Hub.

    Raises:
        LabelerError: something is wrong that the user can cure; checkpoints are whole.
        Stopped: told to stop before there was anything to save.
    """
    config = with_whole_paths(config)
    prepared = prepare(config, download)
    with closing(prepared.dataset):
        root = config.output_dir or default_run(config, datetime.now())
        require_room(prepared, root, default_folder(), config.views)
        with closing(RunFolder(root, config.resume)) as folder:
            return Run(prepared, folder, tell, stop).go()


@dataclass
class Run:
    """A run whose settings and data were found to be good."""

    prepared: Prepared
    folder: RunFolder
    tell: Tell
    stop: Stop
    started: float = field(default_factory=time.monotonic)

    def go(self) -> Result:
        """Encode, train, judge, report."""
        prepared, config = self.prepared, self.prepared.config
        self.folder.write_config(config.model_copy(update={"output_dir": self.folder.root}))
        model = prepared.new_model()
        bank = bank_of(prepared, model)
        last, best = self.folder.read(prepared.name)
        self.folder.rewind_metrics(last.progress.step if last else 0)
        self._announce(last.progress.step if last else 0)
        try:
            self._encode(bank)
        except Stopped:
            step, best_step = (s.progress.step if s else 0 for s in (last, best))
            self.tell(
                Finished(
                    output_dir=str(self.folder.root),
                    reason="stopped",
                    step=step,
                    best_step=best_step,
                )
            )
            raise
        checkpoints = Checkpoints(prepared, model, self.folder, self.tell)
        fit = self._fit(model, bank, prepared.split, self._watcher(checkpoints))
        if last is not None:
            fit.resume(last, best)
            checkpoints.resume(best.progress.step if best else None, last.progress.step)
        try:
            reason = fit.run()
        finally:
            checkpoints.finish()
        evaluation = self._evaluate(fit, bank)
        self._refit(fit, bank, checkpoints, evaluation)
        self._report(evaluation)
        self._suggest(fit.model, bank)
        finished = self._finished(fit, reason, evaluation)
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
                steps=steps_of(prepared.config, len(prepared.split.train)),
                first_step=first_step,
            )
        )

    def _encode(self, bank: FeatureBank) -> None:
        episodes = self.prepared.frames.episode_list()
        bank.prepare(episodes, self.prepared.config.views, encoding_told(self.tell, self.stop))
        if self.prepared.device.type == "cpu" and not self.prepared.config.train.unfreeze:
            torch.set_num_threads(1)  # batches of features are too small to be divided

    def _fit(
        self, model: RewardClassifier, bank: FeatureBank, split: Split, watcher: Watcher
    ) -> Fit:
        prepared = self.prepared
        if prepared.config.train.standardize and not model.unfrozen:
            model.standardize(feature_statistics(model, bank, prepared.frames, split.train))
        return Fit(model, bank, prepared.frames, split, prepared.config, watcher)

    def _watcher(self, checkpoints: Checkpoints) -> Watcher:
        def on_step(progress: Trained, loss: float, rate: float) -> None:
            self._measured(self._step(progress, loss, rate))

        def on_judgement(progress: Trained, held: Judgement, best: bool) -> None:
            self._measured(self._evaluated(progress, held, best))

        return Watcher(on_step, on_judgement, checkpoints.on_snapshot, lambda: bool(self.stop))

    def _step(
        self,
        progress: Trained,
        loss: float,
        rate: float,
        fold: int | None = None,
        refit: bool = False,
    ) -> Step:
        return Step(
            step=progress.step,
            epoch=self._epoch(progress),
            loss=loss,
            learning_rate=rate,
            seconds=time.monotonic() - self.started,
            fold=fold,
            refit=refit,
        )

    def _evaluated(self, progress: Trained, held: Judgement, best: bool) -> Evaluated:
        judged = judged_rows(self.prepared, self.prepared.split.held_out, held.probabilities)
        found = confusion(judged, 1 / 2)
        return Evaluated(
            step=progress.step,
            epoch=self._epoch(progress),
            loss=held.loss,
            accuracy=held.accuracy,
            precision=found.precision or 0.0,
            recall=found.recall or 0.0,
            f1=found.f1 or 0.0,
            best=best,
        )

    def _epoch(self, progress: Trained) -> float:
        rows = len(self.prepared.split.train)
        return progress.step * self.prepared.config.batch_size / rows

    def _measured(self, event: Step | Evaluated) -> None:
        values = event.model_dump(mode="json", exclude={"seconds", "fold", "refit"})
        self.folder.append(values)
        self.tell(event)

    def _evaluate(self, fit: Fit, bank: FeatureBank) -> Evaluation:
        """Figures of the best weights, which the model has afterwards."""
        prepared, split = self.prepared, fit.split
        if fit.best is not None:
            load_weights(fit.model, fit.best)
        held_out = self._judged(fit, split.held_out)
        groups = {"frame_split" if split.by == "frame" else "held_out": held_out}
        # A run that is stopped ends now; these trainings are made up for when it is resumed.
        with suppress(Stopped):
            if split.by == "frame":
                groups["held_out"] = self._judged_by_episode(bank)
            if prepared.folds:
                table = self._out_of_fold(bank)
                groups["out_of_fold"] = judged_table(prepared, table)
        groups["training"] = self._judged(fit, split.train)
        return evaluate(**groups, precision=prepared.config.train.precision)

    def _judged(self, fit: Fit, rows: Rows) -> Judged:
        frames = self.prepared.frames
        logits = logits_of(fit.model, fit.bank, frames.episodes[rows], frames.frames[rows])
        return judged_rows(self.prepared, rows, success_probability(fit.model, logits))

    def _judged_by_episode(self, bank: FeatureBank) -> Judged:
        """What a split by episode gives, to be shown beside the flattering split by frame."""
        prepared, config = self.prepared, self.prepared.config
        self.stop.check()
        split = split_of(prepared.frames, "episode", config.train.held_out, config.seed)
        watcher = Watcher(stopped=lambda: bool(self.stop))
        fit = self._fit(prepared.new_model(), bank, split, watcher)
        fit.run()
        self.stop.check()
        if fit.best is not None:
            load_weights(fit.model, fit.best)
        return self._judged(fit, split.held_out)

    def _out_of_fold(self, bank: FeatureBank) -> pa.Table:
        self.stop.check()

        def watcher_of(fold: int) -> Watcher:
            def on_step(progress: Trained, loss: float, rate: float) -> None:
                self.tell(self._step(progress, loss, rate, fold))

            return Watcher(on_step=on_step, stopped=lambda: bool(self.stop))

        table = out_of_fold(self.prepared, bank, watcher_of, self.stop)
        output.write_table(self.folder.root / "probabilities.parquet", table)
        return table

    def _suggest(self, model: RewardClassifier, bank: FeatureBank) -> None:
        """Judge the episodes that are not labelled, if that is wanted."""
        if not self.prepared.config.train.suggest or self.stop:
            return
        file = self.folder.root / "probabilities.parquet"
        with suppress(Stopped):
            rest = judged_rest(
                self.prepared, model, bank, encoding_told(self.tell, self.stop), self.stop
            )
            known = [pq.read_table(file, schema=rest.schema)] if self.prepared.folds else []
            order = [("episode", "ascending"), ("frame", "ascending")]
            output.write_table(file, pa.concat_tables([*known, rest]).sort_by(order))

    def _refit(
        self, fit: Fit, bank: FeatureBank, checkpoints: Checkpoints, evaluation: Evaluation
    ) -> None:
        """Train on every frame, too; a run that was stopped does so when it is resumed."""
        wanted = self.prepared.config.refit and self.prepared.config.save_checkpoint
        if not wanted or self.stop or self.folder.refit.exists():
            return

        def on_step(progress: Trained, loss: float, rate: float) -> None:
            self.tell(self._step(progress, loss, rate, refit=True))

        watcher = Watcher(on_step=on_step, stopped=lambda: bool(self.stop))
        again = refit_of(self.prepared, bank, fit, watcher)
        if again.run() == "steps":
            checkpoints.write_refit(again.model, again.progress.step, evaluation)

    def _report(self, evaluation: Evaluation) -> None:
        report = report_of(self.prepared, evaluation, self.folder.metrics())
        values = json.dumps(report_json(report), indent=2, allow_nan=False)
        self.folder.write("report.json", f"{values}\n".encode())
        self.folder.write("report.html", report_html(report).encode())

    def _finished(self, fit: Fit, reason: Reason, evaluation: Evaluation) -> Finished:
        found = evaluation.groups()[evaluation.basis]
        return Finished(
            output_dir=str(self.folder.root),
            reason=reason,
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
