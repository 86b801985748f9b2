"""Running the trainer, which is a process of its own: this one never imports torch."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from labeler.console.heartbeat import pause
from labeler.console.interrupts import forget_interrupts
from labeler.console.output import NEXT

if TYPE_CHECKING:
    from labeler.dataset import Dataset


def train(arguments: Sequence[str], *, quiet: bool = False, first: bool = False) -> None:
    """Run `labeler-train` with the same screen and end with its exit code unless that is 0.

    Ctrl-C reaches it, too, and it takes its time to save what there is.

    quiet: what it prints on stdout goes to stderr, since stdout is for a program
    first: this command continues afterwards, so the other one does not say what comes next
    """
    command = [sys.executable, "-m", "classifier", *arguments]
    environment = os.environ | ({NEXT: "0"} if first else {})
    output = sys.stderr if quiet else None
    with pause(), subprocess.Popen(command, env=environment, stdout=output) as process:
        code = _wait(process)
    if code:
        raise typer.Exit(code)


def cameras_to_name(dataset: "Dataset") -> list[str]:
    """The options by which a training on a dataset with several cameras names one of them.

    Cameras that record distances are left out by a training itself.
    """
    keys = [camera.key for camera in dataset.cameras if not camera.is_depth]
    if len(keys) < 2:
        return []
    return ["--camera", next((key for key in keys if "gripper" in key or "wrist" in key), keys[0])]


def _wait(process: subprocess.Popen[bytes]) -> int:
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt as interrupt:
            forget_interrupts()
            if interrupt.args:  # a signal to this process alone, not to the terminal's
                process.terminate()


def next_folder(wanted: Path) -> Path:
    """`wanted`, or the first of `wanted-2`, `wanted-3`, … that does not exist."""
    number, folder = 1, wanted
    while folder.exists():
        number += 1
        folder = wanted.with_name(f"{wanted.name}-{number}")
    return folder
