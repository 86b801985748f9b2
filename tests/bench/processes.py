"""Running measured work in child processes, and what many runs of it come to."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Samples:
    """Every value that was measured, by name, in the order in which it was."""

    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, result: dict[str, float], prefix: str = "") -> None:
        for name, value in result.items():
            self.values[prefix + name].append(value)

    def has(self, name: str) -> bool:
        return bool(self.values.get(name))

    def median(self, name: str) -> float:
        return statistics.median(self.values[name])

    def least(self, name: str) -> float:
        return min(self.values[name])

    def most(self, name: str) -> float:
        return max(self.values[name])


def measure(task: str, *arguments: Path | str) -> dict[str, float]:
    """What a task of `child.py` measured."""
    command = [sys.executable, "-m", "tests.bench.child", task, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def measure_command(*arguments: Path | str) -> dict[str, float]:
    """Wall and CPU seconds of a whole `labeler` command."""
    before, clock = getrusage(RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "labeler", *map(str, arguments)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    wall, after = time.perf_counter() - clock, getrusage(RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return {"command": wall, "command CPU": cpu}


def measure_lerobot(
    python: Path, work: Path, limit: float, arguments: Sequence[Path | str]
) -> dict[str, float] | None:
    """What `lerobot_add_features.py` measured; None if it took longer than `limit` seconds."""
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(work / "hf")}
    script = Path(__file__).with_name("lerobot_add_features.py")
    try:
        done = subprocess.run(
            # -P: modules of this folder must not take the place of the standard library's.
            [str(python), "-P", str(script), *map(str, arguments)],
            env={**os.environ, **offline},
            check=True,
            capture_output=True,
            text=True,
            timeout=limit,
        )
    except subprocess.TimeoutExpired:
        return None
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"LeRobot failed:\n{error.stderr[-2000:]}") from error
    return json.loads(done.stdout.splitlines()[-1])
