"""Workers that a job queue such as SLURM's starts, for as long as a command runs.

A description names the queue's program and what a job of it is, as the files of dask-jobqueue do
(https://jobqueue.dask.org/en/latest/configuration-setup.html), and how many jobs there are to be:

    jobqueue: {slurm: {queue: gpu, cores: 16, memory: 64GB, walltime: '02:00:00'}}
    jobs: 4
"""

import itertools
import os
import shlex
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.cluster import fork_server
from classifier.config.files import read_values
from labeler.cures import Advice, InstallExtra
from labeler.errors import ClusterError, UsageError
from labeler.labels.wording import plural

if TYPE_CHECKING:
    from dask_jobqueue.core import Job, JobQueueCluster

_MISSING = 15.0  # seconds for which a job's worker may be away before the job is submitted again
_EXAMPLE = Advice(
    "Name the queue under jobqueue, such as slurm, with cores and memory of a job; jobs says how "
    "many there are to be."
)


@dataclass(frozen=True)
class QueueDescription:
    """A file that says which jobs start workers.

    system: as dask-jobqueue calls the queue, such as `slurm`; jobs: how many
    settings: of that system, over what Dask's own settings say
    """

    file: Path
    system: str
    jobs: int
    settings: Mapping[str, object]

    @classmethod
    def read(cls, file: Path) -> "QueueDescription":
        """That of a file.

        Raises:
            UsageError: it cannot be read, or says something else.
        """
        values = read_values(file)
        queues, jobs = values.pop("jobqueue", None), values.pop("jobs", 1)
        if not isinstance(queues, dict) or len(queues) != 1:
            raise UsageError(f"{file} does not say which queue takes the jobs.", _EXAMPLE)
        if values:
            raise UsageError(f"{file}: {next(iter(values))!r} means nothing here.", _EXAMPLE)
        if type(jobs) is not int or jobs < 1:
            raise UsageError(f"{file}: jobs is {jobs!r}, not how many there are to be.", _EXAMPLE)
        ((system, settings),) = queues.items()
        if not isinstance(settings, dict):
            raise UsageError(f"{file} says nothing about a job of {system}.", _EXAMPLE)
        # Dask takes both marks, and looks for the second.
        named = {name.replace("_", "-"): value for name, value in settings.items()}
        return cls(file, system, jobs, named)


@dataclass
class JobWorkers:
    """The jobs of a queue, which come up when it lets them, and are replaced when they end."""

    cluster: "JobQueueCluster"
    description: QueueDescription
    logs: Path
    failures: list[str]
    _seen: set[object] = field(default_factory=set)
    _away: dict[object, float] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What is said while no worker has come up yet."""
        jobs = plural(self.description.jobs, "job")
        return (
            f"Waiting for {self.description.system} to start {jobs}; Ctrl-C cancels them. What "
            f"they print is in {self.logs}."
        )

    def renew(self) -> None:
        """Submit jobs again whose worker was there and is gone, as when their time is up.

        Raises:
            ClusterError: the queue does not take the jobs.
        """
        self.require_submitted()
        workers = self.cluster.scheduler_info["workers"].values()
        here = {str(worker["name"]) for worker in workers}
        now = time.monotonic()
        for job in list(self.cluster.worker_spec):
            if any(name == str(job) or name.startswith(f"{job}-") for name in here):
                self._seen.add(job)
                self._away.pop(job, None)
            elif job in self._seen and now - self._away.setdefault(job, now) > _MISSING:
                self._seen.discard(job)
                del self._away[job]
                self.cluster.sync(self.cluster.scale_down, [job])
                self.cluster.scale(jobs=self.description.jobs)

    def require_submitted(self) -> None:
        """Refuse to wait for jobs that the queue does not take.

        Raises:
            ClusterError: with what its program says.
        """
        if self.failures:
            system, file = self.description.system, self.description.file
            raise ClusterError(
                f"{system} does not take the jobs: {self.failures[0]}",
                Advice(f"Change {file}, or see what the queue says."),
            )


@contextmanager
def open_jobs(file: Path, logs: Path) -> Iterator[JobWorkers]:
    """Submit the jobs that a description asks for; they are cancelled when the block ends.

    logs: folder for what jobs print, unless settings name another

    Raises:
        UsageError: the description is not understood, or dask-jobqueue is not installed.
        ClusterError: the queue's program is not on this machine.
    """
    import dask

    failures: list[str] = []
    planned = _planned(file, logs, failures)
    settings, system = planned.settings, planned.description.system
    with dask.config.set({f"jobqueue.{system}": settings}):  # read by each job, too
        # Nobody looks at a dashboard, and its usual port may be in use.
        quiet = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
        options = quiet | (settings["scheduler-options"] or {})
        with planned.kind(job_cls=planned.job, scheduler_options=options) as cluster:
            cluster.scale(jobs=planned.description.jobs)
            folder = Path(settings["log-directory"])
            yield JobWorkers(cluster, planned.description, folder, failures)


def jobs_summary(file: Path) -> str:
    """The jobs that a description asks for, as a sentence; none is submitted.

    Raises:
        UsageError: as `open_jobs`.
        ClusterError: as `open_jobs`.
    """
    planned = _planned(file, Path(), [])
    description, settings = planned.description, planned.settings
    wanted = f"{plural(settings['cores'], 'core')} and {settings['memory']}"
    asked = [str(one) for one in settings.get("job-extra-directives") or ()]
    gpus = "".join(f", {one}" for one in asked if "gpu" in one.lower())
    return (
        f"{plural(description.jobs, 'job')} of {description.system}, each with {wanted}{gpus}. "
        "Their nodes are known once the queue starts them."
    )


@dataclass(frozen=True)
class _Planned:
    """A description that was found to be whole; `kind` and `job` are classes of Dask's."""

    description: QueueDescription
    kind: Any
    job: Any
    settings: Mapping[str, Any]


def _planned(file: Path, logs: Path, failures: list[str]) -> _Planned:
    """What is to be submitted; `failures` will get why the queue refuses a job."""
    description = QueueDescription.read(file)
    _import_dask_jobqueue()
    import dask

    kind = _kind(description)
    settings = _settings(description, logs)
    job = _watched(kind.job_cls, failures)
    _require_program(job.submit_command)
    with dask.config.set({f"jobqueue.{description.system}": settings}):
        try:
            job("tcp://127.0.0.1:8786", name="a job to see whether its settings are whole")
        except (ValueError, TypeError, OSError) as error:
            raise UsageError(f"{file}: {_reason(error)}", _EXAMPLE) from error
    return _Planned(description, _counted(kind, description.system), job, settings)


def _import_dask_jobqueue() -> None:
    """Import it, which reads the settings of every system, and keep what Ctrl-C does.

    Its module `runner` (0.9.0) makes Ctrl-C end the process with exit code 0 as soon as it is
    imported.
    """
    before = signal.getsignal(signal.SIGINT)
    try:
        import dask_jobqueue  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "Jobs of a queue need dask-jobqueue, which is not installed.", InstallExtra("dask")
        ) from error
    finally:
        if signal.getsignal(signal.SIGINT) is not before:
            signal.signal(signal.SIGINT, before)


def _settings(description: QueueDescription, logs: Path) -> dict[str, Any]:
    """All that is known of a job: Dask's settings, and those of a description over them."""
    import dask

    known: dict[str, Any] = dask.config.get(f"jobqueue.{description.system}")
    known = {name.replace("_", "-"): value for name, value in known.items()}
    if unknown := sorted(set(description.settings) - set(known)):
        raise UsageError(
            f"{description.file}: {description.system} has no setting {unknown[0]!r}.",
            f"It has {', '.join(sorted(known))}.",
        )
    settings = {**known, **description.settings}
    given = settings.get("worker-extra-args") or settings.get("extra") or []
    return settings | {
        "log-directory": settings["log-directory"] or str(logs),
        "worker-extra-args": [*given, "--preload-nanny", fork_server.__name__],
    }


def _kind(description: QueueDescription) -> Any:  # noqa: ANN401 - a class of Dask's
    """The kind of cluster whose queue a description names."""
    kinds = _kinds()
    if description.system in kinds:
        return kinds[description.system]
    raise UsageError(
        f"{description.file}: no queue is called {description.system!r}.",
        f"One of {', '.join(sorted(kinds))}.",
    )


def _kinds() -> dict[str, Any]:
    """Clusters by the name of their queue."""
    import dask_jobqueue
    from dask_jobqueue.core import JobQueueCluster
    from dask_jobqueue.local import LocalCluster

    kinds: list[Any] = [
        one for one in (*vars(dask_jobqueue).values(), LocalCluster) if isinstance(one, type)
    ]
    some = (one for one in kinds if issubclass(one, JobQueueCluster) and one is not JobQueueCluster)
    return {one.job_cls.config_name: one for one in some}


def _counted(kind: Any, system: str) -> Any:  # noqa: ANN401 - classes of Dask's
    """A kind of cluster none of whose jobs is called like an earlier one.

    Dask (distributed 2026.8.0) cancels a job by its name some seconds after its worker went, and
    gives a job that is submitted in its place the same name: it would cancel that one.
    """
    numbers = itertools.count()

    class CountedJobs(kind):  # type: ignore[misc]
        def _new_worker_name(self, worker_number: int) -> str:
            return f"{system}-{next(numbers)}"

    return CountedJobs


def _watched(job: type["Job"], failures: list[str]) -> type["Job"]:
    """A kind of job of which is kept why the queue refuses it; Dask only logs that."""
    from distributed import Status

    class WatchedJob(job):  # type: ignore[misc]
        async def _submit_job(self, script: str) -> str:
            try:
                return str(await super()._submit_job(script))
            except Exception as error:
                failures.append(_reason(error))
                self.status = Status.failed
                raise

        async def close(self) -> None:
            await super().close()
            self.status = Status.closed  # or Dask takes a job that something refers to for open

    return WatchedJob


def _require_program(command: str | None) -> None:
    program = shlex.split(command or "")[:1]
    places = [Path(place, *program) for place in os.get_exec_path()]
    if program and not any(os.access(place, os.X_OK) for place in places):
        raise ClusterError(
            f"{program[0]} is not on this machine.",
            "Run this where jobs are submitted, such as a login node.",
        )


def _reason(error: Exception) -> str:
    """The last line that a program wrote to stderr, or the first that an error says."""
    said, mark, stderr = str(error).partition("\nstderr:\n")
    lines = [line for line in (stderr if mark else said).splitlines() if line.strip()]
    line = lines[-1 if mark else 0] if lines else type(error).__name__
    return f"{line:.200}"
