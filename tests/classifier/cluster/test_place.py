"""`--on`: what it takes, what it refuses, and what it never imports unasked."""

import subprocess
import sys

import pytest

from tests.classifier.cli.conftest import cli
from tests.classifier.runs import ROOT, arguments, small

__all__ = ["cli"]

UNASKED = """
import sys
from classifier.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert not end.code, end.code
assert not {"dask", "distributed"} & set(sys.modules)
"""
WITHOUT = """
import sys
sys.modules["dask"] = None  # as if it were not installed
from classifier.cli import main
main(sys.argv[1:])
"""

TWICE = """
from classifier.cluster import open_cluster
with open_cluster("dask", 1) as first, open_cluster("dask", 1) as second:
    print(len(first.threads()), len(second.threads()))
"""


def python(code: str, *given: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", code, *map(str, given)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_a_local_training_imports_no_dask(recording, tmp_path) -> None:
    config = small(recording, tmp_path / "run", steps=2)
    run = python(UNASKED, *arguments(config), "--on", "local")
    assert run.returncode == 0, run.stderr


def test_without_the_extra_a_sentence_says_how_to_install_it(recording, tmp_path) -> None:
    run = python(WITHOUT, *arguments(small(recording, tmp_path / "run")), "--on=dask")
    assert run.returncode == 2
    assert "Working on a cluster needs Dask, which is not installed." in run.stderr
    assert "'.[dask]'" in run.stderr
    assert not (tmp_path / "run").exists()


def test_two_commands_may_have_workers_here_at_once() -> None:
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    run = python(TWICE)  # of which a warning about a port would be an error
    assert run.stdout.split() == ["1", "1"], run.stderr


def test_a_place_that_is_none_is_refused(recording, tmp_path, cli) -> None:
    ended = cli(*arguments(small(recording, tmp_path / "run")), "--on", "elsewhere")
    assert ended.code == 2
    assert "'elsewhere' is not a place to work at." in ended.err
    assert not (tmp_path / "run").exists()


def test_where_no_scheduler_answers_a_sentence_says_so(
    recording, tmp_path, cli, monkeypatch
) -> None:
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    monkeypatch.setattr("classifier.cluster.connection._CONNECT", 0.5)
    ended = cli(*arguments(small(recording, tmp_path / "run")), "--on", "tcp://127.0.0.1:9")
    assert ended.code == 9
    assert "No Dask scheduler answers at tcp://127.0.0.1:9" in ended.err
    assert not (tmp_path / "run").exists()
