"""A run that only refreshes suggestions: every episode scored by classifiers that did not see it.

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
from numpy.typing import NDArray

from classifier import output
from classifier.config import TrainConfig, with_whole_paths
from classifier.data import Split
from classifier.features import FeatureBank, default_folder
from classifier.model import RewardClassifier
from classifier.train.convex_training import ConvexProblem, convex_problem
from classifier.train.device import device_sentence
from classifier.train.encoding_place import HERE, Tell, Where, encode, open_place
from classifier.train.network_training import Watcher
from classifier.train.preflight import Prepared, prepare, require_room
from classifier.train.run_folder import PROBABILITIES_FILE, RunFolder
from classifier.train.run_folder import default_folder as default_run
from classifier.train.scoring import (
    episode_distances,
    episode_probabilities,
    probability_table,
)
from classifier.train.snapshot import TrainingProgress
from classifier.train.split_training import steps_at_most, train_blind
from classifier.train.statistics import labelled_features
from classifier.train.stopping import Stop
from labeler.contracts.events import Finished, Started, TrainingStep


def suggest(
    config: TrainConfig,
    tell: Tell,
    stop: Stop,
    aside: Path | None = None,
    where: Where = HERE,
) -> Path:
    """Score every episode and write `probabilities.parquet`, whose path comes back.

    Nothing is ever fetched for it: the encoder has to be on this machine. What is in the folder of
    the run goes to `aside`. `where` says who encodes.

    Raises:
        LabelerError: something is wrong that the user can cure.
        Stopped: told to stop; no probabilities were written.
    """
    config = with_whole_paths(config)
    prepared = prepare(config)
    with closing(prepared.dataset):
        root = config.output_dir or default_run(config, datetime.now())
        require_room(prepared, root, default_folder(), views=0)
        with (
            open_place(prepared, where, tell, stop) as place,
            output.resumable(),
            closing(RunFolder(root, config.resume, aside)) as folder,
        ):
            return SuggestionsRun(prepared, folder, tell, stop).go(place.bank)


@dataclass
class SuggestionsRun:
    """A run whose settings and data were found to be good.

    own: probabilities of labelled episodes, with the fold that did not see them
    others: those of the other episodes, of each fold's classifier
    """

    prepared: Prepared
    folder: RunFolder
    tell: Tell
    stop: Stop
    started: float = field(default_factory=time.monotonic)
    problem: ConvexProblem | None = None
    own: dict[int, tuple[int, NDArray[np.float64]]] = field(default_factory=dict)
    others: dict[int, list[NDArray[np.float64]]] = field(default_factory=dict)

    def go(self, bank: FeatureBank) -> Path:
        """Encode what is not encoded yet, train a classifier per fold, score."""
        prepared, path = self.prepared, self.folder.root / PROBABILITIES_FILE
        config = prepared.config.model_copy(update={"output_dir": self.folder.root})
        self.folder.write_config(config)
        self._announce()
        encode(prepared, bank, range(len(prepared.dataset)), 0, self.tell, self.stop)
        if config.convex:
            self.problem = convex_problem(prepared, bank)
        for fold, split in enumerate(prepared.folds):
            self._score(fold, split, self._train(fold, split, bank), bank)
        output.write_scores(path, self._table(bank), prepared.recording)
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
                steps=steps_at_most(self.prepared.config, rows),
            )
        )

    def _train(self, fold: int, split: Split, bank: FeatureBank) -> RewardClassifier:
        def on_step(progress: TrainingProgress, loss: float, rate: float) -> None:
            self.tell(
                TrainingStep(
                    step=progress.step,
                    epoch=progress.step * self.prepared.config.batch_size / len(split.train),
                    loss=loss,
                    learning_rate=rate,
                    seconds=time.monotonic() - self.started,
                    fold=fold,
                )
            )

        watcher = Watcher(on_step=on_step, stopped=lambda: bool(self.stop))
        return train_blind(self.prepared, bank, split, watcher, self.stop, self.problem)

    def _score(self, fold: int, split: Split, model: RewardClassifier, bank: FeatureBank) -> None:
        """Score the episodes of a fold, and those without a label."""
        prepared = self.prepared
        held_out = prepared.lengths(split.episodes(prepared.frames)[1])
        rest = prepared.lengths(prepared.episodes_without_labels())
        for episode, found in episode_probabilities(model, bank, held_out).items():
            self.own[episode] = fold, found
        for episode, found in episode_probabilities(model, bank, rest).items():
            self.others.setdefault(episode, []).append(found)

    def _table(self, bank: FeatureBank) -> pa.Table:
        known = labelled_features(self.prepared, bank) if self.others else None
        tables = {episode: probability_table(episode, *own) for episode, own in self.own.items()}
        for episode, found in self.others.items():
            mean, spread = np.mean(found, axis=0), np.std(found, axis=0)
            away = episode_distances(known, bank, episode, len(mean))
            tables[episode] = probability_table(episode, -1, mean, spread, away)
        return pa.concat_tables([tables[episode] for episode in sorted(tables)])

    def _finish(self) -> None:
        frames = self.prepared.frames
        pairs = zip(frames.episodes.tolist(), frames.frames.tolist(), strict=True)
        predicted = np.array([self.own[episode][1][frame] > 1 / 2 for episode, frame in pairs])
        steps = steps_at_most(self.prepared.config, len(frames))
        self.tell(
            Finished(
                output_dir=str(self.folder.root),
                reason="steps",
                step=steps,
                best_step=steps,
                figures={"accuracy": float(np.mean(predicted == frames.success))},
            )
        )
