"""The `labeler-train` program: its commands."""

import signal
import sys
from typing import Any

import typer

from classifier.cli import (
    evaluate_command,
    export_command,
    predict_command,
    preview_command,
    train_command,
)
from classifier.cli.cures import hint
from classifier.config import split_overrides
from labeler.console.program import (
    CommandProgram,
    as_termination,
    new_program,
    report_error,
    version_shown,
)
from labeler.console.standard_streams import watched_output
from labeler.errors import LabelerError
from labeler.offline import stay_offline

_COMMANDS = ("train", "evaluate", "predict", "preview", "export")
_PROGRAM = ("-h", "--help", "--version")


class TrainerProgram(CommandProgram):
    """The commands of `labeler-train`."""

    program = "labeler-train"
    whole = "The last checkpoint is whole."

    def cure(self, error: LabelerError) -> str:
        """What to do about an error, with the options of this program."""
        return hint(error)


app = new_program(TrainerProgram)
app.command("train", short_help="Train a reward classifier (this is the default).")(
    train_command.run
)
app.command("evaluate", short_help="Evaluate a checkpoint on a labelled dataset.")(
    evaluate_command.run
)
app.command("predict", short_help="Write the probability of every frame.")(predict_command.run)
app.command("preview", short_help="Watch a classifier predict a video, an episode or a camera.")(
    preview_command.run
)
app.command("export", short_help="Write a checkpoint for another LeRobot.")(export_command.run)


@app.callback()
def _program(
    version: bool = typer.Option(
        False,
        "--version",
        callback=version_shown("labeler-train"),
        is_eager=True,
        help="Say the version.",
    ),
) -> None:
    """Train LeRobot's reward classifier on labelled episodes, and predict with it.

    `labeler-train ROOT` and `labeler-train --config_path train.json` train; a dataset is only read.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the program and exit."""
    signal.signal(signal.SIGTERM, as_termination)
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] not in (*_COMMANDS, *_PROGRAM):
        given = ["train", *given]
    if given[:1] != ["train"]:  # which may be told to fetch an encoder
        stay_offline()
    try:
        overrides, rest = _split(given)
    except LabelerError as error:
        report_error("labeler-train", error, hint(error))
        raise SystemExit(error.exit_code) from None
    with watched_output("labeler-train"):
        app(rest, obj=overrides, prog_name="labeler-train")


def _split(given: list[str]) -> tuple[list[Any], list[str]]:
    """Settings as LeRobot takes them, which typer does not know, and the other arguments."""
    if given[:1] != ["train"]:
        return [], given
    overrides, rest = split_overrides(given[1:], train_command.OPTIONS)
    return list(overrides), ["train", *rest]
