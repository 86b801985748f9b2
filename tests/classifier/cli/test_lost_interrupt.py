"""Ctrl-C that an import drops still ends the command: real processes, in which one does."""

import subprocess
import sys

import pytest

from tests.classifier.runs import ROOT

DROPPING = """
import os, signal, sys

class Importing:
    def find_spec(self, name, path, target=None):
        if name == "torch" and self in sys.meta_path:
            sys.meta_path.remove(self)
            try:
                os.kill(os.getpid(), signal.SIGINT)
            except BaseException:
                sys.stderr.write("dropped\\n")

sys.meta_path.insert(0, Importing())
from classifier.__main__ import main
main()
"""


@pytest.mark.parametrize(
    "words", ["train {recording} --output_dir={new}", "evaluate {checkpoint} {recording}"]
)
def test_it_ends_before_anything_is_done(words, places, tmp_path) -> None:
    new = tmp_path / "run"
    given = words.format_map(places | {"new": new}).split()
    call = [sys.executable, "-c", DROPPING, *given]
    run = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 130, run.stderr
    told = "dropped\nlabeler-train: Interrupted.\nNothing was left half done.\n"
    assert run.stderr.endswith(told)
    assert run.stdout == ""
    assert not new.exists()
