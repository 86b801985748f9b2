"""Encoding by workers of a cluster beside the same frames encoded by local threads."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeAlias

from classifier.cluster import Cluster, open_cluster
from classifier.train.encoding_place import bank_on
from classifier.train.preflight import prepare
from tests.bench.cluster.folds import settings
from tests.bench.processes import ROOT

Rates: TypeAlias = dict[str, float]
"""Frames per second by place."""
PLACES = ("local", "dask", "two nodes")


def frames_per_second(root: Path, place: str, cache: Path) -> float:
    """Encoding of all frames of a dataset into an empty cache; what starts is not counted."""
    prepared = prepare(settings(root, "convex"))
    frames = int(prepared.dataset.lengths.sum())
    with closing(prepared.dataset), opened(place, cache) as cluster:
        bank = bank_on(cluster, prepared, cache / "features")
        if cluster is not None:
            for _ in cluster.in_order(_warm_up, range(len(cluster.threads()))):
                pass
        began = time.monotonic()
        bank.prepare(range(len(prepared.dataset)), 0)
        return frames / (time.monotonic() - began)


def _warm_up(number: int) -> int:
    """Import what encodes, as a worker of a cluster that stands has."""
    import classifier.train.run  # noqa: F401

    time.sleep(0.5)  # so that each worker has one
    return number


@contextmanager
def opened(place: str, work: Path) -> Iterator[Cluster | None]:
    """A place to work at, for as long as the block runs."""
    if place != "two nodes":
        with open_cluster(place, 2) as cluster:
            if cluster is not None:
                cluster.wait_for_workers()
            yield cluster
        return
    with _two_nodes(work) as file, open_cluster(str(file)) as cluster:
        assert cluster is not None
        while len(cluster.threads()) < 2:
            time.sleep(0.1)
        yield cluster


@contextmanager
def _two_nodes(work: Path) -> Iterator[Path]:
    """A scheduler, and two workers with a nanny each, as two nodes of one core have them."""
    work.mkdir(parents=True, exist_ok=True)
    file = work / "scheduler.json"
    given = ("--scheduler-file", str(file), "--host", "tcp://127.0.0.1", "--no-dashboard")
    own = ("--nthreads", "1", "--memory-limit", "0", "--local-directory", str(work))
    started = [_started(work, "scheduler", *given, "--port", "0")]
    try:
        while not file.is_file() or not file.stat().st_size:
            time.sleep(0.1)
        started += [_started(work, "worker", *given, *own) for _ in range(2)]
        yield file
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def _started(work: Path, role: str, *given: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *given]
    with (work / f"{role}.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=log, stderr=log)
