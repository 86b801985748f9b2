"""What a cluster gains and costs beside this machine alone; one command.

    python -m tests.bench.cluster [--frames N] [--length N] [--folds N ...] [--repetitions R]
        [--json FILE]

First, frames per second of encoding (128×128, ResNet10 of random weights) by the threads of one
process, by workers on this machine, and by two nodes of one core each on loopback. Then seconds of
the folds of a training, whose frames are encoded, here and as tasks of two workers. Sides are
measured in turns, in an order that alternates; what counts are the ratios. At last, what bounds a
large cluster, and the frames per second that follow for 10, 100 and 1,000 cores.
"""

import argparse
import os
import shutil
from pathlib import Path
from statistics import median

from rich.console import Console

from tests.bench.classifier.recordings import LENGTH, write_dataset
from tests.bench.cluster import folds
from tests.bench.cluster.limits import limits
from tests.bench.cluster.places import PLACES, frames_per_second
from tests.bench.sitting import Figures, sitting, teller

console = Console(highlight=False, soft_wrap=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.cluster", description=__doc__)
    parser.add_argument(
        "--frames", type=int, default=20_000, help="to encode, five episodes at least; 0: none"
    )
    parser.add_argument("--length", type=int, default=LENGTH, help="frames of each episode")
    parser.add_argument("--folds", type=int, nargs="*", default=[1_000, 12_000])
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--work", type=Path, help="folder for datasets and features")
    parser.add_argument("--json", type=Path, help="write every sample to this file")
    parser.add_argument("--quiet", action="store_true", help="do not say what is measured")
    return parser.parse_args()


def main() -> None:
    chosen = arguments()
    with sitting(chosen, console) as (work, figures):
        figures["extent"] = f"{chosen.repetitions} repetitions"
        os.environ["LABELER_CACHE"] = str(work / "cache")
        if chosen.frames:
            measure_encoding(chosen, work, figures)
        for frames in chosen.folds:
            measure_folds(chosen, frames, work, figures)
        measure_limits(work, chosen.length, figures)


def measure_encoding(chosen: argparse.Namespace, work: Path, figures: Figures) -> None:
    """Frames per second of each place, printed with its ratio to that of local threads."""
    say = teller(console, quiet=chosen.quiet)
    say(f"writing {chosen.frames:,} frames")
    root, episodes = work / "encoding", chosen.frames // chosen.length
    write_dataset("colour-and-shape", root, episodes, chosen.length)
    rates: dict[str, list[float]] = {place: [] for place in PLACES}
    figures["encoding"] = rates
    for turn in range(chosen.repetitions):
        for place in PLACES if turn % 2 == 0 else reversed(PLACES):
            say(f"encoding, {place}, turn {turn + 1}")
            rates[place].append(frames_per_second(root, place, cache := work / "place"))
            shutil.rmtree(cache, ignore_errors=True)
    for place, found in rates.items():
        ratios = [one / local for one, local in zip(found, rates["local"], strict=True)]
        console.print(
            f"encoding {chosen.frames:,} frames, {place}: {median(found):.1f} frames/s, "
            f"{median(ratios):.2f} of local ({min(ratios):.2f} to {max(ratios):.2f})"
        )


def measure_folds(chosen: argparse.Namespace, frames: int, work: Path, figures: Figures) -> None:
    """Seconds of five folds by each method, here and there."""
    root = folds.encoded(work, frames, chosen.length, teller(console, quiet=chosen.quiet))
    for method in ("convex", "network"):
        times = list(folds.measured(root, method, chosen.repetitions))
        figures[f"folds, {frames} frames, {method}"] = [vars(one) for one in times]
        here, there = (median(getattr(one, side) for one in times) for side in ("here", "there"))
        console.print(
            f"{folds.FOLDS} folds of {frames:,} frames, {method}: {here:.1f} s here, {there:.1f} s "
            f"as tasks of two workers ({here / there:.2f} times as fast)"
        )


def measure_limits(work: Path, length: int, figures: Figures) -> None:
    """CPU and time for a frame, and what follows on paper."""
    if not (root := work / "limits").exists():
        write_dataset("colour-and-shape", root, folds.FOLDS, length)
    found = limits(root, work / "of limits")
    figures["limits"] = vars(found)
    console.print(
        f"a frame: {found.encode * 1e3:.2f} ms of CPU to decode and encode; "
        f"{found.arrive * 1e6:.0f} µs for its features to arrive at the command, "
        f"{found.keep * 1e6:.0f} µs to be written; a task: {found.task * 1e3:.2f} ms"
    )
    for cores in (10, 100, 1_000):
        workers = cores / found.encode
        command = 1 / (found.arrive + found.keep + found.task / 1024)
        scores = 1 / (found.task / 4096)
        console.print(
            f"{cores:,} cores: {workers:,.0f} frames/s by workers; encoding "
            f"{min(workers, command):,.0f}, predicting {min(workers, scores):,.0f}"
        )


if __name__ == "__main__":
    main()
