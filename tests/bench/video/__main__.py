"""Frames for the window beside LeRobot's `decode_video_frames`; one command.

    python -m tests.bench.video [--lerobot PYTHON] [--json FILE]

PYTHON is that of an environment with LeRobot 0.6.1; its backend torchcodec is measured where it
loads. Both sides show the same frames of the same files, in turns and each frame by itself. Times
depend on the machine and on what else it does; what counts are the ratios.
"""

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.bench.processes import ROOT, Samples
from tests.bench.sitting import sitting, teller
from tests.bench.video.clips import CLIPS, EPISODES, FPS, write_clip
from tests.bench.video.report import print_episodes, print_frames

console = Console(highlight=False, soft_wrap=True)
BACKENDS = ("pyav", "torchcodec")
PAUSES = {"held": 1 / 30}
"""Seconds before each step of a kind: most systems repeat a key that is held down so often."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.video", description=__doc__)
    parser.add_argument("--clips", nargs="*", default=list(CLIPS), choices=list(CLIPS))
    parser.add_argument("--length", type=int, default=300, help="frames of an episode")
    parser.add_argument("--frames", type=int, default=100, help="frames shown of each kind")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--lerobot", type=Path, help="python of an environment with LeRobot")
    parser.add_argument("--work", type=Path, help="folder for clips; needs 100 MB")
    parser.add_argument("--json", type=Path, help="write every sample to this file")
    parser.add_argument("--quiet", action="store_true", help="do not say what is measured")
    return parser.parse_args()


def main() -> None:
    chosen = arguments()
    say = teller(console, quiet=chosen.quiet)
    with sitting(chosen, console) as (work, figures):
        figures["extent"] = f"{chosen.repetitions} repetitions of {chosen.frames} frames"
        figures["samples"] = {}
        for name in chosen.clips:
            samples = measured(chosen, work, name, say)
            figures["samples"][name] = samples.values
            print_frames(console, name, samples)
            print_episodes(console, name, samples)


def measured(
    chosen: argparse.Namespace, work: Path, name: str, say: Callable[[str], None]
) -> Samples:
    """Every sample of one clip."""
    say(f"Writing {name}")
    root, plan = work / name.replace(" ", "-"), work / "plan.json"
    write_clip(root, CLIPS[name], chosen.length)
    (path,) = root.rglob("*.mp4")
    samples = Samples()
    for repetition in range(chosen.repetitions):
        say(f"{name}, {repetition + 1} of {chosen.repetitions}")
        places = _places(chosen.length, chosen.frames, repetition)
        facts = {"path": str(path), "fps": FPS, "places": places, "pauses": PAUSES}
        plan.write_text(json.dumps(facts))
        _extend(samples, _run([sys.executable, "-m", "tests.bench.video.child", root, plan]), "")
        script = Path(__file__).with_name("lerobot_decode.py")
        theirs = _run([chosen.lerobot, script, plan, *BACKENDS]) if chosen.lerobot else {}
        for backend, found in theirs.items():
            if isinstance(found, dict):
                _extend(samples, found, f"{backend}: ")
            else:
                say(f"LeRobot's {backend} does not run here: {found}")
    return samples


def _places(length: int, frames: int, seed: int) -> dict[str, list[int]]:
    """Frames of the file: random ones, and steps inside the episode in the middle."""
    total, end = EPISODES * length, 2 * length
    steps = min(frames, length - 1)
    return {
        "random": random.Random(seed).choices(range(total), k=frames),
        "forward": list(range(length, length + steps)),
        "held": list(range(length, length + steps)),
        "backward": list(range(end - 1, end - 1 - steps, -1)),
    }


def _extend(samples: Samples, found: dict[str, list[float]], prefix: str) -> None:
    for name, values in found.items():
        samples.values[prefix + name].extend(values)


def _run(command: list[Path | str]) -> dict[str, Any]:
    done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[-3:]} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
