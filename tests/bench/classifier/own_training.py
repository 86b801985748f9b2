"""`labeler-train` as a real process, on a cache of features that is empty at first."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.classifier.watching import watched
from tests.bench.processes import ROOT

_GOAL_EVERY = 1  # steps between checkpoints where time to a good one is measured
_LIMIT = 600.0  # seconds after which a training of ours has gone wrong


def own_training(
    root: Path, encoder: Path, work: Path, train: int, test: int, seed: int
) -> dict[str, Any]:
    """Seconds of the whole command and of its parts, and the accuracy on the test episodes."""
    out = work / f"own-{root.name}-{seed}"
    command = [*_arguments(root, encoder, out, train, seed), "--events=-"]
    marks, seconds, cpu = _timed(command, work / f"{out.name}-cache")
    places = [out / "checkpoints" / name / "pretrained_model" for name in ("refit", "best")]
    accuracy, held_back = own_accuracies(root, train, train + test, places)
    return {
        "whole": seconds,
        "CPU": cpu,
        "before encoding": marks["encoding"],
        "decoding and encoding": marks["encoded"] - marks["encoding"],
        "training": marks["trained"] - marks["encoded"],
        "training on all": marks["refit"] - marks["trained"],
        "report, end": seconds - marks["refit"],
        "accuracy": accuracy,
        "accuracy before training on all": held_back,
        "steps": marks["steps"],
    }


def own_warm_up(root: Path, encoder: Path, work: Path) -> None:
    """A short training, after which modules are compiled and kept."""
    given = _arguments(root, encoder, work / "own-warm-up", 4, 0)
    _timed([*given, "--events=-", "--steps=2"], work / "own-warm-up-cache")


def own_progress(
    root: Path, encoder: Path, work: Path, train: int, test: int, seed: int
) -> dict[str, Any]:
    """Seconds from the start of the process to each checkpoint, and each one's accuracy.

    As `lerobot_training` measures it. The cache of features is empty at first.
    """
    out = work / f"own-progress-{root.name}-{seed}"
    given = [*_arguments(root, encoder, out, train, seed), f"--save_freq={_GOAL_EVERY}"]
    command, environment = _command(given, work / f"{out.name}-cache")
    run = watched(command, environment, out, work / f"{out.name}.log", _LIMIT)
    accuracy = own_accuracies(root, train, train + test, run.models)
    result = {"seconds": run.seconds, "steps": run.steps, "peak bytes": run.peak}
    return {**result, "accuracy": accuracy}


def own_normalized(
    root: Path, encoder: Path, work: Path, train: int, test: int, seed: int
) -> dict[str, Any]:
    """Accuracy of a checkpoint for LeRobot 0.3, which normalises pixels inside."""
    out = work / f"own-normalized-{root.name}-{seed}"
    command = [*_arguments(root, encoder, out, train, seed), "--export-for=lerobot-0.3"]
    _timed([*command, "--events=-"], work / f"{out.name}-cache")
    place = out / "checkpoints" / "refit" / "pretrained_model"
    return {"accuracy": own_accuracies(root, train, train + test, [place])[0]}


def _arguments(root: Path, encoder: Path, out: Path, train: int, seed: int) -> list[str]:
    return [
        f"--dataset.root={root}",
        f"--dataset.episodes={list(range(train))}",
        f"--reward_model.model_name={encoder}",
        "--reward_model.device=cpu",
        f"--output_dir={out}",
        f"--seed={seed}",
    ]


def own_accuracies(root: Path, first: int, end: int, checkpoints: list[Path]) -> list[float]:
    """Accuracy of checkpoints on the episodes `first` to `end` - 1, at one half."""
    found: list[float] = own_child("judge", root, first, end, *checkpoints)["accuracy"]
    return found


def own_child(task: str, *arguments: object) -> dict[str, Any]:
    """What a task of `child.py` measured."""
    found: dict[str, Any] = json.loads(_child(task, *arguments))
    return found


def _child(task: str, *arguments: object) -> str:
    command = [sys.executable, "-m", "tests.bench.classifier.child", task, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{task} failed:\n{done.stderr[-2000:]}")
    return done.stdout.splitlines()[-1]


def _command(arguments: list[str], cache: Path) -> tuple[list[str], dict[str, str]]:
    kept = {name: value for name, value in os.environ.items() if "DONTWRITE" not in name}
    environment = {**kept, "LABELER_CACHE": str(cache), "HF_HUB_OFFLINE": "1"}
    return [sys.executable, "-m", "classifier", *arguments], environment


def _timed(arguments: list[str], cache: Path) -> tuple[dict[str, float], float, float]:
    """Seconds at which encoding began and ended, and at which each training did; wall; CPU."""
    command, environment = _command(arguments, cache)
    clock = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stderr is not None
    marks: dict[str, float] = {}
    for line in process.stdout:
        event, now = json.loads(line), time.perf_counter() - clock
        if event["event"] == "started":
            marks["encoding"] = now
        elif event["event"] == "encoding":
            marks["encoded"] = now
        elif event["event"] in ("step", "evaluation", "checkpoint"):
            marks["refit" if event.get("refit") else "trained"] = now
        elif event["event"] == "finished":
            marks["steps"] = event["step"]
    told = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"labeler-train failed:\n{told[-2000:]}")
    return marks, time.perf_counter() - clock, usage.ru_utime + usage.ru_stime
