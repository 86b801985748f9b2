"""What the README tells a user to type exists."""

import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
LINES = [line for block in SHELL for line in block.splitlines()]
EXAMPLES = [shlex.split(line) for line in LINES if line.startswith("labeler ")]
OPTIONS = sorted(set(re.findall(r"`(--(?:unlabeled|done|trim|out|labels))[ `]", TEXT)))


@cache
def help_text(*command: str) -> str:
    """`labeler COMMAND --help`, wide enough that no option is cut."""
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    call = [sys.executable, "-m", "labeler", *command, "--help"]
    run = subprocess.run(call, cwd=ROOT, env=environment, text=True, capture_output=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_first_two_commands_run_the_demo_and_the_tests() -> None:
    demo, tests = LINES[:2]
    assert demo.endswith("uv run labeler demo")
    assert "uv run pytest" in tests
    assert sum("pytest" in line for line in LINES) == 1


@pytest.mark.parametrize("words", EXAMPLES, ids=" ".join)
def test_commands_and_options_exist(words: list[str]) -> None:
    _, command, *rest = words
    text = help_text(*([command, rest[0]] if command == "hub" else [command]))
    assert all(word in text for word in rest if word.startswith("--"))


@pytest.mark.parametrize("option", OPTIONS)
def test_options_of_apply_exist(option: str) -> None:
    assert option in help_text("apply")


@pytest.mark.skipif(not (ROOT / "docs").exists(), reason="docs/ is not written yet")
@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)", TEXT))
def test_linked_files_exist(link: str) -> None:
    assert (ROOT / link).is_file()
