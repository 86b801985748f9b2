"""The `labeler` program: its commands."""

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from labeler.cli.examples import PROGRAM
from labeler.cli.window import Window
from labeler.console.heartbeat import heartbeat
from labeler.console.interrupts import end_by_signals
from labeler.console.program import (
    CommandProgram,
    examples,
    new_program,
    refuse_misspelt,
    version_option,
)
from labeler.console.standard_streams import watch_output
from labeler.errors import LabelerError, WindowError
from labeler.offline import stay_offline

COMMANDS = {
    "open": ("labeler.cli.open_command", "Open the window; `labeler ROOT` does the same."),
    "demo": ("labeler.cli.demo_command", "Make a recording to label, offline."),
    "inspect": (
        "labeler.cli.inspect_command",
        "Describe a dataset and what does not add up in it.",
    ),
    "apply": ("labeler.cli.apply_command", "Write labels into a guarded copy."),
    "merge": ("labeler.cli.merge_command", "Merge several recordings into one labelled dataset."),
    "balance": ("labeler.cli.balance_command", "Show the share of success in recordings."),
    "split": ("labeler.cli.split_command", "Copy some episodes of a recording."),
    "check": ("labeler.cli.check_command", "Verify a labelled copy."),
    "export": ("labeler.cli.export_command", "Export labels to a file, in any format."),
    "compare": (
        "labeler.cli.compare_command",
        "Compare the labels of two operators, and merge them.",
    ),
    "review": ("labeler.cli.review_command", "List labels that a classifier contradicts."),
    "audit": ("labeler.cli.audit_command", "Estimate from a sample how many labels are wrong."),
    "hilserl-config": (
        "labeler.cli.hilserl_command",
        "Fill a checkpoint into a HIL-SERL configuration.",
    ),
    "preview": (
        "labeler.cli.preview_command",
        "Watch a classifier predict a video, an episode or a camera.",
    ),
    "doctor": (
        "labeler.cli.doctor_command",
        "Check this installation and say what would fix it.",
    ),
    "recover": ("labeler.cli.recover_command", "Clean up after an interrupted write."),
    "hub": ("labeler.cli.hub_command", "Compare with the Hub, download, push."),
}
"""Name -> module and one line of help, in the order of the help."""


class Program(CommandProgram):
    """The commands of `labeler`."""

    program = "labeler"
    listed = COMMANDS

    def cure(self, error: LabelerError) -> str:
        """What to do about an error, with the options of this program."""
        from labeler.cli.cures import hint  # --help need not wait for it

        return hint(error)

    def examples(self, command: str) -> Sequence[str]:
        """The examples of a command."""
        from labeler.cli.examples import EXAMPLES

        return EXAMPLES.get(command, ())


app = new_program(Program)


def _install_desktop_entry(wanted: bool) -> None:
    """Callback of `--install-desktop-entry`: writes it and ends the program."""
    if not wanted:
        return
    from labeler.console.output import say
    from labeler.storage.program.desktop_entry import write_desktop_entry

    for path in write_desktop_entry((sys.executable, "-m", "labeler")):
        say(f"Written: {path}")
    raise typer.Exit


@app.callback(epilog=examples(PROGRAM))
def _program(
    version: bool = version_option("labeler"),
    desktop: bool = typer.Option(
        False,
        "--install-desktop-entry",
        callback=_install_desktop_entry,
        is_eager=True,
        help="Show the window among the applications of a Linux desktop.",
    ),
) -> None:
    """Label recorded robot episodes for a reward classifier.

    `labeler`, or `labeler ROOT [--labels FILE]`, opens the window. A recording is only ever
    read. Labels go into a guarded copy that LeRobot loads.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run a command that needs no window, and exit."""
    with end_by_signals("labeler", own=arguments is None):
        run_program(arguments, _NO_WINDOW)


def run_program(arguments: list[str] | None, window: Window) -> None:
    """Run a command, or open the window where none is named, and exit."""
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] != ["hub"] and not (words[:1] == ["doctor"] and "--hub" in words):
        stay_offline()
    refuse_misspelt("labeler", words, list(COMMANDS))
    with watch_output("labeler"), heartbeat("labeler", words):
        app(_with_command(words), prog_name="labeler", obj=window)


_OF_WINDOW = ("--labels", "--labels-from", "--labels-rule", "--reward-above")


def _with_command(words: list[str]) -> list[str]:
    """`labeler`, `labeler ROOT` and `labeler --labels FILE ROOT` open the window."""
    option = bool(words) and words[0].startswith("-") and words[0].split("=")[0] not in _OF_WINDOW
    return words if option or (words and words[0] in COMMANDS) else ["open", *words]


def _no_window(root: Path | None, labels: Path | None, column: object) -> int:
    raise WindowError("This program has no window.", "Start `labeler` itself.")


_NO_WINDOW = Window(_no_window, possible=lambda: False)
