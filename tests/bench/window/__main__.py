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
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from rich.console import Console
from rich.table import Table

from labeler.ui.app import make_application
from tests.bench.window.operator import Operator, resident_mb
from tests.bench.window.recordings import write_clips, write_large, write_many

console = Console(highlight=False, soft_wrap=True)
LENGTH = 300
Figures = dict[str, list[float]]
LIMITS = {
    "step inside a cached episode": 16,
    "step back inside a cached episode": 16,
    "random seek, not cached, AV1 g=2": 50,
    "next episode, prefetched": 100,
    "decision and next episode": 100,
    "open to first picture": 3000,
    "longest block of the window's thread": 50,
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
    load = os.getloadavg()[0]
    try:
        measure(work, chosen, figures)
    finally:
        shutil.rmtree(work)
        if chosen.json:
            chosen.json.write_text(json.dumps(figures, indent=1) + "\n")
    show(figures)
    console.print(f"{os.cpu_count()} processors, load {load:.1f} to {os.getloadavg()[0]:.1f}")


def measure(work: Path, chosen: argparse.Namespace, figures: Figures) -> None:
    app = make_application()
    clips = write_clips(work / "clips", 6, LENGTH, "av1", 2)
    _stepping(Operator(app), clips, chosen.steps, figures)
    _seeking(Operator(app, memory_mb=16), clips, chosen.steps, figures)
    many = write_many(work / "many", chosen.visits)
    _visiting(Operator(app), many, chosen.visits, figures)
    large = write_large(work / "large", chosen.episodes)
    _opening(app, large, figures)


def _stepping(operator: Operator, root: Path, steps: int, figures: Figures) -> None:
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
    figures["longest block of the window's thread"] = [operator.watchdog.longest * 1000]
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


def _opening(app, root: Path, figures: Figures) -> None:
    samples, blocks = [], []
    for _ in range(3):
        operator = Operator(app)
        operator.watchdog.forget()
        samples.append(operator.open(root))
        operator.rest(1)
        blocks.append(operator.watchdog.longest * 1000)
        operator.close()
    figures["open to first picture"] = samples
    figures["longest block while opening"] = blocks
    figures["memory with the large recording, MB"] = [resident_mb()]


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


if __name__ == "__main__":
    sys.exit(main())
