"""`--on`: what it takes, what it refuses, and what it never imports unasked."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.classifier.cli.conftest import cli
from tests.classifier.runs import ROOT, arguments, process, small

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

FORKS = """
import json, os
from classifier.cluster import open_cluster

def seen(number):
    import signal, sys, time
    already = "torch" in sys.modules
    import torch
    time.sleep(0.5)  # so that each worker has one
    blocked = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    fresh = not (torch.cuda.is_initialized() or torch.cuda._is_in_bad_fork())
    return os.getpid(), os.getppid(), [already, blocked, fresh, os.environ["TURN"]]

found = []
for turn in "ab":
    os.environ["TURN"] = turn
    with open_cluster("dask", 2) as cluster:
        while len(cluster.threads()) < 2:
            cluster.wait_for_workers()
        found += [one[1] for one in cluster.in_order(seen, range(2)) if one]
print(json.dumps(found))
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


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each worker imports by itself")
def test_workers_here_are_forks_of_one_process_that_imported_pytorch() -> None:
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    run = python(FORKS)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert len({worker for worker, _, _ in found}) == 4
    assert len({server for _, server, _ in found}) == 1
    expected = [[True, True, True, turn] for turn in "aabb"]
    assert [told for _, _, told in found] == expected


@pytest.mark.parametrize("wanted", ["forkserver", "the workers"])
def test_ctrl_c_while_workers_start_is_a_sentence(recording, tmp_path, wanted) -> None:
    psutil = pytest.importorskip("psutil", reason="the extra dask is not installed")
    config = small(recording, tmp_path / "run")
    with process(*arguments(config), "--on=dask", start_new_session=True) as running:
        children = psutil.Process(running.pid).children
        while not (
            any("forkserver" in " ".join(one.cmdline()) for one in children())
            if wanted == "forkserver"
            else len(children(recursive=True)) > 2
        ):
            assert running.poll() is None
            time.sleep(0.01)
        started = children(recursive=True)
        os.killpg(running.pid, signal.SIGINT)
        err = running.communicate()[1]
    assert running.returncode == 130, err
    assert "Traceback" not in err
    assert "distributed" not in err
    psutil.wait_procs(started, timeout=60)
    assert not any(one.is_running() for one in started)
