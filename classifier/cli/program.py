"""The `labeler-train` program: its commands."""

import os
import sys
from collections.abc import Sequence
from typing import Any

from classifier.cli.cures import hint, in_own_names, use_names_of
from labeler.console.output import complain
from labeler.console.program import (
    CommandProgram,
    examples,
    new_program,
    refuse_misspelt,
    version_option,
)
from labeler.console.standard_streams import watch_output
from labeler.contracts.complaints import error_line
from labeler.errors import LabelerError
from labeler.offline import stay_offline

_PROGRAM = ("-h", "--help", "--version", "--install-completion", "--show-completion")

EXAMPLES = {
    "train": (
        "labeler-train ~/recordings/pick_lift_labeled --camera gripper",
        "labeler-train --config_path train.json --output_dir outputs/run",
        "labeler-train --resume --output_dir outputs/run",
    ),
    "sweep": (
        "labeler-train sweep sweep.json --out outputs/sweep",
        "labeler-train sweep sweep.json --out outputs/sweep --on dask",
    ),
    "evaluate": ("labeler-train evaluate outputs/run ~/recordings/other_day_labeled",),
    "predict": ("labeler-train predict outputs/run rl_run --out scores.parquet",),
    "preview": (
        "labeler-train preview outputs/run ~/recordings/pick_lift --episode 3",
        "labeler-train preview outputs/run /dev/video0 --out preview.mp4",
    ),
    "export": (
        "labeler-train export outputs/run --export-for lerobot-0.4 --out model",
        "labeler-train export outputs/run --with-step --out model",
    ),
    "nodes": (
        "labeler-train nodes tcp://head:8786",
        "labeler-train nodes slurm.yaml",
    ),
}


COMMANDS = {
    "train": ("classifier.cli.train_command", "Train a reward classifier (this is the default)."),
    "sweep": ("classifier.cli.sweep_command", "Compare settings by cross-validation."),
    "evaluate": (
        "classifier.cli.evaluate_command",
        "Evaluate a checkpoint on a labelled dataset.",
    ),
    "predict": ("classifier.cli.predict_command", "Write the probability of every frame."),
    "preview": (
        "classifier.cli.preview_command",
        "Watch a classifier predict a video, an episode or a camera.",
    ),
    "export": ("classifier.cli.export_command", "Write a checkpoint for another LeRobot."),
    "nodes": ("classifier.cli.nodes_command", "Show what a cluster has to work with."),
}
"""Name -> module and one line of help, in the order of the help."""


class TrainerProgram(CommandProgram):
    """The commands of `labeler-train`."""

    program = "labeler-train"
    listed = COMMANDS
    whole = "The last checkpoint is whole."

    def cure(self, error: LabelerError) -> str:
        """What to do about an error, with the options of this program."""
        return hint(error)

    def examples(self, command: str) -> Sequence[str]:
        """The examples of a command."""
        return EXAMPLES[command]

    def typed(self, ctx: Any, args: Sequence[str]) -> list[str]:  # noqa: ANN401 - typer's own type
        """The command line with the settings that `_split` set apart."""
        return [*super().typed(ctx, args), *map(str, ctx.obj or ())]

    def complain_of(self, error: LabelerError) -> None:
        """Write an error and its cure to stderr, with the user's own names of settings."""
        _complain_of(error)


app = new_program(TrainerProgram)


@app.callback(epilog=examples((EXAMPLES["train"][0], *EXAMPLES["evaluate"])))
def _program(
    version: bool = version_option("labeler-train"),
) -> None:
    """Train LeRobot's reward classifier on labelled episodes, and predict with it.

    `labeler-train ROOT` and `labeler-train --config_path train.json` train; a dataset is only read.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the program and exit."""
    given = sys.argv[1:] if arguments is None else arguments
    refuse_misspelt("labeler-train", given, list(COMMANDS))
    if given and given[0] not in (*COMMANDS, *_PROGRAM):
        given = ["train", *given]
    if given[:1] != ["train"]:  # which may be told to fetch an encoder
        stay_offline()
    if given[:1] == ["preview"]:
        _let_waiting_threads_sleep()
    use_names_of(given)
    try:
        overrides, rest = _split(given)
    except LabelerError as error:
        _complain_of(error)
        raise SystemExit(error.exit_code) from None
    with watch_output("labeler-train"):
        app(rest, obj=overrides, prog_name="labeler-train")


def _let_waiting_threads_sleep() -> None:
    """Before torch is imported, and unless the user chose otherwise.

    Threads that share the work on one image wait for each other dozens of times. Where all cores
    are busy, by default those that wait keep a core from the one that they wait for.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _complain_of(error: LabelerError) -> None:
    complain("labeler-train", in_own_names(error.message), error_line(error) or hint(error))


def _split(given: list[str]) -> tuple[list[Any], list[str]]:
    """Settings as LeRobot takes them, which typer does not know, and the other arguments."""
    if given[:1] != ["train"]:
        return [], given
    from classifier.cli.train_command import OPTIONS
    from classifier.config import split_overrides  # pydantic's models, which a help does without

    overrides, rest = split_overrides(given[1:], OPTIONS)
    return list(overrides), ["train", *rest]
