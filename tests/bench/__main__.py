"""Speed and memory of opening, labelling, checking; one command.

    python -m tests.bench [--json FILE] [--frames N ...] [--episodes N ...] [--lerobot PYTHON]

Times depend on the machine and on what else it does; what counts are the ratios, whose two sides
are measured in turns. Figures are medians, with the least in parentheses; --json has every sample.
"""

import argparse
import json
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from tests.bench.labelling import LeRobot, measure_labelling
from tests.bench.opening import measure_opening
from tests.bench.report import print_labelling, print_opening, print_reading
from tests.bench.start_cost import measured

console = Console(highlight=False, soft_wrap=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--frames", type=int, nargs="*", default=[10**3, 10**5, 10**6, 10**7])
    parser.add_argument("--episodes", type=int, nargs="*", default=[10**2, 10**3, 10**4, 10**5])
    parser.add_argument("--v21-episodes", type=int, nargs="*", default=[20_000])
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--lerobot", type=Path, help="python of an environment with LeRobot")
    parser.add_argument("--lerobot-limit", type=float, default=600, help="seconds for one run")
    parser.add_argument("--lerobot-repetitions", type=int, default=2)
    parser.add_argument("--work", type=Path, help="folder for datasets; needs 4 GB for 10^7 frames")
    parser.add_argument("--json", type=Path, help="write every sample to this file")
    parser.add_argument("--quiet", action="store_true", help="do not say what is measured")
    return parser.parse_args()


def main() -> None:
    chosen = arguments()
    say = (lambda text: None) if chosen.quiet else _say
    work = Path(tempfile.mkdtemp(prefix="labeler-bench-", dir=chosen.work))
    started, load = datetime.now(UTC).isoformat(timespec="seconds"), os.getloadavg()
    try:
        start = measured(chosen.repetitions)
        opening = measure_opening(
            work, chosen.episodes, chosen.v21_episodes, chosen.repetitions, say
        )
        lerobot = chosen.lerobot and LeRobot(
            chosen.lerobot, chosen.lerobot_limit, chosen.lerobot_repetitions
        )
        labelling = measure_labelling(work, chosen.frames, chosen.repetitions, lerobot, say)
    finally:
        shutil.rmtree(work)
    after = os.getloadavg()
    console.print(
        f"{started}: {os.cpu_count()} processors; load average {load[0]:.1f} before, "
        f"{after[0]:.1f} after; {chosen.repetitions} repetitions, median (least)"
    )
    console.print(f"labeler --help: {start:.3f} s of CPU more than python -c pass")
    print_opening(console, opening)
    print_labelling(console, labelling)
    print_reading(console, labelling)
    if chosen.json:
        document = {
            "started": started,
            "load": [load, after],
            "start": start,
            "opening": {name: samples.values for name, samples in opening.items()},
            "labelling": {frames: samples.values for frames, samples in labelling.items()},
        }
        chosen.json.write_text(json.dumps(document, indent=1) + "\n")


def _say(text: str) -> None:
    console.print(f"[dim]{datetime.now(UTC):%H:%M:%S} {text}[/]")


if __name__ == "__main__":
    main()
