"""The `labeler` program: its commands, and the one place that turns errors into exit codes."""

import signal
import sys
import traceback
from importlib import import_module
from types import FrameType
from typing import Any

import click
import typer
from typer.core import TyperGroup

from labeler import __version__
from labeler.errors import LabelerError

CRASHED = 70
"""Exit code of an error that is ours (EX_SOFTWARE of sysexits.h)."""
INTERRUPTED = 130

COMMANDS = {
    "inspect": "Say what a dataset holds and what is odd about it.",
    "apply": "Write labels into a guarded copy of a recording.",
    "check": "Prove that a copy is what it should be.",
    "export": "Write labels to a file, in any dialect.",
    "recover": "Clean up after an interrupted write.",
    "demo": "Generate a recording and label it, offline.",
}


class Commands(TyperGroup):
    """Imports a command when it is called, so that `--help` and errors are quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of a first use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"labeler.cli.{cmd_name}_command")
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(name=cmd_name, help=COMMANDS[cmd_name])(module.run)
        return typer.main.get_command(app)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"labeler {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Say the version."
    ),
) -> None:
    """Label recorded robot episodes for a reward classifier.

    A recording is only ever read. Labels go into a guarded copy that LeRobot loads.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the program and exit: 0, the code of an error, 130 after Ctrl-C, or 70 for a crash."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        app(arguments, standalone_mode=False)
    except LabelerError as error:
        _complain(error.message, error.hint)
        raise SystemExit(error.exit_code) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    except (KeyboardInterrupt, click.Abort):
        _complain("Interrupted.", "Nothing was left half done.")
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:
        raise SystemExit(INTERRUPTED) from None
    except Exception:  # noqa: BLE001 - the last resort of the whole program
        _report_crash()
        raise SystemExit(CRASHED) from None
    raise SystemExit(0)


def _complain(message: str, hint: str) -> None:
    sys.stderr.write(f"labeler: {message}\n")
    if hint:
        sys.stderr.write(f"{hint}\n")


def _report_crash() -> None:
    sys.stderr.write(traceback.format_exc())
    _complain(
        f"This is an error of Labeler {__version__} itself.",
        "Nothing was left half done. Please report it with the lines above.",
    )


def _as_interrupt(number: int, frame: FrameType | None) -> Any:  # noqa: ANN401 - signal's type
    raise KeyboardInterrupt
