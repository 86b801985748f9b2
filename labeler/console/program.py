"""How a command program ends: one place that turns errors into sentences and exit codes."""

import os
import shlex
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

from labeler import __version__
from labeler.console.interrupts import (
    INTERRUPTED,
    complain_of_interrupt,
    exit_code,
    interrupted,
    repeat_interrupt,
)
from labeler.console.output import complain, remember_typed
from labeler.errors import LabelerError, UsageError

CRASHED = 70
"""Exit code of an error that is ours (EX_SOFTWARE of sysexits.h)."""

OF_BOTH = {
    "labeler": (
        "apply", "audit", "balance", "check", "compare", "demo", "doctor", "hilserl-config", "hub",
        "inspect", "merge", "open", "recover", "review", "split",
    ),
    "labeler-train": ("evaluate", "nodes", "predict", "sweep", "train"),
}  # fmt: skip
"""Commands that only one of the two programs has: neither can ask the other for its own."""


class CommandProgram(TyperGroup):
    """Ends every command with 0, the code of an error, 130 after Ctrl-C, or 70 for a crash."""

    program: ClassVar[str]
    """What the user types to start it."""
    listed: ClassVar[Mapping[str, tuple[str, str]]]
    """Name of a command -> the module that has it and one line of help, in the help's order."""
    whole: ClassVar[str] = "Nothing was left half done."
    """What can be relied on after a crash."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - typer's own type is private
        """The names of the commands, none of which is imported for that."""
        return list(self.listed)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        """A command, imported now; none where no command is called so."""
        repeat_interrupt()
        if cmd_name in self.listed and cmd_name not in self.commands:
            module, line = self.listed[cmd_name]
            command = _command(module, cmd_name, self.examples(cmd_name))
            command.short_help = line
            self.commands[cmd_name] = command
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as above
        """Write the lines of all commands: a help waits for the import of none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.listed.items()])

    def examples(self, command: str) -> Sequence[str]:
        """Lines at the end of a command's help."""
        raise NotImplementedError

    def cure(self, error: LabelerError) -> str:
        """What to do about an error; a program adds the cures that name its options."""
        return error.advice

    def complain_of(self, error: LabelerError) -> None:
        """Write an error and its cure to stderr; the cure as data for who asked for that."""
        report_error(self.program, error, self.cure(error))

    def typed(self, ctx: Any, args: Sequence[str]) -> list[str]:  # noqa: ANN401 - as below
        """The command line of this program, as it was typed."""
        return [self.program, *args]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - as below
        """Read the arguments, and keep them as they were typed."""
        remember_typed(self.typed(ctx, args))
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own type is private
        """Run a command; the user's errors become two sentences, ours a crash report."""
        try:
            repeat_interrupt()
            return super().invoke(ctx)
        except LabelerError as error:
            self.complain_of(error)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt as error:
            complain_of_interrupt(self.program)
            raise typer.Exit(exit_code(error)) from None
        except (typer.Exit, typer.Abort, TyperException):
            raise
        except Exception:  # noqa: BLE001 - whatever it is, it is ours and must not look like theirs
            if interrupted():  # what was under way when the signal came made something else of it
                complain_of_interrupt(self.program)
                raise typer.Exit(INTERRUPTED) from None
            traceback.print_exc()  # to nowhere where stderr was closed
            complain(
                self.program,
                f"This is an error of Labeler {__version__} itself.",
                f"{self.whole} Please report it with the lines above.",
            )
            raise typer.Exit(CRASHED) from None


def _command(module: str, name: str, lines: Sequence[str]) -> Any:  # noqa: ANN401 - as above
    """The command of a module: its group `app` if it has one, or else its function `run`."""
    found = import_module(module)
    repeat_interrupt()
    if hasattr(found, "app"):
        return get_command(found.app)
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    settings = getattr(found, "CONTEXT_SETTINGS", None)
    single.command(name, epilog=examples(lines), context_settings=settings)(found.run)
    return get_command(single)


def examples(lines: Sequence[str]) -> str:
    """The end of a command's help; its first line keeps typer from filling the others."""
    title = "Examples:" if len(lines) > 1 else "Example:"
    return "\n".join(["\b", title, *(f"  {line}" for line in lines)])


def new_program(group: type[CommandProgram]) -> typer.Typer:
    """A program without commands yet, with the settings that both have."""
    return typer.Typer(
        cls=group,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def version_option(program: str) -> Any:  # noqa: ANN401 - typer gives it no type of its own
    """`--version`, which says the versions and ends the program."""

    def show(wanted: bool) -> None:
        if wanted:
            from labeler.environment import environment

            typer.echo("\n".join(environment(program)))
            raise typer.Exit

    return typer.Option(False, "--version", callback=show, is_eager=True, help="Show the versions.")


def refuse_misspelt(program: str, words: Sequence[str], commands: Sequence[str]) -> None:
    """End with a sentence where the first word is most probably a command typed wrongly.

    A word that may be a path is left alone.

    Raises:
        SystemExit: with 2, as for any wrong usage.
    """
    word = words[0] if words else "-"
    if word.startswith("-") or os.sep in word or word in commands or Path(word).exists():
        return
    for other, names in OF_BOTH.items():
        if word in names and other != program:
            typed = shlex.join([other, *words])
            complain(program, f"{word} is a command of {other}.", f"Type `{typed}`.")
            raise SystemExit(UsageError.exit_code)
    from difflib import get_close_matches  # for this rare case alone

    if near := get_close_matches(word, commands, 1):
        complain(program, f"There is no command {word}.", f"Did you mean `{program} {near[0]}`?")
        raise SystemExit(UsageError.exit_code)


def report_error(program: str, error: LabelerError, hint: str) -> None:
    """Write an error to stderr with its cure, which is data where another program reads it."""
    from labeler.contracts.complaints import error_line  # pydantic, which a help need not wait for

    complain(program, error.message, error_line(error) or hint)
