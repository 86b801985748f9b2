"""Memory, steps and start of the window, beside those of an older tree, in one run.

    python -m tests.bench.window.budgets OLDER [--rounds 3] [--work FOLDER] [--json FILE]

OLDER is a working tree of this repository with an environment of its own (`.venv`). Every task is a
process of its own, `labeler ROOT` as a user starts it, first of the older tree and then of this
one, round after round, so that other work on the machine meets both. See `child.py` for what the
hand does. The recordings stay in FOLDER where one is named, and are used again.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from tests.bench.processes import ROOT
from tests.bench.synthetic import CAMERAS
from tests.bench.window.recordings import CAMERA, write_clips

console = Console(highlight=False, soft_wrap=True, width=112)
CHILD = Path(__file__).with_name("child.py")
TASKS = (("one", "memory"), ("two", "memory"), ("one", "steps"))
EPISODES, LENGTH = 11, 300
Figures = dict[str, dict[str, list[float]]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.window.budgets")
    parser.add_argument("older", type=Path, help="working tree to compare with")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tasks", nargs="+", choices=("memory", "steps"), help="not all of them")
    parser.add_argument("--work", type=Path, help="folder for the recordings, 100 MB")
    parser.add_argument("--json", type=Path, help="write every sample to this file")
    chosen = parser.parse_args()
    load = os.getloadavg()[0]
    figures: Figures = {"older": {}, "this": {}}
    with tempfile.TemporaryDirectory(prefix="labeler-budgets-") as own:
        work = chosen.work or Path(own)
        recordings = {"one": _clips(work / "one", (CAMERA,)), "two": _clips(work / "two", CAMERAS)}
        trees = {"older": chosen.older.resolve(), "this": ROOT}
        for number in range(chosen.rounds):
            for cameras, task in _tasks(chosen.tasks):
                for name, tree in trees.items():
                    console.print(f"[dim]{number + 1}: {task}, {cameras} camera, {name}[/]")
                    _add(figures[name], cameras, measured(tree, recordings[cameras], task))
                if chosen.json:
                    chosen.json.write_text(json.dumps(figures, indent=1) + "\n")
    show(figures)
    console.print(f"{os.cpu_count()} processors, load {load:.1f} to {os.getloadavg()[0]:.1f}")


def _tasks(names: list[str] | None) -> list[tuple[str, str]]:
    return [one for one in TASKS if not names or one[1] in names]


def _clips(root: Path, cameras: tuple[str, ...]) -> Path:
    return root if root.exists() else write_clips(root, EPISODES, LENGTH, "av1", 2, cameras)


def measured(tree: Path, root: Path, task: str) -> dict[str, list[float]]:
    """What the child tells; its settings, labels and caches are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="labeler-budget-") as home:
        own = {f"XDG_{name}_HOME": home for name in ("DATA", "STATE", "CONFIG", "CACHE")}
        environment = {**os.environ, **own, "HOME": home}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [tree / ".venv/bin/python", "-P", CHILD, root, task, repr(time.time())]
        done = subprocess.run(
            list(map(str, command)), cwd=tree, env=environment, check=True, capture_output=True
        )
    return json.loads(done.stdout.splitlines()[-1])


def _add(figures: dict[str, list[float]], cameras: str, found: dict[str, list[float]]) -> None:
    for name, samples in found.items():
        of = f", {cameras} cameras" if cameras != "one" else ""
        figures.setdefault(f"{name}{of}", []).extend(samples)


def show(figures: Figures) -> None:
    table = Table("", "older", "this", "ratio", "older, p95", "this, p95", "ratio", "samples")
    table.title = "Milliseconds, and MB (10^6 bytes) of resident memory; medians"
    for column in table.columns[1:]:
        column.justify = "right"
    for name, samples in figures["this"].items():
        row = [name]
        for percentile in (50, 95):
            old, new = (np.percentile(one, percentile) for one in (figures["older"][name], samples))
            row += [f"{old:,.1f}", f"{new:,.1f}", f"{new / old:.2f}"]
        table.add_row(*row, str(len(samples)))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
