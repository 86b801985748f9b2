"""What the nodes of a cluster lack, found before any work is given to them."""

import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from classifier import output
from classifier.cluster.connection import Cluster
from labeler import __version__
from labeler.cures import Advice, Cure
from labeler.errors import ClusterError, LabelerError
from labeler.labels.wording import plural, size_text

if TYPE_CHECKING:
    from distributed import Worker

_SPARE = 1 << 30
"""Bytes that a node's disk has to have free for results that Dask moves there from memory."""

SAME_LABELER = Advice("Install the same Labeler on every node, and restart the workers.")
_LISTED = 5  # nodes that a sentence names


@dataclass(frozen=True)
class NodeFacts:
    """What a worker says of itself. error: what it lacks, with its cures."""

    host: str
    threads: int
    free: int
    error: LabelerError | None


@dataclass(frozen=True)
class Nodes:
    """The nodes of a cluster that were found to be ready."""

    hosts: int
    workers: int
    threads: int

    def sentence(self, place: str, done: str) -> str:
        """What is said of them; `done` is what happens to frames there."""
        return (
            f"Frames are {done} on {plural(self.hosts, 'node')} of {place}, by "
            f"{plural(self.workers, 'worker')} with {plural(self.threads, 'core')}."
        )


def require_nodes(
    cluster: Cluster,
    require: Callable[[], None],
    spare: int = _SPARE,
    say: Callable[[str], None] = lambda sentence: None,
    pulse: Callable[[], None] = lambda: None,
) -> Nodes:
    """Refuse a cluster of which a worker could not do some work.

    Workers that join later are checked, too, before they have any; one that could not do it is
    left out, which is said.

    require: raises on a worker that lacks something
    spare: bytes that each node's disk has to have free
    say: is told sentences
    pulse: is called again and again while no worker is there, and may raise

    Raises:
        ClusterError: naming the nodes, what they lack, and what would help.
    """
    cluster.wait_for_workers(say, pulse)
    ready = _facts(cluster, None, require, spare)

    def admit(new: Sequence[str]) -> Iterable[str]:
        admitted: list[str] = []
        for address in new:
            try:
                admitted += _facts(cluster, [address], require, spare)
            except ClusterError as error:
                if not cluster.lost:
                    say(f"A worker that joined is left out. {error.message}")
        return admitted

    cluster.admit(ready, admit)
    hosts = {one.host for one in ready.values()}
    return Nodes(len(hosts), len(ready), sum(one.threads for one in ready.values()))


def _facts(
    cluster: Cluster, workers: Sequence[str] | None, require: Callable[[], None], spare: int
) -> dict[str, NodeFacts]:
    """What workers say of themselves, by address, where each of them can do the work.

    Raises:
        ClusterError: one cannot.
    """
    _refuse_other_versions(cluster, workers)
    found = cluster.run_on_each(node_facts, require, spare, workers=workers)
    lacking: dict[str, tuple[set[str], tuple[Cure, ...]]] = {}
    ready: dict[str, NodeFacts] = {}
    for address, facts in sorted(found.items()):
        error = facts if isinstance(facts, Exception) else facts.error
        if error is None:
            ready[address] = facts
            continue
        message, cures = _told(error)
        host = address if isinstance(facts, Exception) else facts.host
        lacking.setdefault(message, (set(), cures))[0].add(host)
    for message, (hosts, cures) in lacking.items():
        raise ClusterError(f"{_named(hosts)} cannot do this work: {message}", *cures)
    return ready


def _refuse_other_versions(cluster: Cluster, workers: Sequence[str] | None) -> None:
    """Refuse workers without Labeler, or with another one, which could misread the work itself."""
    told_by = cluster.run_on_each(_version_function(), workers=workers)
    for address, told in sorted(told_by.items()):
        if isinstance(told, Exception):
            raise ClusterError(
                f"{address} cannot say which Labeler it has: {told!r:.200}", SAME_LABELER
            )
        host, version = told
        if problem := version_problem(version):
            raise ClusterError(f"{host} {problem}", SAME_LABELER)


def version_problem(version: str) -> str:
    """Why a node with a version of Labeler is refused, a sentence without its name; else empty."""
    if version == __version__:
        return ""
    has = f"Labeler {version}" if version else "no Labeler"
    return f"has {has}; this is Labeler {__version__}."


def _version_function() -> Callable[[], tuple[str, str]]:
    """What gives host and version of a worker; it is sent as code, since a worker may lack ours."""

    def version() -> tuple[str, str]:
        import socket

        try:
            import labeler
        except ImportError:
            return socket.gethostname(), ""
        return socket.gethostname(), labeler.__version__

    return version


def node_facts(require: Callable[[], None], spare: int, dask_worker: "Worker") -> NodeFacts:
    """What a worker says of itself before some work; this runs on it, and Dask gives the worker."""
    folder = Path(dask_worker.local_directory)
    free = output.free_bytes(folder)
    error: LabelerError | None = None
    try:
        require()
        if free < spare:
            error = ClusterError(
                f"{folder} has {size_text(free)} free, and {size_text(spare)} are "
                "needed for results that do not fit into memory.",
                "Free some room, or start the worker with another local directory.",
            )
    except LabelerError as found:
        error = found
    return NodeFacts(socket.gethostname(), dask_worker.state.nthreads, free, error)


def _told(error: Exception) -> tuple[str, tuple[Cure, ...]]:
    if isinstance(error, LabelerError):
        return error.message, error.cures
    return f"{type(error).__name__}: {error!s:.200}", (SAME_LABELER,)


def _named(hosts: Iterable[str]) -> str:
    names = sorted(hosts)
    more = f" and {len(names) - _LISTED} more nodes" if len(names) > _LISTED else ""
    return f"{', '.join(names[:_LISTED])}{more}"
