"""How long the window's thread is held up, with a training beside it and without.

    python -m tests.bench.window.training [--seconds 20] [--json FILE]

The same hand steps and decides in the same recording three times: nothing else running, a real
training in the dock with its curves in sight, and suggestions that are refreshed again and again.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from rich.console import Console
from rich.table import Table

from classifier.config import config_text, settings_of
from labeler.runs.story import Phase
from labeler.ui.training.panel import TrainingPanel
from labeler.ui.window.app import make_application
from tests.bench.window.operator import Operator, until
from tests.bench.window.recordings import CAMERA, write_clips
from tests.watchdog import Stretch

console = Console(highlight=False, soft_wrap=True, width=112)
LIMITS = {"step, 95%": "16", "longest block of the window's thread": "50"}  # ms
LENGTH, EPISODES = 100, 12
LABELLED = 6
ENDLESS = 100_000  # epochs
Figures = dict[str, dict[str, list[float]]]
Worst = dict[str, Stretch]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.window.training")
    parser.add_argument("--seconds", type=float, default=20, help="of work in each of the three")
    parser.add_argument("--work", type=Path, help="folder for the recording and its features")
    parser.add_argument("--json", type=Path, help="write every sample to this file")
    chosen = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="labeler-training-", dir=chosen.work))
    for name in ("DATA", "STATE", "CONFIG", "CACHE"):
        os.environ[f"XDG_{name}_HOME"] = str(work / name.lower())
    os.environ |= {"HF_HUB_OFFLINE": "1", "PYTHONPYCACHEPREFIX": str(work / "bytecode")}
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    load = os.getloadavg()[0]
    try:
        clips = write_clips(work / "clips", EPISODES, LENGTH, "h264", 2)
        figures, worst = measured(clips, chosen.seconds)
    finally:
        shutil.rmtree(work)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n")
    show(figures)
    for what, stretch in worst.items():
        console.print(f"Longest block, {what}: {stretch}", markup=False)
    console.print(f"{os.cpu_count()} processors, load {load:.1f} to {os.getloadavg()[0]:.1f}")


def measured(root: Path, seconds: float) -> tuple[Figures, Worst]:
    operator = Operator(make_application())
    operator.open(root)
    panel: TrainingPanel = operator.window.page.training
    until(lambda: panel.trainings.folder is not None)
    label(operator)
    operator.rest(6)
    figures: Figures = {}
    worst: Worst = {}

    def work(beside: str) -> None:
        figures[beside] = worked(operator, seconds, beside, worst)

    work("nothing beside it")
    operator.watchdog.forget()
    panel.open_dock()
    until(lambda: panel.dock is not None)
    operator.rest(1)
    worst["opening the dock"] = operator.watchdog.worst
    training = panel.trainings.start(settings())
    panel.dock.table.choose(training)
    until(lambda: training.story.phase is Phase.TRAINING)
    work("training, curves in sight")
    assert training.alive, "the training ran all the time"
    panel.trainings.stop(training)
    until(lambda: not training.alive)
    panel.close_dock()
    operator.window.use(operator.window.preferences.model_copy(update={"continuous": True}))
    until(lambda: panel.continuous.tool.running)
    work("suggestions being refreshed")
    until(lambda: not panel.continuous.busy)
    assert operator.window.desk.has_scores
    operator.close()
    return figures, worst


def settings() -> str:
    """A training that does not end by itself."""
    told = {
        "train": {"cameras": [CAMERA], "epochs": ENDLESS, "patience": None, "threads": 1},
        "reward_model": {"model_name": "random", "device": "cpu"},
    }
    return config_text(settings_of(told, "the benchmark").config)


def label(operator: Operator) -> None:
    """Success from the middle, and a failure, so that a training has both."""
    operator.press(Qt.Key.Key_Right)
    for episode in range(LABELLED):
        operator.window.desk.show_episode(episode, LENGTH // 2)
        operator.until_painted()
        deciding = operator.window.page.deciding
        deciding.never() if episode == 1 else deciding.success()
        operator.until_painted()


def worked(operator: Operator, seconds: float, beside: str, worst: Worst) -> dict[str, list[float]]:
    """Milliseconds: each step key to picture, each decision to the next one, and the blocks.

    Now and then the hand rests, so that what waits for a quiet moment has its turn.
    """
    steps, decisions, blocks, busy = [], [], [], []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        operator.watchdog.forget()
        steps += [operator.press(Qt.Key.Key_Right) for _ in range(40)]
        steps += [operator.press(Qt.Key.Key_Left) for _ in range(10)]
        decisions.append(operator.press(Qt.Key.Key_S))
        operator.rest(2)
        blocks.append(operator.watchdog.longest * 1000)
        busy.append(operator.watchdog.busiest * 1000)
        longest = operator.watchdog.worst
        worst[beside] = max(worst.get(beside, longest), longest, key=lambda one: one.seconds)
    return {"step": steps, "decision": decisions, "block": blocks, "busy": busy}


def show(figures: Figures) -> None:
    table = Table("", *figures, "limit", title="The window with and without training, milliseconds")
    rows = {
        "step, median": ("step", 50),
        "step, 95%": ("step", 95),
        "decision, median": ("decision", 50),
        "longest block of the window's thread": ("block", 100),
        "its processor time": ("busy", 100),
        "longest block in a round of 50 steps, median": ("block", 50),
        "its processor time, median": ("busy", 50),
    }
    for name, (what, percentile) in rows.items():
        cells = [f"{np.percentile(one[what], percentile):,.1f}" for one in figures.values()]
        table.add_row(name, *cells, LIMITS.get(name, ""))
    console.print(table)
    console.print("The limits are those of two cores that do nothing else.")


if __name__ == "__main__":
    sys.exit(main())
