"""Merging recordings: beside a plain copy of the same bytes, and beside LeRobot's aggregation.

    python -m tests.bench.merge [--recordings N] [--episodes N] [--lerobot PYTHON] [--json FILE]

Every side is measured in turns in the same run, each as a process of its own. `copy` copies every
file, `synced copy` also syncs each to the disk as Labeler does. Labeler's time is that of the whole
command: it labels, checks and verifies what it wrote. LeRobot's time is without its imports.
Before each side everything is synced, and a pause gives a virtual machine time to hand memory that
became free back to its host: else the side that writes first after that would gain from it.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.merge.recordings import write_recordings
from tests.bench.processes import ROOT, Samples

console = Console(highlight=False, soft_wrap=True)
_COPY = """
import os, shutil, sys
synced, target, *roots = sys.argv[1:]
def copy(source, place):
    shutil.copyfile(source, place)
    if synced == "synced":
        descriptor = os.open(place, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
for number, root in enumerate(roots):
    shutil.copytree(root, f"{target}/{number}", copy_function=copy)
"""
_FORMS = ("joined", "apart")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.merge", description=__doc__)
    parser.add_argument("--recordings", type=int, default=50)
    parser.add_argument("--episodes", type=int, default=100)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--lerobot", type=Path, help="python of an environment with LeRobot 0.6")
    parser.add_argument("--pause", type=float, default=5, help="seconds before each side")
    parser.add_argument("--lerobot-repetitions", type=int, default=1)
    parser.add_argument(
        "--work", type=Path, help="folder for datasets; needs five times their size"
    )
    parser.add_argument("--json", type=Path, help="write every sample to this file")
    return parser.parse_args()


def main() -> None:
    chosen = arguments()
    work = Path(tempfile.mkdtemp(prefix="labeler-bench-", dir=chosen.work))
    samples = Samples()
    try:
        made = write_recordings(work, chosen.recordings, chosen.episodes)
        size = sum(p.stat().st_size for root, _ in made for p in root.rglob("*") if p.is_file())
        for repetition in range(chosen.repetitions):
            lerobot = chosen.lerobot if repetition < chosen.lerobot_repetitions else None
            _measure(work, made, lerobot, chosen.pause, samples)
    finally:
        shutil.rmtree(work)
    load = os.getloadavg()[0]
    _print(samples, chosen, size, load)
    if chosen.json:
        figures = {"bytes": size, "load": load, "seconds": samples.values}
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n")


def _measure(
    work: Path,
    made: list[tuple[Path, Path]],
    lerobot: Path | None,
    pause: float,
    samples: Samples,
) -> None:
    roots = [str(root) for root, _ in made]
    labels = [word for _, file in made for word in ("--labels", str(file))]
    target = work / "target"
    sides: dict[str, list[str]] = {
        name: [sys.executable, "-c", _COPY, name.split()[0], str(target), *roots]
        for name in ("copy", "synced copy")
    }
    sides["labeler"] = [
        *(sys.executable, "-m", "labeler", "merge", *roots, *labels, "--out", str(target))
    ]
    for name, command in sides.items():
        _settle(pause)
        clock = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        samples.add({name: time.perf_counter() - clock})
        shutil.rmtree(target)
    for form in _FORMS if lerobot else ():
        _settle(pause)
        samples.add(_lerobot(work, lerobot, [str(target), form, *roots]), "LeRobot, ")
        shutil.rmtree(target)


def _settle(pause: float) -> None:
    os.sync()
    time.sleep(pause)


def _lerobot(work: Path, python: Path | None, words: list[str]) -> dict[str, float]:
    script = Path(__file__).with_name("lerobot_aggregate.py")
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(work / "hf"), "TQDM_DISABLE": "1"}
    done = subprocess.run(
        [str(python), str(script), *words],
        env={**os.environ, **offline},
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _print(samples: Samples, chosen: argparse.Namespace, size: int, load: float) -> None:
    table = Table("side", "median s", "least s", "÷ copy", "÷ synced copy", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for name in samples.values:
        median = samples.median(name)
        ratios = [median / samples.median(other) for other in ("copy", "synced copy")]
        least = samples.least(name)
        table.add_row(name, f"{median:.2f}", f"{least:.2f}", *(f"{one:.2f}" for one in ratios))
    console.print(table)
    console.print(
        f"{datetime.now(UTC).isoformat(timespec='seconds')}: {chosen.recordings} recordings of "
        f"{chosen.episodes} episodes, {size / 1e6:,.0f} MB, {os.cpu_count()} processors, load "
        f"average {load:.1f}, {chosen.repetitions} repetitions"
    )


if __name__ == "__main__":
    main()
