"""`labeler-train` as the window starts it: a process of its own, on cached features."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from classifier.config import config_text, for_suggestions, settings_of
from labeler.dataset import open_dataset
from labeler.dataset.labels_of import identity_of
from labeler.labels import DatasetLabels
from labeler.labels.dialects import Dialect, write_labels
from labeler.review import Scores, read_scores
from tests.bench.processes import ROOT
from tests.bench.review.recordings import CAMERA, Labels


@dataclass
class Trainer:
    """Trains on labels of one recording, again and again.

    seconds: wall time of each training, from labels in memory to probabilities in memory
    cpu: seconds of processor time of the same, which other programs disturb less
    """

    root: Path
    work: Path
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def refreshed(self, labels: Labels) -> Scores:
        """Probabilities of every episode from a run for suggestions, as the window starts it."""
        told = {
            "dataset": {"root": str(self.root)},
            "train": {"cameras": [CAMERA], "threads": 1},
            "reward_model": {"model_name": "random", "device": "cpu"},
        }
        file = self.work / "suggestions.json"
        file.write_text(config_text(for_suggestions(settings_of(told, "the benchmark").config)))
        return self._scores(labels, f"--config_path={file}", "--events=-")

    def scores(self, labels: Labels, folds: int, seed: int = 0) -> Scores:
        """Probabilities of every episode after a training on these labels."""
        return self._scores(
            labels, f"--camera={CAMERA}", "--policy.model_name=random", "--train.suggest=true",
            f"--train.folds={folds}", f"--seed={seed}", "--policy.device=cpu",
        )  # fmt: skip

    def _scores(self, labels: Labels, *arguments: str) -> Scores:
        began, before = time.perf_counter(), _cpu()
        run = self.work / f"run-{len(self.seconds)}"
        with open_dataset(self.root) as dataset:
            lengths = dataset.lengths.tolist()
            told = DatasetLabels(lengths, labels, identity_of(dataset))
        file = self.work / "labels.json"
        file.write_text(write_labels(told, Dialect.LABELER))
        self._train(self.root, f"--labels={file}", f"--output_dir={run}", *arguments)
        found = read_scores(run / "probabilities.parquet", lengths)
        self.seconds.append(time.perf_counter() - began)
        self.cpu.append(_cpu() - before)
        return found

    def _train(self, *arguments: object) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "classifier", *map(str, arguments)],
            cwd=ROOT,
            env=self._environment(),
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"labeler-train failed:\n{done.stderr[-2000:]}")

    def _environment(self) -> dict[str, str]:
        """With compiled modules kept between trainings, as an installed program keeps them."""
        kept = {name: value for name, value in os.environ.items() if "DONTWRITE" not in name}
        own = {
            "LABELER_CACHE": str(self.work / "cache"),
            "HF_HUB_OFFLINE": "1",
            "PYTHONPYCACHEPREFIX": str(self.work.parent / "bytecode"),
        }
        return {**kept, **own}


def _cpu() -> float:
    """Processor seconds of this process and of those that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
