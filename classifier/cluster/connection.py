"""A Dask cluster: one that is joined, or workers for as long as a command runs.

These are processes on this machine, or jobs of a queue.
"""

import time
import warnings
from asyncio import CancelledError as TaskCancelledError
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from platformdirs import user_cache_path

from classifier.cluster.fork_server import serve_forks
from classifier.cluster.job_queue import JobWorkers, open_jobs
from labeler.contracts.cluster_answer import DASK, JOB_FILES, LOCAL
from labeler.cures import Advice, InstallExtra
from labeler.errors import ClusterError, UsageError

if TYPE_CHECKING:
    from distributed import Client, Future

_CONNECT = 10.0  # seconds in which a scheduler has to answer
_PULSE = 0.5  # seconds between signs of life while a part is being worked on
_PATIENCE = 30.0  # seconds for which a cluster may be without any worker
_REMINDER = 60.0  # seconds after which it is said again that jobs wait in a queue
_AHEAD = 2  # parts in flight for each thread of the cluster: one at work, one waiting
_PRELOAD = "classifier.cluster.preload"

Part = TypeVar("Part")
Found = TypeVar("Found")


Admission = Callable[[Sequence[str]], Iterable[str]]
"""Of workers that have just joined, by their addresses, those that may have work."""


@dataclass(frozen=True)
class _Ahead(Generic[Part]):
    """A part that is in flight; `workers` are the only ones that may have it, None for any."""

    part: Part
    future: "Future"
    workers: list[str] | None


class Cluster:
    """A scheduler and its workers."""

    def __init__(self, client: "Client", place: str, jobs: JobWorkers | None = None) -> None:
        self._client = client
        self.place = place
        self._jobs = jobs
        self.lost = False
        """Whether the scheduler is gone."""
        self._alone_since: float | None = None
        self._check: Admission | None = None
        self._seen: set[str] = set()
        self._ready: set[str] = set()

    def admit(self, ready: Iterable[str], check: "Admission") -> None:
        """Give work to these workers, and of those that join later to the ones that `check` names.

        Without this every worker gets work.
        """
        self._seen = self._ready = set(ready)
        self._check = check

    def threads(self) -> dict[str, int]:
        """Threads of each worker that is connected now, by its address.

        Raises:
            ClusterError: the scheduler is gone.
        """
        with self._translated():
            return dict(self._client.nthreads())

    def run_on_each(
        self, function: Callable[..., Found], *given: object, workers: Iterable[str] | None = None
    ) -> dict[str, Any]:
        """What `function` gives on each worker, or the exception that it raises there."""
        some = None if workers is None else list(workers)
        with self._translated():
            return dict(self._client.run(function, *given, workers=some, on_error="return"))

    def wait_for_workers(
        self,
        say: Callable[[str], None] = lambda sentence: None,
        pulse: Callable[[], None] = lambda: None,
    ) -> None:
        """Wait until a worker is connected, as long as a queue lets its jobs wait.

        say: is told that jobs wait; pulse: is called again and again, and may raise

        Raises:
            ClusterError: there is none, or the queue does not take the jobs.
        """
        said = -_REMINDER
        while not self.threads():
            pulse()
            self._require_patience()
            if self._jobs is not None and time.monotonic() - said > _REMINDER:
                said = time.monotonic()
                say(self._jobs.sentence)
            time.sleep(_PULSE)
        self._alone_since = None

    def in_order(
        self, work: Callable[[Part], Found], parts: Iterable[Part]
    ) -> Generator[tuple[Part, Found] | None]:
        """Each part with what a worker makes of it, in the order given; None while it waits.

        Two parts for each thread of the cluster are in flight at most, so neither the workers nor
        this process ever hold more results than that. What `work` raises is raised here. Closing
        this cancels the parts that are in flight.

        Raises:
            ClusterError: the scheduler is gone, no worker is left, or one part ended several.
        """
        waiting, ahead = iter(parts), deque[_Ahead[Part]]()
        workers = self._working()
        try:
            while True:
                most = _AHEAD * max(sum(workers.values()), 1)
                while len(ahead) < most and (part := next(waiting, None)) is not None:
                    ahead.append(self._submit(work, part, workers))
                if not ahead:
                    return
                first = ahead[0]
                if not self._is_done(first.future):
                    workers = self._working()
                    self._move(work, ahead, workers)
                    yield None
                    continue
                with self._translated():
                    found = first.future.result()
                ahead.popleft()
                # At once: errors of waiting refer to it until memory is tidied.
                first.future.release()
                yield first.part, found
        finally:
            if not self.lost:
                self._client.cancel([one.future for one in ahead], force=True)

    def _submit(
        self, work: Callable[[Part], Found], part: Part, workers: Mapping[str, int]
    ) -> "_Ahead[Part]":
        only = list(workers) if self._check is not None and workers else None
        future = self._client.submit(work, part, pure=False, workers=only)
        return _Ahead(part, future, only)

    def _move(
        self,
        work: Callable[[Part], Found],
        ahead: deque["_Ahead[Part]"],
        workers: Mapping[str, int],
    ) -> None:
        """Submit parts again all of whose workers have gone, so that those that came have them."""
        for place, one in enumerate(ahead):
            if workers and one.workers is not None and not set(one.workers) & set(workers):
                self._client.cancel([one.future], force=True)
                ahead[place] = self._submit(work, one.part, workers)

    def _working(self) -> dict[str, int]:
        """Threads of each worker that may have work, by its address; new ones are checked first."""
        if self._jobs is not None:
            self._jobs.renew()
        threads = self.threads()
        if self._check is not None:
            if new := sorted(set(threads) - self._seen):
                self._seen = self._seen | set(new)
                self._ready = self._ready | set(self._check(new))
            threads = {one: count for one, count in threads.items() if one in self._ready}
        if threads:
            self._alone_since = None
        else:
            self._require_patience()
        return threads

    def _require_patience(self) -> None:
        if self._jobs is not None:  # they may wait in their queue for hours
            self._jobs.require_submitted()
            return
        now = time.monotonic()
        self._alone_since = self._alone_since or now
        if now - self._alone_since > _PATIENCE:
            raise ClusterError(
                f"No worker is connected to {self.place}.",
                "Start workers, or see why they end; what is encoded so far is kept.",
            )

    def _is_done(self, future: "Future") -> bool:
        """Wait for a moment; whether a part has ended, one way or another."""
        from distributed import wait

        with self._translated(), suppress(TimeoutError):
            wait(future, timeout=_PULSE)
        return bool(future.done())

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of Dask as sentences."""
        from distributed import KilledWorker
        from distributed.comm import CommClosedError

        try:
            yield
        except KilledWorker as error:
            raise ClusterError(
                f"Workers of {self.place} ended again and again while they had the same work.",
                "Give them more memory, or fewer threads; what is encoded so far is kept.",
            ) from error
        except (CancelledError, TaskCancelledError, CommClosedError) as error:
            self.lost = True
            raise ClusterError(
                f"The connection to the scheduler at {self.place} was lost.",
                "Start it again if it ended, then repeat this; what is encoded so far is kept.",
            ) from error


@contextmanager
def open_cluster(place: str, threads: int | None = None) -> Iterator[Cluster | None]:
    """The cluster that `place` names; None for `local`, without importing Dask.

    place: `local`, `dask` (workers with one thread each on this machine, `threads` of them), the
        address of a scheduler, a file that one wrote, or a file that describes jobs of a queue

    Raises:
        UsageError: `place` names none of these, or the extra is not installed.
        ClusterError: no scheduler answers there.
    """
    if place == LOCAL:
        yield None
        return
    where = whereabouts(place)
    require_dask()
    if place == DASK:
        with _workers_here(threads or workers_by_default()) as client:
            yield Cluster(client, "this machine")
        return
    if "jobs" in where:
        with (
            open_jobs(Path(where["jobs"]), user_cache_path("labeler") / "jobs") as jobs,
            _client(place, address=jobs.cluster) as client,
        ):
            yield Cluster(client, jobs.description.system, jobs)
        return
    with _client(place, **where) as client:
        yield Cluster(client, place)


def whereabouts(place: str) -> dict[str, str]:
    """How Dask's client is told where to connect, or the file that describes `jobs`.

    Raises:
        UsageError: `place` names nothing.
    """
    if place == DASK:
        return {}
    if "://" in place:
        return {"address": place}
    file = Path(place).expanduser()
    if file.suffix == ".json" and file.is_file():
        return {"scheduler_file": str(file)}
    if file.suffix in JOB_FILES and file.is_file():
        return {"jobs": str(file)}
    raise UsageError(
        f"{place!r} is not a place to work at.",
        "Give local, dask, the address of a scheduler as tcp://HOST:8786, the path of the .json "
        "file that a scheduler wrote, or of a .yaml file that describes jobs of a queue.",
    )


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return f"{lines[0]:.200}"


def require_dask() -> None:
    """Import Dask and keep it quiet.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import dask
    except ImportError as error:
        raise UsageError(
            "Working on a cluster needs Dask, which is not installed.", InstallExtra("dask")
        ) from error
    # Said in sentences here instead, and only if it matters.
    loggers = ("distributed", "distributed.client", "distributed.nanny", "tornado.application")
    quiet = dict.fromkeys(loggers, "critical")
    dask.config.set({"logging": quiet})
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "Working on a cluster needs Dask's scheduler, which is not installed.",
            InstallExtra("dask"),
        ) from error


def workers_by_default() -> int:
    """Workers that are started on this machine unless somebody says how many."""
    from dask.system import CPU_COUNT

    return int(CPU_COUNT)


@contextmanager
def _workers_here(count: int) -> Iterator["Client"]:
    from distributed import Client, LocalCluster

    # What befalls a worker is said by the command, where it matters.
    variables = serve_forks(DASK_LOGGING__DISTRIBUTED="critical")
    with warnings.catch_warnings():
        # That the port of a dashboard is in use, where another command has workers here, too.
        warnings.simplefilter("ignore")
        cluster = LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            memory_limit=0,
            dashboard_address=None,
            preload=[_PRELOAD],
            env=variables,
        )
    with cluster as workers, Client(workers, direct_to_workers=True) as client:
        yield client


@contextmanager
def _client(place: str, **where: object) -> Iterator["Client"]:
    from distributed import Client

    try:
        with warnings.catch_warnings():
            # Versions are compared for each node, which also says which one it is.
            warnings.simplefilter("ignore")
            client = Client(**where, timeout=_CONNECT)
    except (OSError, ValueError, RuntimeError, TypeError) as error:
        raise ClusterError(
            f"No Dask scheduler answers at {place}: {_first_line(error)}.",
            Advice("Check address, port and certificates, and that a scheduler runs there."),
        ) from error
    try:
        yield client
    finally:
        with suppress(Exception):  # what could be lost with a scheduler that is gone was said
            client.close(timeout=2)
