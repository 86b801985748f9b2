"""The `labeler` program: its commands."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import typer

from labeler.cli import (
    apply_command,
    audit_command,
    balance_command,
    check_command,
    compare_command,
    demo_command,
    doctor_command,
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
from labeler.cli.examples import EXAMPLES, PROGRAM
from labeler.cli.window import Window
from labeler.console.heartbeat import heartbeat
from labeler.console.program import (
    CommandProgram,
    as_interrupt,
    examples,
    new_program,
    refuse_misspelt,
    version_option,
)
from labeler.console.standard_streams import watch_output
from labeler.errors import LabelerError, WindowError
from labeler.offline import stay_offline


class Program(CommandProgram):
    """The commands of `labeler`."""

    program = "labeler"

    def cure(self, error: LabelerError) -> str:
        """What to do about an error, with the options of this program."""
        from labeler.cli.cures import hint  # --help need not wait for it

        return hint(error)


app = new_program(Program)
COMMANDS: dict[str, tuple[Callable[..., None], str]] = {
    "open": (open_command.run, "Open the window; `labeler ROOT` does the same."),
    "demo": (demo_command.run, "Make a recording to label, offline."),
    "inspect": (inspect_command.run, "Describe a dataset and what does not add up in it."),
    "apply": (apply_command.run, "Write labels into a guarded copy."),
    "merge": (merge_command.run, "Merge several recordings into one labelled dataset."),
    "balance": (balance_command.run, "Show the share of success in recordings."),
    "split": (split_command.run, "Copy some episodes of a recording."),
    "check": (check_command.run, "Verify a labelled copy."),
    "export": (export_command.run, "Export labels to a file, in any format."),
    "compare": (compare_command.run, "Compare the labels of two operators, and merge them."),
    "review": (review_command.run, "List labels that a classifier contradicts."),
    "audit": (audit_command.run, "Estimate from a sample how many labels are wrong."),
    "hilserl-config": (
        hilserl_command.run,
        "Fill a checkpoint into a HIL-SERL configuration.",
    ),
    "preview": (
        preview_command.run,
        "Watch a classifier predict a video, an episode or a camera.",
    ),
    "doctor": (doctor_command.run, "Check this installation and say what would fix it."),
    "recover": (recover_command.run, "Clean up after an interrupted write."),
}
"""Name -> function and one line of help, in the order of the help."""

for _name, (_run, _help) in COMMANDS.items():
    app.command(
        _name,
        short_help=_help,
        epilog=examples(EXAMPLES[_name]),
        context_settings=preview_command.FORWARDED if _name == "preview" else None,
    )(_run)
app.add_typer(hub_command.app, name="hub", short_help="Compare with the Hub, download, push.")


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
    run_program(arguments, _NO_WINDOW)


def run_program(arguments: list[str] | None, window: Window) -> None:
    """Run a command, or open the window where none is named, and exit."""
    signal.signal(signal.SIGTERM, as_interrupt)
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] != ["hub"] and not (words[:1] == ["doctor"] and "--hub" in words):
        stay_offline()
    refuse_misspelt("labeler", words, _names())
    with watch_output("labeler"), heartbeat("labeler", words):
        app(_with_command(words), prog_name="labeler", obj=window)


def _with_command(words: list[str]) -> list[str]:
    """`labeler`, `labeler ROOT` and `labeler --labels FILE ROOT` open the window."""
    option = bool(words) and words[0].startswith("-") and words[0].split("=")[0] != "--labels"
    return words if option or (words and words[0] in _names()) else ["open", *words]


def _names() -> list[str]:
    commands = [str(command.name) for command in app.registered_commands]
    return commands + [str(group.name) for group in app.registered_groups]


def _no_window(root: Path | None, labels: Path | None) -> int:
    raise WindowError("This program has no window.", "Start `labeler` itself.")


_NO_WINDOW = Window(_no_window, possible=lambda: False)
