"""Starts `labeler-train` as a process of its own that outlives the window."""

import os
import sys
from collections.abc import Sequence

from PySide6.QtCore import QProcess, QStandardPaths

from labeler.errors import LabelerError
from labeler.offline import as_the_user_said
from labeler.runs.process import birth
from labeler.runs.record import Run

_NICENESS = "10"  # the window's threads go first
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
    ]


def resuming_arguments(run: Run) -> list[str]:
    """What goes on with a run."""
    told = [f"--output_dir={run.output}", f"--events={run.events}", *thread_arguments()]
    return ["--resume", *told]


def thread_arguments(cores: int | None = None) -> list[str]:
    """Leave one core to the window where there are few."""
    found = cores or os.cpu_count() or 1
    return [f"--train.threads={max(found - 1, 1)}"] if found <= _SMALL else []


def launch(run: Run, arguments: Sequence[str], program: Sequence[str] = PROGRAM) -> Run:
    """Start the process of a run; the run with its number comes back.

    Raises:
        LabelerError: it did not start.
    """
    command = [*_into_log(run), *quietly(), *program, *arguments]
    with as_the_user_said():  # the encoder may have to be fetched
        started, pid = QProcess.startDetached(command[0], command[1:], str(run.folder))
    if not started:
        raise LabelerError(
            "The training program did not start.", f"Check that {command[0]} can be run."
        )
    return run.with_record(pid=pid, born=birth(pid), stopping=False)


def _into_log(run: Run) -> list[str]:
    """A shell that appends to the log and becomes the program, so that its number stays.

    PySide6 6.11 either redirects a detached process or tells its number, not both.
    """
    shell = QStandardPaths.findExecutable("sh")
    redirected = 'exec "$@" >>"$0" 2>&1 </dev/null'
    return [shell, "-c", redirected, str(run.log)] if shell and os.name == "posix" else []


def quietly() -> list[str]:
    """What a command begins with so that the window's threads go first."""
    nice = QStandardPaths.findExecutable("nice")
    return [nice, "-n", _NICENESS] if nice else []
