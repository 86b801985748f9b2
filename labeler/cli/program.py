"""The `labeler` program: its commands."""

import signal
import sys
from pathlib import Path

import typer

from labeler.cli import (
    apply_command,
    balance_command,
    check_command,
    compare_command,
    demo_command,
    export_command,
    hilserl_command,
    hub_command,
    inspect_command,
    merge_command,
    open_command,
    preview_command,
    recover_command,
    review_command,
    split_command,
)
from labeler.cli.cures import hint
from labeler.cli.window import Window
from labeler.console.program import CommandProgram, as_interrupt, new_program, version_shown
from labeler.console.standard_streams import watched_output
from labeler.errors import LabelerError, WindowError
from labeler.offline import stay_offline


class Program(CommandProgram):
    """The commands of `labeler`."""

    program = "labeler"

    def cure(self, error: LabelerError) -> str:
        """What to do about an error, with the options of this program."""
        return hint(error)


app = new_program(Program)
app.command("open", short_help="Open the window; `labeler ROOT` does the same.")(open_command.run)
app.command("demo", short_help="Make a recording to label, offline.")(demo_command.run)
app.command("inspect", short_help="Say what a dataset holds.")(inspect_command.run)
app.command("apply", short_help="Write labels into a guarded copy.")(apply_command.run)
app.command("merge", short_help="Make one dataset of several recordings.")(merge_command.run)
app.command("balance", short_help="Say how much success recordings hold.")(balance_command.run)
app.command("split", short_help="Write some episodes of a recording.")(split_command.run)
app.command("check", short_help="Prove that a copy is what it should be.")(check_command.run)
app.command("export", short_help="Write labels to a file, in any form.")(export_command.run)
app.command("compare", short_help="Compare the labels of two operators, and merge them.")(
    compare_command.run
)
app.command("review", short_help="List labels that a classifier speaks against.")(
    review_command.run
)
app.command("hilserl-config", short_help="Fill a checkpoint into a HIL-SERL configuration.")(
    hilserl_command.run
)
app.command(
    "preview",
    short_help="Watch a classifier predict a video, an episode or a camera.",
    context_settings=preview_command.FORWARDED,
)(preview_command.run)
app.add_typer(hub_command.app, name="hub", short_help="Compare with the Hub, download, push.")
app.command("recover", short_help="Clean up after an interrupted write.")(recover_command.run)


@app.callback()
def _program(
    version: bool = typer.Option(
        False,
        "--version",
        callback=version_shown("labeler"),
        is_eager=True,
        help="Say the version.",
    ),
) -> None:
    """Label recorded robot episodes for a reward classifier.

    `labeler`, or `labeler ROOT [--labels FILE]`, opens the window. A recording is only ever
    read. Labels go into a guarded copy that LeRobot loads.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run a command that needs no window, and exit."""
    run_program(arguments, _NO_WINDOW)


def run_program(arguments: list[str] | None, window: Window) -> None:
    """Run a command, or open the window where none is named, and exit."""
    signal.signal(signal.SIGTERM, as_interrupt)
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] != ["hub"]:
        stay_offline()
    with watched_output("labeler"):
        app(_with_command(words), prog_name="labeler", obj=window)


def _with_command(words: list[str]) -> list[str]:
    """`labeler`, `labeler ROOT` and `labeler --labels FILE ROOT` open the window."""
    names = [command.name for command in app.registered_commands]
    names += [group.name for group in app.registered_groups]
    option = bool(words) and words[0].startswith("-") and words[0].split("=")[0] != "--labels"
    return words if option or (words and words[0] in names) else ["open", *words]


def _no_window(root: Path | None, labels: Path | None) -> int:
    raise WindowError("This program has no window.", "Start `labeler` itself.")


_NO_WINDOW = Window(_no_window, possible=lambda: False)
