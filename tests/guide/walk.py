"""The walk through README and guide: every block in order, in one home, until one fails."""

import json
import shlex
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import yaml

from tests.guide.pages import SHOWN, Block, blocks, blocks_of
from tests.guide.workplace import PREPARING, filled
from tests.labeler.hub.server import HubServer

PROGRAMS = ("labeler", "labeler-train")
FRAGMENTS = {"on-the-robot.md"}
"""Pages whose Python belongs into a script of the robot, which needs LeRobot: of it only the names
that it imports are looked up, in what was exported; tests/interop runs the step itself."""
_LOOK_UP = """
import ast
from pathlib import Path

for node in ast.walk(ast.parse({text!r})):
    if isinstance(node, ast.ImportFrom):
        module = ast.parse(Path("model", node.module + ".py").read_text("utf-8"))
        defined = {{getattr(one, "name", None) for one in module.body}}
        for imported in node.names:
            assert imported.name in defined, imported.name
"""


@dataclass(frozen=True)
class Ended:
    """How a line ended: exit code, and all that it printed."""

    code: int
    output: str = ""


LEFT_OUT = Ended(0, "left out here")
"""What a runner answers to a line that it leaves to somebody else."""


@dataclass(frozen=True)
class Step:
    """A line of a page as it was typed, and how it ended after how many seconds."""

    place: str
    line: str
    ended: Ended
    seconds: float


class Runner(Protocol):
    """Runs what a block asks for, in the home of the walk."""

    hub: HubServer

    def run(self, line: str) -> Ended:
        """Run a line of Labeler."""
        ...

    def install(self, line: str) -> Ended:
        """Run any other line, in the checkout."""
        ...

    def python(self, text: str) -> Ended:
        """Run a script."""
        ...


def walk(runner: Runner, home: Path) -> Iterator[Step]:
    """Run everything, and say of each line how it ended; the first failure ends it.

    Raises:
        ValueError: a block is in a language that nobody here can run.
    """
    for step in _steps(runner, home):
        yield step
        if step.ended.code:
            return


def _steps(runner: Runner, home: Path) -> Iterator[Step]:
    number = 0
    for block in blocks():
        for line in _lines(block):
            if not runner.hub.repositories and line.split()[0] in PROGRAMS:
                yield from _prepare(runner, home)
            number += 1
            typed = filled(line, number)
            yield _timed(block.page.name, typed, partial(_run, runner, block, typed))


def _prepare(runner: Runner, home: Path) -> Iterator[Step]:
    """What lies in the home and on the Hub before the first command of Labeler."""
    for line in PREPARING:
        yield _timed("(before)", line, partial(runner.run, line))
    repository = runner.hub.put("me/pick_lift", home / "copy")
    repository.tags["v3.0"] = repository.refs["main"]


def _lines(block: Block) -> list[str]:
    """What is run of a block, a line each; the scripts of a page are one."""
    match block.language:
        case "sh":
            return block.lines
        case "json":
            json.loads(block.text)
            return []
        case "yaml":
            yaml.safe_load(block.text)
            return []
        case "python":
            all_of_page = [one for one in blocks_of(block.page) if one.language == "python"]
            return [f"# the {len(all_of_page)} blocks of Python"] if block == all_of_page[0] else []
        case language if language in SHOWN:
            return []
    raise ValueError(f"{block.page.name} has a block that cannot be run: {block.language}")


def _run(runner: Runner, block: Block, line: str) -> Ended:
    if block.language == "python":
        scripts = [one.text for one in blocks_of(block.page) if one.language == "python"]
        text = "\n".join(scripts)
        fragment = block.page.name in FRAGMENTS
        return runner.python(_LOOK_UP.format(text=text) if fragment else text)
    known = line.split()[0] in PROGRAMS
    return runner.run(line) if known else runner.install(line)


def _timed(place: str, line: str, run: Callable[[], Ended]) -> Step:
    start = time.monotonic()
    ended = run()
    return Step(place, line, ended, time.monotonic() - start)


def opens_window(line: str) -> bool:
    """Whether a line of `labeler` opens the window: `audit` does, and a path without a command."""
    program, *words = shlex.split(line)
    first = words[0] if words else ""
    opens = first == "audit" or "/" in first or first.endswith(".json")
    return program == "labeler" and opens and "--headless" not in words
