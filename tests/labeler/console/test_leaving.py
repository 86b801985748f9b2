"""A process ends with its command: real processes that would have something left to take apart."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.classifier.runs import ROOT

FULL = Path("/dev/full")
BLOCK = """
import atexit, os, sys
from labeler.console.leaving import leave_at_once

class Module:
    def __del__(self):
        os.write(2, b"taken apart")

kept = Module()
with leave_at_once():
    atexit.register(print, "handler")
    {ending}
"""
TRAINER = """
import os

class Module:
    def __del__(self):
        os.write(2, b"taken apart")

kept = Module()
from classifier.__main__ import main
main({given})
"""


def ended(code: str, *words: str, **more: object) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-c", code, *words]
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(call, cwd=ROOT, env=buffered, text=True, check=False, **given)


@pytest.mark.parametrize(
    ("ending", "code", "said"),
    [
        ("sys.exit()", 0, ""),
        ("sys.exit(4)", 4, ""),
        ("sys.exit('no room')", 1, "no room\n"),
        ("sys.stderr.write('told'); sys.exit(0)", 0, "told"),
    ],
)
def test_code_output_and_handlers_are_kept_and_nothing_is_taken_apart(ending, code, said) -> None:
    run = ended(BLOCK.format(ending=ending))
    assert (run.returncode, run.stdout, run.stderr) == (code, "handler\n", said)


def test_a_traceback_is_left_to_the_interpreter() -> None:
    run = ended(BLOCK.format(ending="raise ZeroDivisionError('why')"))
    assert run.returncode == 1
    assert run.stdout == "handler\n"
    assert "ZeroDivisionError: why" in run.stderr
    assert run.stderr.endswith("taken apart")


@pytest.mark.skipif(not FULL.exists(), reason="Linux has it")
def test_output_that_cannot_be_written_is_no_success() -> None:
    with FULL.open("w") as full:
        code = BLOCK.replace('atexit.register(print, "handler")', "print('in the buffer')")
        run = ended(code.format(ending="sys.exit(0)"), stdout=full)
    assert run.returncode == 120  # Python's own code for it
    assert "No space left" in run.stderr


def test_the_trainer_leaves_at_once_where_it_is_the_program_of_the_process() -> None:
    own = ended(TRAINER.format(given=""), "--help")
    assert own.returncode == 0
    assert "evaluate" in own.stdout
    assert own.stderr == ""
    called = ended(TRAINER.format(given="['--help']"))
    assert (called.returncode, called.stdout) == (0, own.stdout)
    assert called.stderr == "taken apart"
