"""The command that trains: the program, and what it is told to begin a run or go on with one."""

import os
import sys

from labeler.contracts.cluster_answer import LOCAL
from labeler.runs.record import Run

_SMALL = 8  # cores of a machine on which training leaves one to the window

PROGRAM = (sys.executable, "-P", "-m", "classifier")
"""The trainer of this very installation; -P keeps the run's folder out of its modules."""


def training_arguments(run: Run) -> list[str]:
    """What begins a run anew."""
    return [
        run.record.root,
        f"--config_path={run.settings}",
        f"--labels={run.labels}",
        f"--output_dir={run.output}",
        f"--events={run.events}",
        *thread_arguments(),
        *place_arguments(run.record.place),
    ]


def resuming_arguments(run: Run) -> list[str]:
    """What goes on with a run."""
    told = [f"--output_dir={run.output}", f"--events={run.events}", *thread_arguments()]
    return ["--resume", *told, *place_arguments(run.record.place)]


def place_arguments(place: str) -> list[str]:
    """Where frames are encoded or predicted; nothing for threads of the command itself."""
    return [] if place == LOCAL else [f"--on={place}"]


def thread_arguments(cores: int | None = None) -> list[str]:
    """Leave one core to the window where there are few."""
    found = cores or os.cpu_count() or 1
    return [f"--train.threads={max(found - 1, 1)}"] if found <= _SMALL else []
