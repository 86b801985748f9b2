"""Starting the command line stays cheap: what is heavy is not even looked for."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {
    "PySide6", "shiboken6", "PyQt5", "PyQt6", "PySide2", "qtpy", "superqt", "pyqtgraph", "torch",
    "torchvision", "transformers", "pandas", "huggingface_hub", "datasets", "lerobot", "numpy",
    "pyarrow", "av", "pydantic", "rich",
}  # fmt: skip
# Most of these are not installed where the tests run, so it is the attempt that counts.
WATCH = """
import runpy, sys

class Watch:
    def find_spec(self, name, path=None, target=None):
        asked.add(name.split(".")[0])

asked = set()
sys.meta_path.insert(0, Watch())
try:
    {action}
except SystemExit as end:
    assert not end.code, end.code
sys.stderr.write("asked: " + " ".join(sorted(asked)))
"""
HELP = "sys.argv = ['labeler', '--help']; runpy.run_module('labeler', run_name='__main__')"


def asked_for(action: str, *options: str) -> set[str]:
    """Top-level modules that a fresh interpreter looks for during `action`."""
    command = [sys.executable, *options, "-c", WATCH.format(action=action)]
    run = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
    assert run.returncode == 0, run.stderr
    return set(run.stderr.rpartition("asked: ")[2].split())


def test_the_watch_sees_even_modules_that_are_missing() -> None:
    attempts = "\n".join(
        f"    try: import {name}.inside\n    except ModuleNotFoundError: missing.add('{name}')"
        for name in sorted(HEAVY)
    )
    action = f"missing = set()\n{attempts}\n    assert len(missing) == {len(HEAVY)}"
    assert asked_for(action, "-S") >= HEAVY  # without installed packages none of them is there


@pytest.mark.parametrize("action", ["import labeler.cli", HELP], ids=["import", "help"])
def test_the_command_line_starts_without_heavy_modules(action: str) -> None:
    asked = asked_for(action)
    assert "labeler" in asked
    assert not asked & HEAVY


@pytest.mark.parametrize("program", ["labeler", "classifier"])
def test_help_imports_no_command(program: str) -> None:
    help_ = HELP.replace("labeler'", f"{program}'")
    count = f"{help_}\nfinally:\n    print([n for n in sys.modules if n.endswith('_command')])"
    command = [sys.executable, "-c", f"import runpy, sys\ntry:\n    {count}"]
    run = subprocess.run(command, cwd=ROOT, text=True, check=True, capture_output=True)
    assert "Commands:" in run.stdout and run.stdout.splitlines()[-1] == "[]"


def test_the_cost_of_starting_can_be_measured() -> None:
    command = [sys.executable, "tests/bench/start_cost.py", "3"]
    text = subprocess.run(command, cwd=ROOT, text=True, check=True, capture_output=True).stdout
    assert re.search(r"-?\d+\.\d{3} s of CPU more", text)
