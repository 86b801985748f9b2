"""The `labeler-train` program: its commands, and the one place that gives exit codes."""

import importlib.metadata
import signal
import sys
import traceback
from types import FrameType
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from classifier.cli import (
    evaluate_command,
    export_command,
    predict_command,
    preview_command,
    train_command,
)
from classifier.cli.output import complain
from classifier.config import split_overrides
from labeler.errors import LabelerError
from labeler.offline import stay_offline

CRASHED = 70
"""Exit code of an error that is ours (EX_SOFTWARE of sysexits.h)."""
INTERRUPTED = 130

_COMMANDS = ("train", "evaluate", "predict", "preview", "export")
_PROGRAM = ("-h", "--help", "--version")


class Program(TyperGroup):
    """Ends every command with 0, the code of an error, 130 after Ctrl-C, or 70 for a crash."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own type is private
        """Run a command; the user's errors become two sentences, ours a crash report."""
        try:
            return super().invoke(ctx)
        except LabelerError as error:
            complain(error.message, error.hint)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt as error:
            complain("Interrupted.", "Nothing was left half done.")
            raise typer.Exit(_code(error)) from None
        except (typer.Exit, typer.Abort, TyperException, BrokenPipeError):
            raise
        except Exception:  # noqa: BLE001 - whatever it is, it is ours and must not look like theirs
            sys.stderr.write(traceback.format_exc())
            complain(
                f"This is an error of Labeler {_version()} itself.",
                "The last checkpoint is whole. Please report it with the lines above.",
            )
            raise typer.Exit(CRASHED) from None


app = typer.Typer(
    cls=Program,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
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


def _code(error: KeyboardInterrupt) -> int:
    return 128 + signal.SIGTERM if isinstance(error, _Terminated) else INTERRUPTED


def _version() -> str:
    return importlib.metadata.version("reward-labeler")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"labeler-train {_version()}")
        raise typer.Exit


@app.callback()
def _program(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Say the version."
    ),
) -> None:
    """Train LeRobot's reward classifier on labelled episodes, and judge with it.

    `labeler-train ROOT` and `labeler-train --config_path train.json` train; a dataset is only read.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the program and exit."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] not in (*_COMMANDS, *_PROGRAM):
        given = ["train", *given]
    if given[:1] != ["train"]:  # which may be told to fetch an encoder
        stay_offline()
    try:
        overrides, rest = _split(given)
    except LabelerError as error:
        complain(error.message, error.hint)
        raise SystemExit(error.exit_code) from None
    app(rest, obj=overrides, prog_name="labeler-train")


def _split(given: list[str]) -> tuple[list[Any], list[str]]:
    """Settings as LeRobot takes them, which typer does not know, and the other arguments."""
    if given[:1] != ["train"]:
        return [], given
    overrides, rest = split_overrides(given[1:], train_command.OPTIONS)
    return list(overrides), ["train", *rest]


class _Terminated(KeyboardInterrupt):
    """SIGTERM: the same as Ctrl-C, with another exit code."""


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise _Terminated
