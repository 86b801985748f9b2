"""A scheduler and workers as a cluster has them: processes of their own, on loopback."""

import json
import subprocess
import sys
import time
from pathlib import Path

from tests.classifier.runs import ROOT, environment

_START = 120.0  # seconds in which a process of Dask has to come up, where others use the cores


def certificate(folder: Path) -> dict[str, str]:
    """Settings of Dask for TLS with a certificate that signs itself, as environment variables."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command = ["openssl", "req", "-x509", *kind, *subject, "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    settings = {"DASK_DISTRIBUTED__COMM__TLS__CA_FILE": str(cert)}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        settings[f"DASK_DISTRIBUTED__COMM__TLS__{role}__CERT"] = str(cert)
        settings[f"DASK_DISTRIBUTED__COMM__TLS__{role}__KEY"] = str(key)
    return settings | {"DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True"}


class Nodes:
    """A scheduler, and workers, without a nanny unless asked for: one that is killed stays away."""

    def __init__(self, folder: Path, protocol: str = "tcp", **settings: str) -> None:
        self.file = folder / "scheduler.json"
        self._folder = folder
        self._protocol = protocol
        self._environment = environment() | settings
        self.scheduler = self._start("scheduler", "--scheduler-file", self.file, "--port", 0)
        self._wait_for(self.file)
        self.workers: list[subprocess.Popen[bytes]] = []

    def start_worker(
        self, *more: object, nanny: bool = False, **settings: str
    ) -> subprocess.Popen[bytes]:
        """Another worker with one thread, or the nanny of one; settings are of its environment."""
        given = ("--scheduler-file", self.file, "--local-directory", self._folder, *more)
        given += () if nanny else ("--no-nanny",)
        given += ("--nthreads", 1, "--memory-limit", 0)
        worker = self._start("worker", *given, **settings)
        self.workers.append(worker)
        return worker

    @property
    def address(self) -> str:
        """Of the scheduler."""
        return str(json.loads(self.file.read_text())["address"])

    def wait_for_workers(self, count: int) -> None:
        """Wait until so many workers are connected."""
        from distributed import Client

        with Client(scheduler_file=str(self.file)) as client:
            client.wait_for_workers(count, timeout=_START)

    def close(self) -> None:
        """End what is still running."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _start(self, role: str, *given: object, **settings: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *map(str, given)]
        command += ["--no-dashboard", "--host", f"{self._protocol}://127.0.0.1"]
        with (self._folder / f"{role}.log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment | settings,
                stdout=log,
                stderr=log,
            )

    def _wait_for(self, file: Path) -> None:
        end = time.monotonic() + _START
        while not file.is_file() or not file.stat().st_size:
            assert self.scheduler.poll() is None, (self._folder / "scheduler.log").read_text()
            assert time.monotonic() < end, "the scheduler did not come up"
            time.sleep(0.05)
