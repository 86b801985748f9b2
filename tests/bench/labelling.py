"""Writing labels, compared with copying the same files and with LeRobot's own tools."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.bench.processes import Samples, measure, measure_command, measure_lerobot
from tests.bench.synthetic import FRAMES

Say = Callable[[str], None]
COPIES = ("copy", "durable_copy", "digested_copy")
"""What labelling is compared with: tasks of `child.py`."""


@dataclass(frozen=True)
class LeRobot:
    """An interpreter with LeRobot, how long it may take, and how often it is measured."""

    python: Path
    limit: float
    repetitions: int


def measure_labelling(
    work: Path, sizes: Sequence[int], repetitions: int, lerobot: LeRobot | None, say: Say
) -> Iterator[tuple[int, Samples]]:
    """Samples per number of frames, as they come."""
    for frames in sizes:
        say(f"Writing a recording of {frames:,} frames")
        place = work / f"labelling-{frames}"
        root = place / "recording"
        measure("synthesize", "write_v3", root, str(frames // FRAMES))
        samples = _of_recording(root, repetitions, say)
        if lerobot is not None and not _measure_lerobot(root, frames, lerobot, samples, say):
            lerobot = None  # what is larger would take longer still
        shutil.rmtree(place)
        yield frames, samples


def _of_recording(root: Path, repetitions: int, say: Say) -> Samples:
    samples = Samples()
    labels = [_cutoffs(root, seed) for seed in range(3)]
    target, plain = root.with_name("labelled"), root.with_name("plain")
    for repetition in range(repetitions):
        say(f"Labelling, {repetition + 1} of {repetitions}")
        shutil.rmtree(target, ignore_errors=True)
        for task in COPIES:
            samples.add(measure(task, root, plain))
            shutil.rmtree(plain)
        samples.add(measure("apply", root, labels[0], target), "new: ")
        samples.add(measure("apply", root, labels[1], target), "in place: ")
        arguments = ("--labels", labels[2], "--out", target)
        samples.add(measure_command("apply", root, *arguments), "in place: ")
        samples.add(measure("rows", root))
        for task, arguments in (
            ("inspect", (target,)),
            ("check", (target, root)),
            ("export", (target,)),
        ):
            samples.add(measure(task, *arguments), f"{task}: ")
    samples.add(measure("same_rewards", target, labels[2]))
    if samples.least("same") != 1:
        raise AssertionError(f"{target} does not hold the labels of {labels[2]}")
    shutil.rmtree(target)
    return samples


def _cutoffs(root: Path, seed: int) -> Path:
    file = root.with_name(f"cutoffs-{seed}.json")
    measure("write_cutoffs", root, file, str(seed))
    return file


def _measure_lerobot(root: Path, frames: int, lerobot: LeRobot, samples: Samples, say: Say) -> bool:
    """LeRobot's way, once without and once with the column; False if it takes too long."""
    rewards = root.with_name("rewards.npy")
    np.save(rewards, (np.arange(frames) % FRAMES >= FRAMES // 2).astype(np.float32))
    first, second = root.with_name("lerobot-new"), root.with_name("lerobot-again")
    steps = (("new", root, first), ("in place", first, second))
    for repetition in range(lerobot.repetitions):
        for name, source, target in steps:
            say(f"LeRobot, {name}, {repetition + 1} of {lerobot.repetitions}")
            arguments = (source, rewards, target, "array")
            found = measure_lerobot(lerobot.python, root.parent, lerobot.limit, arguments)
            if found is None:
                say(f"LeRobot needs more than {lerobot.limit:.0f} s ({name})")
                return False
            samples.add(found, f"LeRobot {name}: ")
        for folder in (first, second, root.parent / "hf"):
            shutil.rmtree(folder, ignore_errors=True)
    return True
