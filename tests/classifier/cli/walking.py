"""Both programs as tests walk them: every command by its name, run in this process."""

from collections.abc import Iterator
from typing import Any

from typer import Typer
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

import classifier.cli.program
import labeler.cli.program

PROGRAMS: dict[str, Typer] = {
    "labeler": labeler.cli.program.app,
    "labeler-train": classifier.cli.program.app,
}


def below(command: object) -> dict[str, Any]:
    """Name -> command of a group, imported for that; empty where it is a command itself."""
    if not isinstance(command, TyperGroup):
        return {}
    return {name: command.get_command(None, name) for name in command.list_commands(None)}


def commands() -> Iterator[tuple[str, object]]:
    """Every command that can be run, as `PROGRAM COMMAND`, and what is declared of it."""
    rest = [(name, get_command(app)) for name, app in PROGRAMS.items()]
    while rest:
        name, command = rest.pop()
        inside = below(command)
        rest += [(f"{name} {word}", one) for word, one in inside.items()]
        if not inside:
            yield name, command


def call(name: str, *arguments: object):
    """Run `PROGRAM COMMAND` in this process."""
    program, *command = name.split()
    app: Typer = PROGRAMS[program]
    words = [*command, *map(str, arguments)]
    given: object = None
    if command == ["train"]:
        given, words = classifier.cli.program._split(words)
    return CliRunner().invoke(app, words, obj=given)
