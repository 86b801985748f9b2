"""Workers that a queue starts: descriptions, jobs on this machine, and a real SLURM on loopback."""

import getpass
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

pytest.importorskip("dask_jobqueue", reason="the extra dask is not installed")

from classifier.cluster.job_queue import QueueDescription, open_jobs
from labeler.errors import ClusterError, UsageError
from tests.classifier.cli.conftest import cli, finished
from tests.classifier.runs import ROOT, arguments, environment, process, small

__all__ = ["cli", "finished"]  # fixtures

JOB = "{cores: 1, processes: 1, memory: 2GB, interface: lo"
PROGRAMS = ("slurmctld", "slurmd", "sbatch")


def write(folder: Path, text: str) -> Path:
    file = folder / "queue.yaml"
    file.write_text(text)
    return file


def test_a_description_says_queue_jobs_and_settings(tmp_path) -> None:
    file = write(tmp_path, "jobqueue: {slurm: {cores: 16, log_directory: logs}}\njobs: 4\n")
    found = QueueDescription.read(file)
    assert (found.system, found.jobs) == ("slurm", 4)
    assert found.settings == {"cores": 16, "log-directory": "logs"}
    assert QueueDescription.read(write(tmp_path, "jobqueue: {pbs: {}}")).jobs == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- 1", "does not hold a YAML object"),
        ("jobs: 2", "does not say which queue takes the jobs"),
        ("jobqueue: {slurm: {}, pbs: {}}", "does not say which queue takes the jobs"),
        ("jobqueue: {slurm: 3}", "says nothing about a job of slurm"),
        ("jobqueue: {slurm: {}}\njobs: true", "jobs is True"),
        ("jobqueue: {slurm: {}}\njobs: 0", "jobs is 0"),
        ("jobqueue: {slurm: {}}\nworkers: 3", "'workers' means nothing here"),
        ("jobqueue: {slrm: {}}", "no queue is called 'slrm'"),
        ("jobqueue: {local: {cors: 3}}", "local has no setting 'cors'"),
        ("jobqueue: {local: {cores: 3}}", "You must specify how much cores and memory"),
        ("jobqueue: {", "is not valid YAML"),
    ],
)
def test_what_is_no_description_is_refused(tmp_path, text, said) -> None:
    file = write(tmp_path, text)
    with pytest.raises(UsageError, match=said) as refused, open_jobs(file, tmp_path):
        raise AssertionError("jobs were submitted")
    assert refused.value.cures


def test_a_queue_whose_program_is_not_here_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    file = write(tmp_path, "jobqueue: {slurm: {cores: 1, memory: 1GB}}")
    with (
        pytest.raises(ClusterError, match="sbatch is not on this machine"),
        open_jobs(file, tmp_path),
    ):
        raise AssertionError("jobs were submitted")


def test_ctrl_c_does_what_it_did_before(tmp_path) -> None:
    code = (
        "import signal, sys; from pathlib import Path\n"
        "from classifier.cluster.job_queue import open_jobs\n"
        "with open_jobs(Path(sys.argv[1]), Path()):\n"
        "    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler"
    )
    file = write(tmp_path, f"jobqueue: {{local: {JOB}}}}}")
    command = [sys.executable, "-c", code, str(file)]
    subprocess.run(command, cwd=ROOT, env=environment(), check=True)


class Slurm:
    """A controller and a node of two cores on this machine, with nothing but its own folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("state", "spool"):
            (folder / name).mkdir()
        host, user = socket.gethostname().split(".")[0], getpass.getuser()
        ports = _free_ports(2)
        (folder / "slurm.conf").write_text(
            f"""
ClusterName=loopback
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/none
CredType=cred/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
KillWait=1
MpiDefault=none
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=4096
PartitionName=main Nodes=ALL Default=YES
"""
        )
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"SLURM_CONF": str(self._folder / "slurm.conf")}

    def start(self) -> None:
        """Start both programs and wait until the node takes jobs."""
        for program in ("slurmctld", "slurmd"):
            with (self._folder / f"{program}.log").open("wb") as log:
                given = {"stdout": log, "stderr": log, "env": self.environment}
                self._processes.append(subprocess.Popen([program, "-D"], **given))
        while "idle" not in self.ask("sinfo", "--noheader", "--format=%t"):
            for program, running in zip(PROGRAMS, self._processes, strict=False):
                if (
                    running.poll() is not None
                ):  # as where the system gives it no groups of processes
                    said = (self._folder / f"{program}.log").read_text().splitlines()
                    pytest.skip(f"{program} does not run here: {said[-1] if said else 'no word'}")
            time.sleep(0.1)

    def ask(self, *words: str) -> str:
        """What one of SLURM's programs prints."""
        run = subprocess.run(words, env=self.environment, capture_output=True, text=True)
        return run.stdout

    def close(self) -> None:
        """End what is still running; a node that is asked to end waits for its jobs first."""
        self.ask("scancel", f"--user={getpass.getuser()}")
        _wait_for(lambda: not self.ask("squeue", "--noheader"))
        for program in self._processes:
            program.kill()
            program.wait()


@pytest.fixture
def slurm(tmp_path_factory, monkeypatch) -> Iterator[Slurm]:
    if missing := [name for name in PROGRAMS if shutil.which(name) is None]:
        pytest.skip(f"SLURM is not installed: {missing[0]}")
    # Paths of sockets are limited to about 100 characters.
    found = Slurm(tmp_path_factory.mktemp("slurm"))
    monkeypatch.setenv("SLURM_CONF", found.environment["SLURM_CONF"])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    try:
        found.start()
        yield found
    finally:
        found.close()


def test_jobs_of_slurm_predict_what_this_machine_does_and_end_with_the_command(
    slurm, cli, finished, recording, tmp_path
) -> None:
    here, there = tmp_path / "here.parquet", tmp_path / "there.parquet"
    assert cli("predict", finished, recording, "--out", here, "--device=cpu").code == 0
    file = write(tmp_path, f"jobqueue: {{slurm: {JOB}, walltime: '00:10:00'}}}}\njobs: 2\n")
    done = cli("predict", finished, recording, "--out", there, "--device=cpu", "--on", file)
    assert done.code == 0, done.err
    assert "Waiting for slurm to start 2 jobs; Ctrl-C cancels them. What they print" in done.err
    assert f"node of {file}" in done.err
    assert there.read_bytes() == here.read_bytes()
    assert _wait_for(lambda: not slurm.ask("squeue", "--noheader"))


def test_jobs_are_submitted_again_when_their_time_is_up(slurm, tmp_path, monkeypatch) -> None:
    import dask

    monkeypatch.setattr("classifier.cluster.job_queue._MISSING", 0.1)
    # Dask gives up a job whose worker went, too: by the job's name, and after a while. Here that
    # is long before the next job's worker is up, as on a busy machine.
    at_once = dask.config.set({"distributed.deploy.lost-worker-timeout": "500ms"})
    file = write(tmp_path, f"jobqueue: {{slurm: {JOB}}}}}")
    with at_once, open_jobs(file, tmp_path / "logs") as jobs:

        def workers() -> list[str]:
            jobs.renew()
            jobs.require_submitted()  # or this would wait for what the queue did not take
            return list(jobs.cluster.scheduler_info["workers"])

        (first,) = _wait_for(workers)
        with jobs.cluster.get_client() as client:
            told = client.run(lambda: Path(f"/proc/{os.getppid()}/cmdline").read_text())
        (parent,) = told.values()
        assert "multiprocessing.forkserver" in parent
        (number,) = slurm.ask("squeue", "--noheader", "--format=%i").split()
        slurm.ask("scancel", number)  # as its time limit would
        _wait_for(lambda: not workers())
        (second,) = _wait_for(workers)
        assert first != second
        assert "Start Nanny" in (tmp_path / "logs" / f"dask-worker-{number}.err").read_text()
        assert number not in slurm.ask("squeue", "--noheader", "--format=%i").split()


def test_a_training_that_waits_in_the_queue_ends_with_ctrl_c_and_takes_its_jobs_back(
    slurm, recording, tmp_path
) -> None:
    slurm.ask("scontrol", "update", "nodename=ALL", "state=drain", "reason=test")
    file = write(tmp_path, f"jobqueue: {{slurm: {JOB}}}}}\njobs: 2")
    given = [*arguments(small(recording, tmp_path / "run")), f"--on={file}"]
    running = process(*given)
    for line in running.stderr:
        if "Waiting for slurm to start 2 jobs" in line:
            break
    _wait_for(lambda: slurm.ask("squeue", "--noheader", "--format=%t").split() == ["PD", "PD"])
    running.send_signal(signal.SIGINT)
    _, said = running.communicate()
    assert running.returncode == 130, said
    stopped, following = said.splitlines()[-2:]
    assert "Stopped before training began" in stopped
    again = shlex.split(following.removeprefix("Next: labeler-train train "))
    assert sorted(again) == sorted(given), "as it was typed: there is no folder to resume"
    assert not (tmp_path / "run").exists()
    assert _wait_for(lambda: not slurm.ask("squeue", "--noheader"))


def test_what_slurm_says_of_a_job_that_it_does_not_take_is_said(
    slurm, cli, finished, recording, tmp_path
) -> None:
    file = write(tmp_path, f"jobqueue: {{slurm: {JOB}, queue: nowhere}}}}\n")
    out = tmp_path / "out.parquet"
    done = cli("predict", finished, recording, "--out", out, "--on", file)
    assert done.code == 9
    assert "slurm does not take the jobs: sbatch: error: Batch job submission failed" in done.err
    assert str(file) in done.err.splitlines()[-1]
    assert not out.exists()


def _free_ports(count: int) -> list[int]:
    """All are held until the last one is found: what is free again may be found again."""
    with ExitStack() as held:
        found = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in found:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in found]


def _wait_for(condition):
    """What a condition gives once it is true; a queue on a busy machine may take minutes."""
    end = time.monotonic() + 240
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found
