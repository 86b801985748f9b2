"""Runs that are small enough for a test: 32x32 pictures under the random encoder."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from classifier.config import Override, TrainConfig, settings_of
from classifier.config.overrides import apply_overrides
from classifier.data import recipe_of
from classifier.features import FeatureCache, default_folder, local_bank
from classifier.train.network_training import NetworkFit, Watcher
from classifier.train.preflight import prepare
from classifier.train.run import Result, train
from classifier.train.statistics import feature_statistics
from classifier.train.stopping import Stop
from labeler.contracts.events import Event

LENGTHS = (12,) * 6
ROOT = Path(__file__).parents[2]
SMALL: Mapping[str, Any] = {
    "reward_model": {
        "model_name": "random",
        "image_size": 32,
        "hidden_dim": 16,
        "latent_dim": 12,
        "image_embedding_pooling_dim": 3,
        "learning_rate": 1e-3,
        "device": "cpu",
    },
    "train": {"any_grid": True, "views": 1, "epochs": 3},
    "batch_size": 16,
}


def later_half(episode: int) -> np.ndarray:
    """Rewards of an episode of twelve frames; where success begins differs a little."""
    return (np.arange(12) >= 5 + episode % 3).astype(np.float32)


def small(root: Path, folder: Path | None = None, **changes: object) -> TrainConfig:
    """Settings of a small run; a change of a section's key is written `train__views=0`."""
    given = {("dataset", "root"): str(root)} | ({("output_dir",): str(folder)} if folder else {})
    given |= {tuple(name.split("__")): value for name, value in changes.items()}
    overrides = [Override(path, value) for path, value in given.items()]
    return settings_of(apply_overrides(SMALL, overrides)).config


def arguments(config: TrainConfig) -> list[str]:
    """The same settings for the command line."""
    values = config.model_dump(mode="json", exclude_unset=True)
    given = []
    for name, value in values.items():
        told = value.items() if isinstance(value, dict) else [(None, value)]
        given += [f"--{name if k is None else f'{name}.{k}'}={_text(v)}" for k, v in told]
    return given


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def trained(config: TrainConfig, stop_at: int | None = None) -> tuple[Result, list[Event]]:
    """Train in this process; `stop_at` asks to stop when so many steps were reported."""
    told: list[Event] = []
    stop = Stop()

    def tell(event: Event) -> None:
        told.append(event)
        if event.event == "step" and event.fold is None and event.step == stop_at:
            stop.number = 2

    return train(config, tell, stop), told


def command(*given: object) -> list[str]:
    """The command line that runs the program as users do, where a warning is an error."""
    return [sys.executable, "-W", "error", "-m", "classifier", *map(str, given)]


def environment() -> dict[str, str]:
    """One thread, as in this process."""
    return os.environ | {"OMP_NUM_THREADS": "1"}


def process(
    *given: object, stdin: bool = False, start_new_session: bool = False
) -> subprocess.Popen[str]:
    """The program, started; with `stdin`, through a pipe that is open."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    pipes |= {"stdin": subprocess.PIPE} if stdin else {}
    line, session = command(*given), start_new_session
    return subprocess.Popen(line, cwd=ROOT, env=environment(), start_new_session=session, **pipes)


def run(*given: object) -> subprocess.CompletedProcess[str]:
    """The program, run to its end."""
    return subprocess.run(
        command(*given), cwd=ROOT, env=environment(), capture_output=True, text=True
    )


@contextmanager
def halted(pattern: str, *given: object, times: int = 1) -> Iterator[subprocess.Popen[str]]:
    """The program, stopped by itself where it wrote `pattern` so many times; killed at the end.

    `go_on` lets it go on. It has to write less than a pipe holds before.
    """
    words = [pattern, str(times), *map(str, given)]
    line = [sys.executable, "-W", "error", "-m", "tests.classifier.halting", *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(line, cwd=ROOT, env=environment(), **pipes) as running:
        try:
            status = os.waitpid(running.pid, os.WUNTRACED)[1]
            assert os.WIFSTOPPED(status), running.communicate()
            yield running
        finally:
            running.kill()


def go_on(running: subprocess.Popen[str], *signals: int) -> tuple[str, str]:
    """Let a program that is `halted` meet signals and go on; what it printed, all in all."""
    for number in (*signals, signal.SIGCONT):
        running.send_signal(number)
    return running.communicate()


def numbers(folder: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Metrics and figures of a run, without what differs between equal runs."""
    metrics = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    report = json.loads((folder / "report.json").read_text())
    kept = ("threshold", "basis", "figures", "episodes", "curves", "mistakes", "history")
    return metrics, {name: report[name] for name in kept}


@contextmanager
def fitting(config: TrainConfig, watcher: Watcher | None = None) -> Iterator[NetworkFit]:
    """The training loop of a run by itself, not begun."""
    prepared = prepare(config)
    with closing(prepared.dataset):
        model = prepared.new_model()
        limit = int(config.train.cache_gib * (1 << 30))
        cache = FeatureCache(default_folder(), limit)
        unfreeze = config.train.unfreeze
        bank = local_bank(prepared.dataset, model, recipe_of(config), cache, images=unfreeze)
        bank.prepare(prepared.frames.episode_list(), config.views)
        if config.train.standardize and not unfreeze:
            rows = prepared.split.train
            model.standardize(feature_statistics(model, bank, prepared.frames, rows))
        told = watcher or Watcher()
        yield NetworkFit(model, bank, prepared.frames, prepared.split, config, told)
