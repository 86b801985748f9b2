"""Latencies of the labelling window, key or click to painted picture, through the event loop.

    python -m tests.bench.window [--episodes 100000] [--visits 1000] [--json FILE]

Runs on the platform that Qt finds (QT_QPA_PLATFORM=offscreen without a screen). Limits stand beside
the figures; they are those of a machine with two cores that does nothing else.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer
from rich.console import Console
from rich.table import Table

from labeler.ui.window.app import make_application
from tests.bench.window.operator import Operator, resident_mb
from tests.bench.window.recordings import write_clips, write_large, write_many
from tests.watchdog import Stretch

console = Console(highlight=False, soft_wrap=True, width=112)
LENGTH = 300
Figures = dict[str, list[float]]
Worst = dict[str, Stretch]
LIMITS = {
    "step inside a cached episode": 16,
    "step back inside a cached episode": 16,
    "random seek, not cached, AV1 g=2": 50,
    "next episode, prefetched": 100,
    "decision and next episode": 100,
    "open to first image": 3000,
    **dict.fromkeys((f"longest block, {what}" for what in ("labelling", "opening", "closing")), 50),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.window", description=__doc__)
    parser.add_argument("--episodes", type=int, default=100_000, help="of the large recording")
    parser.add_argument("--visits", type=int, default=1000, help="episodes visited for memory")
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--work", type=Path, help="folder for recordings; the large one is 1 GB")
    parser.add_argument("--json", type=Path, help="write every sample to this file")
    chosen = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="labeler-window-", dir=chosen.work))
    for name in ("DATA", "STATE", "CONFIG", "CACHE"):
        os.environ[f"XDG_{name}_HOME"] = str(work / name.lower())
    figures: Figures = {}
    worst: Worst = {}
    load = os.getloadavg()[0]
    try:
        measure(work, chosen, figures, worst)
    finally:
        shutil.rmtree(work)
        if chosen.json:
            chosen.json.write_text(json.dumps(figures, indent=1) + "\n")
    show(figures)
    show_worst(worst)
    console.print(f"{os.cpu_count()} processors, load {load:.1f} to {os.getloadavg()[0]:.1f}")


def measure(work: Path, chosen: argparse.Namespace, figures: Figures, worst: Worst) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:  # needs 2 GB itself
        large = other.submit(write_large, work / "large", chosen.episodes).result()
    app = make_application()
    clips = write_clips(work / "clips", 6, LENGTH, "av1", 2)
    _stepping(Operator(app), clips, chosen.steps, figures, worst)
    _seeking(Operator(app, memory_mb=16), clips, chosen.steps, figures)
    many = write_many(work / "many", chosen.visits)
    _visiting(Operator(app), many, chosen.visits, figures)
    _opening(app, large, figures, worst)


def _stepping(operator: Operator, root: Path, steps: int, figures: Figures, worst: Worst) -> None:
    operator.open(root)
    operator.rest(6)  # the episode and the start of the next one are decoded meanwhile
    operator.watchdog.forget()
    right, left = Qt.Key.Key_Right, Qt.Key.Key_Left
    figures["step inside a cached episode"] = [operator.press(right) for _ in range(steps)]
    figures["step back inside a cached episode"] = [operator.press(left) for _ in range(steps)]
    following = []
    for _ in range(4):
        operator.rest(6)
        following.append(operator.press(Qt.Key.Key_Down))
    figures["next episode, prefetched"] = following
    deciding = []
    for _ in range(4):
        operator.rest(3)
        operator.press(right)
        deciding.append(operator.press(Qt.Key.Key_S))
    figures["decision and next episode"] = deciding
    _note(operator, "labelling", figures, worst)
    operator.close()


def _seeking(operator: Operator, root: Path, steps: int, figures: Figures) -> None:
    operator.open(root)
    random = np.random.default_rng(0)
    samples = []
    while len(samples) < steps:
        frame = int(random.integers(LENGTH))
        if not operator.cached(frame):
            samples.append(operator.click(frame))
    figures["random seek, not cached, AV1 g=2"] = samples
    operator.close()


def _visiting(operator: Operator, root: Path, visits: int, figures: Figures) -> None:
    operator.open(root)
    memory = []
    for visit in range(visits - 1):
        operator.press(Qt.Key.Key_Down)
        if visit % 50 == 49:
            memory.append(resident_mb())
    figures["memory while visiting episodes, MB"] = memory
    operator.close()


def _opening(app, root: Path, figures: Figures, worst: Worst) -> None:
    samples = figures["open to first image"] = []
    for _ in range(3):
        operator = Operator(app)
        operator.watchdog.forget()
        samples.append(operator.open(root))
        operator.rest(1)
        _note(operator, "opening", figures, worst)
        operator.watchdog.forget()
        QTimer.singleShot(0, operator.window.show_start)
        operator.rest(1)
        _note(operator, "closing", figures, worst)
        operator.close()
    figures["memory with the large recording, MB"] = [resident_mb()]


def _note(operator: Operator, what: str, figures: Figures, worst: Worst) -> None:
    """Keep the longest block since the watchdog was told to forget."""
    watchdog = operator.watchdog
    figures.setdefault(f"longest block, {what}", []).append(watchdog.longest * 1000)
    own = f"most processor time in a block, {what}"
    figures.setdefault(own, []).append(watchdog.busiest * 1000)
    worst[what] = max(worst.get(what, watchdog.worst), watchdog.worst, key=lambda one: one.seconds)


def show(figures: Figures) -> None:
    table = Table("what", "median", "p95", "most", "limit (p95)", "samples")
    for name, samples in figures.items():
        p50, p95 = np.percentile(samples, (50, 95))
        limit = f"{LIMITS[name]:,}" if name in LIMITS else ""
        table.add_row(
            name, f"{p50:,.1f}", f"{p95:,.1f}", f"{max(samples):,.1f}", limit, str(len(samples))
        )
    table.title = "The labelling window, milliseconds unless said otherwise"
    console.print(table)


def show_worst(worst: Worst) -> None:
    """Tell where the longest blocks were spent."""
    for what, stretch in worst.items():
        console.print(f"Longest block, {what}: {stretch}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
