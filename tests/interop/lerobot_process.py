"""A running LeRobot environment that does jobs for the tests: the client of serve.py."""

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any, Self

from tests.interop.releases import HERE, Release

TIMEOUT = 600.0  # seconds for one job, the import of LeRobot on a busy machine included


class LerobotError(Exception):
    """LeRobot raised; `kind` is the name of its exception."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class LerobotProcess:
    """One process of one release, with caches of its own.

    Offline unless `endpoint` gives the address of a Hub. `datasets_cache` stays the same for the
    whole life of the process, as it does for a user.
    """

    def __init__(self, release: Release, scratch: Path, endpoint: str = "") -> None:
        self._errors = (scratch / "stderr.txt").open("wb")
        self.process = subprocess.Popen(
            [release.python, HERE / "serve.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=_environment(scratch, endpoint),
            cwd=scratch,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self.process:  # closes the pipes and waits: standard input's end is its signal
            pass
        self._errors.close()

    def ask(self, do: str, **arguments: Any) -> Any:
        """Do a job of serve.py and return its result.

        Raises:
            LerobotError: LeRobot raised, or the process ended or hung.
        """
        assert self.process.stdin is not None and self.process.stdout is not None
        watchdog = threading.Timer(TIMEOUT, self.process.kill)
        watchdog.start()
        try:
            self.process.stdin.write(json.dumps({"do": do, **arguments}, default=str) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        finally:
            watchdog.cancel()
        if not line:
            raise LerobotError("Ended", f"see {self._errors.name}")
        answer = json.loads(line)
        if "error" in answer:
            raise LerobotError(answer["error"], answer["message"])
        return answer["result"]


def _environment(scratch: Path, endpoint: str) -> dict[str, str]:
    """Variables of the process: no user's cache, no token, no network but the given address."""
    inherited = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
    result = {name: os.environ[name] for name in inherited if name in os.environ}
    result |= {
        "HOME": str(scratch),
        "HF_HOME": str(scratch / "hf"),
        "HF_DATASETS_CACHE": str(scratch / "datasets"),
        "HF_LEROBOT_HOME": str(scratch / "lerobot"),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
        "TQDM_DISABLE": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "LIBAV_LOG_LEVEL": "quiet",
        "SVT_LOG": "0",
        "PYTHONDONTWRITEBYTECODE": "",
        "NO_PROXY": "127.0.0.1",
    }
    return result | ({"HF_ENDPOINT": endpoint} if endpoint else {"HF_HUB_OFFLINE": "1"})
