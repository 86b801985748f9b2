"""What a place has to work with: nodes, cores and GPUs, asked before any work is begun."""

import os
import platform
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.cluster.connection import (
    Cluster,
    open_cluster,
    require_dask,
    whereabouts,
    workers_by_default,
)
from classifier.cluster.job_queue import jobs_summary
from classifier.cluster.nodes import SAME_LABELER, version_problem
from labeler.contracts.cluster_answer import DASK, LOCAL, ClusterAnswer, Node
from labeler.cures import Advice
from labeler.errors import ClusterError
from labeler.labels.wording import plural

if TYPE_CHECKING:
    from distributed import Worker

_SLOW = 120.0  # seconds in which a node has to say which GPUs it has
_GPUS = (
    "import json, torch; count = torch.cuda.device_count(); "
    "print(json.dumps([torch.cuda.get_device_name(one) for one in range(count)]))"
)
"""In a process of its own: whoever asks PyTorch for a name holds memory of the GPU from then on."""


@dataclass(frozen=True)
class _Worker:
    """What a worker says of itself; `visible` are the GPUs that it was left, as CUDA names them."""

    host: str
    threads: int
    cpus: int
    version: str
    visible: str | None


def inventory(place: str) -> ClusterAnswer:
    """What is at a place, as `open_cluster` takes it; nothing is begun there.

    Raises:
        UsageError: `place` names none, or the extra is not installed.
        ClusterError: no scheduler answers, it has no worker, or the queue's program is not here.
    """
    if place in (LOCAL, DASK):
        return _of_this_machine(place)
    if (file := whereabouts(place).get("jobs")) is not None:
        require_dask()
        return ClusterAnswer(place=place, summary=jobs_summary(Path(file)), nodes=[])
    with open_cluster(place) as cluster:
        assert cluster is not None
        nodes = _nodes(cluster)
    return ClusterAnswer(place=place, summary=_summary(nodes), nodes=nodes)


def _of_this_machine(place: str) -> ClusterAnswer:
    workers = 0
    if place == DASK:
        require_dask()
        workers = workers_by_default()
    node = Node(
        host=platform.node(),
        workers=workers,
        cores=workers or os.cpu_count() or 1,
        cpus=os.cpu_count() or 1,
        gpus=_gpu_question()(),
    )
    return ClusterAnswer(place=place, summary=_summary([node]), nodes=[node])


def _nodes(cluster: Cluster) -> list[Node]:
    """Every machine with workers, by its name."""
    told = _answers(cluster, _worker_question())
    workers = {address: _Worker(*facts) for address, facts in told.items()}
    if not workers:
        raise ClusterError(
            f"No worker is connected to {cluster.place}.",
            Advice("Start workers there, then look again."),
        )
    gpus = _gpus(cluster, workers)
    found = []
    for host in sorted({one.host for one in workers.values()}):
        here = [one for one in workers.values() if one.host == host]
        problems = dict.fromkeys(version_problem(one.version) for one in here)
        found.append(
            Node(
                host=host,
                workers=len(here),
                cores=sum(one.threads for one in here),
                cpus=max(one.cpus for one in here),
                gpus=gpus.get(host, []),
                problem=" ".join(filter(None, problems)),
            )
        )
    return found


def _gpus(cluster: Cluster, workers: Mapping[str, _Worker]) -> dict[str, list[str]]:
    """Names of the GPUs of each host; one worker is asked of those that see the same."""
    asked: dict[tuple[str, frozenset[str] | None], str] = {}
    for address, one in workers.items():
        seen = None if one.visible is None else frozenset(one.visible.split(","))
        asked.setdefault((one.host, seen), address)
    found: dict[str, list[str]] = {}
    told = _answers(cluster, _gpu_question(), list(asked.values()))
    for (host, _), address in asked.items():
        found.setdefault(host, []).extend(told[address])
    return found


def _answers(
    cluster: Cluster, question: Callable[..., Any], workers: Sequence[str] | None = None
) -> dict[str, Any]:
    """What workers say, by address.

    Raises:
        ClusterError: one cannot answer.
    """
    answers = cluster.run_on_each(question, workers=workers)
    for address, told in sorted(answers.items()):
        if isinstance(told, Exception):
            raise ClusterError(f"{address} does not say what it has: {told!r:.200}", SAME_LABELER)
    return answers


def _worker_question() -> Callable[["Worker"], tuple[str, int, int, str, str | None]]:
    """What a worker is asked, sent as code, since it may lack ours; Dask gives the worker."""

    def worker(dask_worker: "Worker") -> tuple[str, int, int, str, str | None]:
        import os
        import socket

        try:
            from labeler import __version__ as version
        except ImportError:
            version = ""
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        threads = dask_worker.state.nthreads
        return socket.gethostname(), threads, os.cpu_count() or 1, version, visible

    return worker


def _gpu_question() -> Callable[[], list[str]]:
    """What gives the names of the GPUs that a process sees; sent as code, too."""
    code, seconds = _GPUS, _SLOW

    def gpus() -> list[str]:
        import json
        import subprocess
        import sys

        command = [sys.executable, "-c", code]
        told = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
        return list(json.loads(told.stdout)) if told.returncode == 0 else []

    return gpus


def _summary(nodes: Sequence[Node]) -> str:
    """All nodes as a sentence."""
    workers, cores = sum(one.workers for one in nodes), sum(one.cores for one in nodes)
    by = f"{plural(workers, 'worker')} with {plural(cores, 'core')}"
    what = by if workers else plural(cores, "core")
    counted = Counter(gpu for one in nodes for gpu in one.gpus)
    gpus = ", ".join(f"{count} × {name}" for name, count in sorted(counted.items()))
    return f"{plural(len(nodes), 'node')}: {what}, {gpus or 'no GPU'}."
