"""A training as a process, and when each checkpoint lay on disk: the same for both sides."""

import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.processes import ROOT

_POLL = 0.2  # seconds between looks at the folder of checkpoints


@dataclass(frozen=True)
class Watched:
    """Seconds from the start of the command to each checkpoint, in the order of their steps."""

    folders: list[Path]
    seconds: list[float]
    peak: float
    """Most memory that the process had, in bytes."""

    @property
    def steps(self) -> list[int]:
        return [int(folder.name) for folder in self.folders]

    @property
    def models(self) -> list[Path]:
        return [folder / "pretrained_model" for folder in self.folders]


def with_bytecode(work: Path) -> dict[str, str]:
    """The environment, with compiled modules kept in `work` from one process to the next."""
    kept = {name: value for name, value in os.environ.items() if "DONTWRITE" not in name}
    return {**kept, "PYTHONPYCACHEPREFIX": str(work / "bytecode")}


def watched(
    command: list[str], environment: dict[str, str], out: Path, log: Path, limit: float
) -> Watched:
    """Run a training to its end, or kill it after `limit` seconds."""
    moments: dict[Path, float] = {}
    peak = 0.0
    with log.open("wb") as told:
        clock = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=told, stderr=told)
        try:
            while process.poll() is None and time.perf_counter() - clock < limit:
                time.sleep(_POLL)
                peak = max(peak, _peak_of(process.pid))
                for folder in _whole(out / "checkpoints"):
                    moments.setdefault(folder, time.perf_counter() - clock)
        finally:
            failed = process.poll() not in (None, 0)
            process.kill()
            process.wait()
    if failed:
        raise RuntimeError(f"{command[0]} failed:\n{log.read_text()[-2000:]}")
    folders = sorted(moments)
    return Watched(folders, [moments[folder] for folder in folders], peak)


def _whole(folder: Path) -> list[Path]:
    """Checkpoints that are written: their training state comes last."""
    done = folder.glob("[0-9]*/training_state/training_step.json")
    return [path.parents[1] for path in done if not path.parents[1].is_symlink()]


def _peak_of(process: int) -> float:
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+)", text)
    return float(found[1]) * 1024 if found else 0.0
