"""What LeRobot's own trainer is worth on the families.

    python -m tests.bench.families.lerobot PYTHON [FAMILY...] [--steps 300 600] [--test 20]

PYTHON is that of an environment in which LeRobot 0.6.1 trains: tests/interop/requirements-0.6.1.txt
with `lerobot[training]`. Images lie in the dataset as they are drawn (PNG), as those that the
convex recipe is measured on; encoder and episodes are the same ones, too. Told is the accuracy at
one half of the last checkpoint with so many steps: with pixels normalised as in its training, and
with the raw ones that LeRobot's step on the robot feeds it.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from labeler.storage.recording import CameraSpec
from tests.bench.classifier.lerobot_training import LeRobot, lerobot_training
from tests.bench.classifier.recordings import CAMERA, SIDE, Episode, write_episodes
from tests.bench.families.protocol import FAMILIES, JUDGED, REPORTING, TRAIN
from tests.interop.encoder import write_encoder

_LIMIT = 3600.0  # seconds after which a training has gone wrong


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.families.lerobot")
    parser.add_argument("python", type=Path, help="of an environment with LeRobot")
    parser.add_argument("families", nargs="*", help="those for reporting unless named")
    parser.add_argument("--dataset", type=int, default=0)
    parser.add_argument("--frames", type=int, default=40, help="of an episode")
    parser.add_argument("--train", type=int, default=TRAIN, help="episodes to train on")
    parser.add_argument("--test", type=int, default=20, help="episodes to judge by")
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--save-freq", type=int, default=300, help="steps between checkpoints")
    parser.add_argument("--steps", type=int, default=600)
    chosen = parser.parse_args()
    lerobot = LeRobot(chosen.python.absolute(), _LIMIT, chosen.save_freq, steps=chosen.steps)
    print("family, dataset: steps, accuracy of normalised pixels, of raw ones; seconds")
    with TemporaryDirectory() as folder:
        work = Path(folder)
        encoder = write_encoder(work / "resnet10")
        for family in chosen.families or REPORTING:
            root = work / f"{family}-{chosen.dataset}"
            camera = CameraSpec(CAMERA, SIDE, SIDE, kind="image")
            write_episodes(root, episodes(family, chosen), camera)
            asked = root, encoder, work, chosen.train, chosen.test, chosen.seed
            found = lerobot_training(lerobot, *asked)
            told = zip(
                found["steps"],
                found["accuracy"],
                found["raw accuracy"],
                found["seconds"],
                strict=True,
            )
            said = (
                f"{steps}, {own:.1%}, {raw:.1%}, {time:.0f} s" for steps, own, raw, time in told
            )
            print(f"{family}, {chosen.dataset}:", "; ".join(said), flush=True)


def episodes(family: str, chosen: argparse.Namespace) -> Iterator[Episode]:
    """Those to train on, then those to judge by."""
    for index in [*range(chosen.train), *range(JUDGED, JUDGED + chosen.test)]:
        yield FAMILIES[family](chosen.dataset, index, chosen.frames)


if __name__ == "__main__":
    main()
