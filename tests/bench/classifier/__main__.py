"""The classifier beside LeRobot's: time to a good one, accuracy, prediction, size; one command.

    python -m tests.bench.classifier [--lerobot PYTHON] [--json FILE]

PYTHON is that of an environment in which LeRobot 0.6.1 trains: tests/interop/requirements-0.6.1.txt
with accelerate and opencv-python-headless. Both train on the same episodes with the same encoder of
random weights, and are judged by the same other episodes. Time to a good classifier is measured
alike: from the start of the command to the first checkpoint on disk that judges 95% of the frames
of those other episodes right; judging comes afterwards and is not counted. LeRobot's checkpoints
are judged twice: with pixels normalised as in its training, and raw, as its own step on the robot
feeds them; ours are trained on what that step feeds them. Accuracy is that of the
checkpoint that users are told to use. Each training of LeRobot is ended after --lerobot-limit
seconds; what it did not reach by then is told as "more than". Compiled modules are kept, as an
installed program keeps them, and each side trains once before it is measured. Times depend on the
machine and on who else uses it; what counts are the ratios.
"""

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from tests.bench.classifier.lerobot_training import (
    LeRobot,
    lerobot_prediction,
    lerobot_training,
    lerobot_warm_up,
)
from tests.bench.classifier.own_training import (
    own_child,
    own_normalized,
    own_progress,
    own_training,
    own_warm_up,
)
from tests.bench.classifier.recordings import KINDS, LENGTH, write_dataset
from tests.bench.classifier.report import print_rates, print_scaling, print_training
from tests.bench.sitting import Figures, sitting, teller
from tests.interop.encoder import write_encoder

BATCH = 16  # decoded pictures that both are given at once

console = Console(highlight=False, soft_wrap=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.classifier", description=__doc__)
    parser.add_argument("--datasets", nargs="*", default=list(KINDS), choices=list(KINDS))
    parser.add_argument(
        "--labelled", type=Path, nargs="*", default=[],
        help="folders of labelled v3.0 recordings with a gripper camera of 128x128, measured, too",
    )  # fmt: skip
    parser.add_argument("--sets", type=int, default=1, help="of each dataset, other episodes each")
    parser.add_argument("--train", type=int, default=10, help="episodes to train on")
    parser.add_argument("--test", type=int, default=10, help="episodes to judge by")
    parser.add_argument("--length", type=int, default=LENGTH, help="frames of each episode")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1000, 1, 2])
    parser.add_argument("--repetitions", type=int, default=3, help="of prediction")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10**3, 10**4, 10**5])
    parser.add_argument("--lerobot", type=Path, help="python of an environment with LeRobot")
    parser.add_argument(
        "--lerobot-limit", type=float, default=600, help="seconds of each training of LeRobot"
    )
    parser.add_argument("--lerobot-seeds", type=int, nargs="*", default=[1000])
    parser.add_argument("--lerobot-save-freq", type=int, default=100)
    parser.add_argument("--work", type=Path, help="folder for data; needs 2 GB, 17 for 10^6 frames")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    parser.add_argument("--quiet", action="store_true", help="do not say what is measured")
    return parser.parse_args()


def main() -> None:
    chosen = arguments()
    say = teller(console, quiet=chosen.quiet)
    with sitting(chosen, console) as (work, figures):
        episodes = f"{chosen.train} episodes of {chosen.length} frames"
        figures["extent"] = f"{episodes}, {chosen.test} to judge by"
        measure_all(chosen, work, say, figures)


def measure_all(
    chosen: argparse.Namespace, work: Path, say: Callable[[str], None], figures: Figures
) -> None:
    """Measure and print part by part; what is measured goes into `figures` at once."""
    encoder = write_encoder(work / "encoder" / "resnet10")
    roots = _datasets(chosen, work, say)
    lerobot = chosen.lerobot and LeRobot(
        chosen.lerobot.absolute(),
        chosen.lerobot_limit,
        chosen.lerobot_save_freq,
    )
    say("Warming up")
    first = next(iter(roots.values()))
    own_warm_up(first, encoder, work)
    if lerobot:
        lerobot_warm_up(lerobot, first, encoder, work)
    own = figures["labeler-train"] = {name: [] for name in roots}
    progress = figures["labeler-train by checkpoint"] = {name: [] for name in roots}
    normalized = figures["labeler-train for 0.3"] = {name: [] for name in roots}
    other = figures["lerobot-train"] = {name: [] for name in roots} if lerobot else {}
    for name, root in roots.items():
        for seed in chosen.seeds:
            say(f"labeler-train on {name}, seed {seed}")
            of_run = root, encoder, work, chosen.train, chosen.test, seed
            own[name].append(own_training(*of_run))
            progress[name].append(own_progress(*of_run))
            if lerobot:  # to be compared with LeRobot's, which is judged with such pixels
                normalized[name].append(own_normalized(*of_run))
        for seed in chosen.lerobot_seeds if lerobot else ():
            say(f"lerobot-train on {name}, seed {seed}, up to {lerobot.limit:.0f} s")
            run = lerobot_training(lerobot, root, encoder, work, chosen.train, chosen.test, seed)
            other[name].append(run)
    print_training(console, own, progress, normalized, other)
    if chosen.datasets and chosen.repetitions:
        _measure_prediction(chosen, work, say, figures, lerobot)
    if chosen.datasets:
        _measure_sizes(chosen, work, encoder, say, figures)


def _datasets(
    chosen: argparse.Namespace, work: Path, say: Callable[[str], None]
) -> dict[str, Path]:
    """The datasets, written; a second one of a kind has the number 2 behind its name."""
    roots, episodes = {}, chosen.train + chosen.test
    for kind in chosen.datasets:
        for number in range(chosen.sets):
            name = f"{kind}-{number + 1}" if number else kind
            say(f"Writing {name}")
            roots[name] = work / name
            write_dataset(kind, roots[name], episodes, chosen.length, number * episodes)
    return roots | {root.name: root.absolute() for root in chosen.labelled}


def _measure_prediction(
    chosen: argparse.Namespace,
    work: Path,
    say: Callable[[str], None],
    figures: Figures,
    lerobot: LeRobot | None,
) -> None:
    name = chosen.datasets[0]
    root, out = work / name, work / f"own-{name}-{chosen.seeds[0]}"
    checkpoint = out / "checkpoints" / "refit" / "pretrained_model"
    pictures = work / "pictures.npy"
    found, theirs = figures["prediction"], figures["prediction of LeRobot"] = [], []
    for repetition in range(chosen.repetitions):
        say(f"Prediction, {repetition + 1} of {chosen.repetitions}")
        found.append(own_child("rates", root, checkpoint, pictures, BATCH))
        if lerobot is not None:
            theirs.append(lerobot_prediction(lerobot, work, checkpoint, pictures, BATCH))
    whole = sorted(run["whole"] for run in figures["labeler-train"][name])
    frames = chosen.train * chosen.length
    print_rates(console, found, theirs, frames, whole[len(whole) // 2])


def _measure_sizes(
    chosen: argparse.Namespace,
    work: Path,
    encoder: Path,
    say: Callable[[str], None],
    figures: Figures,
) -> None:
    sizes = figures["sizes"] = {}
    for frames in chosen.sizes:
        say(f"Training on {frames:,} frames whose features are drawn")
        place = work / f"features-{frames}"
        root = work / chosen.datasets[0]
        sizes[frames] = own_child("scaling", root, encoder, place, frames // chosen.length)
        shutil.rmtree(place)
    if sizes:
        print_scaling(console, sizes)


if __name__ == "__main__":
    main()
