"""The Hub is forbidden to libraries, but not to a program that is told to fetch an encoder."""

import os
import subprocess
import sys

import pytest

CODE = """
import os, subprocess, sys
from labeler.offline import as_the_user_said, stay_offline
SAY = [sys.executable, "-c", "import os; print(os.environ.get('HF_HUB_OFFLINE'))"]
say = lambda: subprocess.run(SAY, check=True)
stay_offline(); stay_offline(); say()
with as_the_user_said():
    say()
say()
"""


@pytest.mark.parametrize(
    ("given", "expected"), [(None, ["1", "None", "1"]), ("0", ["0"] * 3), ("1", ["1"] * 3)]
)
def test_what_children_are_told(given: str | None, expected: list[str]) -> None:
    variables = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    if given is not None:
        variables["HF_HUB_OFFLINE"] = given
    run = subprocess.run(
        [sys.executable, "-c", CODE], env=variables, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == expected
