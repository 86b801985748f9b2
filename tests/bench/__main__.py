"""Speed and memory of opening, labelling, checking; one command.

    python -m tests.bench [--json FILE] [--frames N ...] [--episodes N ...] [--lerobot PYTHON]
    python -m tests.bench all [--json FILE] [--markdown FILE]

The second makes the table of all benchmarks, with every peer that is set up.

Times depend on the machine and on what else it does; what counts are the ratios, whose two sides
are measured in turns. Figures are medians, with the least in parentheses; --json has every sample.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from tests.bench.labelling import LeRobot, measure_labelling
from tests.bench.opening import measure_opening
from tests.bench.processes import Samples
from tests.bench.report import print_labelling, print_opening, print_reading
from tests.bench.sitting import sitting, teller
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
    if sys.argv[1:2] == ["all"]:
        from tests.bench import every

        every.main(sys.argv[2:])
        return
    chosen = arguments()
    say = teller(console, quiet=chosen.quiet)
    with sitting(chosen, console) as (work, figures):
        figures["extent"] = f"{chosen.repetitions} repetitions"
        measure_all(chosen, work, say, figures)


def measure_all(
    chosen: argparse.Namespace, work: Path, say: Callable[[str], None], figures: dict[str, object]
) -> None:
    """Measure and print part by part; what is measured goes into `figures` at once."""
    repetitions = chosen.repetitions
    start = figures["start"] = measured(repetitions)
    console.print(f"labeler --help: {start:.3f} s of CPU more than python -c pass")
    opening = measure_opening(work, chosen.episodes, chosen.v21_episodes, repetitions, say)
    figures["opening"] = {name: samples.values for name, samples in opening.items()}
    print_opening(console, opening)
    lerobot = chosen.lerobot and LeRobot(
        chosen.lerobot, chosen.lerobot_limit, chosen.lerobot_repetitions
    )
    labelling: dict[int, Samples] = {}
    figures["labelling"] = {}
    for frames, samples in measure_labelling(work, chosen.frames, repetitions, lerobot, say):
        labelling[frames] = samples
        figures["labelling"][frames] = samples.values
        print_labelling(console, labelling)
        print_reading(console, labelling)


if __name__ == "__main__":
    main()
