"""A run that only refreshes suggestions: every episode judged by classifiers that did not see it.

Nothing is trained besides the folds: an episode without a label has the mean of all of them. And
nothing is chosen on the way, so that each fold is as blind to its episodes as can be.
"""

import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray

from classifier import output
from classifier.config import TrainConfig, with_whole_paths
from classifier.data import Split
from classifier.events import Finished, Started, Step
from classifier.features import FeatureBank, default_folder
from classifier.model import RewardClassifier
from classifier.train.device import device_sentence
from classifier.train.encoding import Tell, bank_of, encoding_told
from classifier.train.fit import Fit, Watcher, steps_of
from classifier.train.judging import judged_episodes, judged_table_of
from classifier.train.preflight import Prepared, prepare, require_room
from classifier.train.run_folder import RunFolder
from classifier.train.run_folder import default_folder as default_run
from classifier.train.snapshot import Progress as Trained
from classifier.train.standardize import feature_statistics
from classifier.train.stopping import Stop

PROBABILITIES = "probabilities.parquet"


def suggest(config: TrainConfig, tell: Tell, stop: Stop) -> Path:
    """Judge every episode and write `probabilities.parquet`, whose path comes back.

    Nothing is ever fetched for it: the encoder has to be on this machine.

    Raises:
        LabelerError: something is wrong that the user can cure.
        Stopped: told to stop; no probabilities were written.
    """
    config = with_whole_paths(config)
    prepared = prepare(config)
    with closing(prepared.dataset):
        root = config.output_dir or default_run(config, datetime.now())
        require_room(prepared, root, default_folder(), views=0)
        with closing(RunFolder(root, config.resume)) as folder:
            return SuggestionsRun(prepared, folder, tell, stop).go()


@dataclass
class SuggestionsRun:
    """A run whose settings and data were found to be good.

    own: probabilities of labelled episodes, with the fold that did not see them
    mean: those of the other episodes
    """

    prepared: Prepared
    folder: RunFolder
    tell: Tell
    stop: Stop
    started: float = field(default_factory=time.monotonic)
    own: dict[int, tuple[int, NDArray[np.float64]]] = field(default_factory=dict)
    mean: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    def go(self) -> Path:
        """Encode what is not encoded yet, train a classifier per fold, judge."""
        prepared, path = self.prepared, self.folder.root / PROBABILITIES
        config = prepared.config.model_copy(update={"output_dir": self.folder.root})
        self.folder.write_config(config)
        self._announce()
        bank = bank_of(prepared, prepared.new_model())
        bank.prepare(range(len(prepared.dataset)), 0, encoding_told(self.tell, self.stop))
        if prepared.device.type == "cpu":
            torch.set_num_threads(1)  # batches of features are too small to be divided
        for fold, split in enumerate(prepared.folds):
            self._judge(fold, split, self._trained(fold, split, bank), bank)
        output.write_table(path, self._table())
        self._finish()
        return path

    def _announce(self) -> None:
        frames = self.prepared.frames
        episodes = len(frames.episode_list())
        rows = min(len(split.train) for split in self.prepared.folds)
        self.tell(
            Started(
                output_dir=str(self.folder.root),
                device=device_sentence(self.prepared.device),
                encoder=self.prepared.encoder.name,
                train_frames=len(frames),
                held_out_frames=0,
                train_episodes=episodes,
                held_out_episodes=0,
                steps=steps_of(self.prepared.config, rows),
            )
        )

    def _trained(self, fold: int, split: Split, bank: FeatureBank) -> RewardClassifier:
        prepared, model = self.prepared, self.prepared.new_model()

        def on_step(progress: Trained, loss: float, rate: float) -> None:
            seconds = time.monotonic() - self.started
            epoch = progress.step * prepared.config.batch_size / len(split.train)
            self.tell(
                Step(
                    step=progress.step,
                    epoch=epoch,
                    loss=loss,
                    learning_rate=rate,
                    seconds=seconds,
                    fold=fold,
                )
            )

        if prepared.config.train.standardize:
            model.standardize(feature_statistics(model, bank, prepared.frames, split.train))
        seen = Split(split.train, np.empty(0, np.int64))
        watcher = Watcher(on_step=on_step, stopped=lambda: bool(self.stop))
        Fit(model, bank, prepared.frames, seen, prepared.config, watcher).run()
        self.stop.check()
        return model

    def _judge(self, fold: int, split: Split, model: RewardClassifier, bank: FeatureBank) -> None:
        """Judge the episodes of a fold, and those without a label."""
        prepared, folds = self.prepared, len(self.prepared.folds)
        held_out = split.episodes(prepared.frames)[1]
        labelled = set(prepared.frames.episode_list())
        rest = [episode for episode in range(len(prepared.dataset)) if episode not in labelled]
        for episode, found in judged_episodes(model, bank, prepared.lengths(held_out)).items():
            self.own[episode] = fold, found
        for episode, found in judged_episodes(model, bank, prepared.lengths(rest)).items():
            self.mean[episode] = self.mean.get(episode, 0) + found / folds

    def _table(self) -> pa.Table:
        found = self.own | {episode: (-1, mean) for episode, mean in self.mean.items()}
        return pa.concat_tables(
            [judged_table_of(episode, *found[episode]) for episode in sorted(found)]
        )

    def _finish(self) -> None:
        frames = self.prepared.frames
        pairs = zip(frames.episodes.tolist(), frames.frames.tolist(), strict=True)
        judged = np.array([self.own[episode][1][frame] > 1 / 2 for episode, frame in pairs])
        steps = steps_of(self.prepared.config, len(frames))
        self.tell(
            Finished(
                output_dir=str(self.folder.root),
                reason="steps",
                step=steps,
                best_step=steps,
                figures={"accuracy": float(np.mean(judged == frames.success))},
            )
        )
