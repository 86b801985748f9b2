"""What the exported rule adds to LeRobot's own time for a frame on the robot, in percent.

    python -m tests.bench.robot_rule [--rounds 400]

A checkpoint on a ResNet10 of random weights, one camera of 128 x 128 pixels, a rule with hold,
release and gate; LeRobot's own processing (its pipeline, in 0.3.3 its wrapper) and the same with
the rule take the same frames in turn, in one process of each release that `scripts/interop` built.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from labeler.decision import Rule, robot_rule_text
from labeler.resource import resource
from tests.interop.encoder import write_encoder
from tests.interop.lerobot_process import LerobotProcess
from tests.interop.releases import RELEASES, Release
from tests.interop.test_robot_rule import FPS, GATE, a_checkpoint, frames

Times = Sequence[Sequence[float]]
_WARM = 5  # frames that are not counted


def times_of(release: Release, process: LerobotProcess, folder: Path, rounds: int) -> list[Times]:
    """Seconds [whole, network] of frames, without the rule and with it."""
    encoder = write_encoder(folder / "resnet10")
    a_checkpoint(folder / "pretrained_model", encoder, release)
    place, _ = frames(folder)
    file, rule = folder / "reward_rule.json", Rule(hold=0.3, release=0.3, gates=(GATE,))
    file.write_text(robot_rule_text(rule, {GATE.source: 1}), encoding="utf-8")
    found: list[Times] = process.ask(
        "time_of_rule", checkpoint=folder / "pretrained_model", frames=place, rounds=rounds,
        step=resource("robot/reward_rule.py"), rule=file, fps=FPS,
    )  # fmt: skip
    return found


def share_added(plain: Times, ruled: Times) -> tuple[float, float, float]:
    """What is added outside the network, as a share of LeRobot's frame: median, 5% and 95%.

    The quantiles are those of the median, drawn again from the frames.
    """
    own, with_rule = (np.array(times)[_WARM:] for times in (plain, ruled))
    added = (with_rule[:, 0] - with_rule[:, 1]) - (own[:, 0] - own[:, 1])
    drawn = np.random.default_rng(0).integers(0, len(added), (1000, len(added)))
    medians = np.median(added[drawn], axis=1) / np.median(own[:, 0])
    low, high = np.quantile(medians, (0.05, 0.95))
    return float(np.median(added) / np.median(own[:, 0])), float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.robot_rule", description=__doc__)
    parser.add_argument("--rounds", type=int, default=400, help="frames, each taken twice")
    chosen = parser.parse_args()
    for release in RELEASES:
        if release.missing():
            print(f"{release.name}: {release.missing()}")
            continue
        with TemporaryDirectory() as folder, LerobotProcess(release, Path(folder)) as process:
            middle, low, high = share_added(
                *times_of(release, process, Path(folder), chosen.rounds)
            )
        print(f"{release.name}: {middle:+.2%} ({low:+.2%} to {high:+.2%})", flush=True)


if __name__ == "__main__":
    main()
