"""`labeler-train` as a real process, on a cache of features that is empty at first."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.processes import ROOT


def own_training(
    root: Path, encoder: Path, work: Path, train: int, test: int, seed: int
) -> dict[str, Any]:
    """Seconds of the whole command and of its parts, and the accuracy on the test episodes."""
    out = work / f"own-{root.name}-{seed}"
    cache = work / f"{out.name}-cache"
    command = [
        f"--dataset.root={root}",
        f"--dataset.episodes={list(range(train))}",
        f"--reward_model.model_name={encoder}",
        "--reward_model.device=cpu",
        f"--output_dir={out}",
        f"--seed={seed}",
        "--events=-",
    ]
    marks, seconds, cpu = _timed(command, cache)
    judged = own_probabilities(root, out / "checkpoints/best/pretrained_model", train, train + test)
    return {
        "whole": seconds,
        "CPU": cpu,
        "before encoding": marks["encoding"],
        "decoding and encoding": marks["encoded"] - marks["encoding"],
        "training": marks["trained"] - marks["encoded"],
        "report and end": seconds - marks["trained"],
        "accuracy": judged,
        "steps": marks["steps"],
    }


def own_probabilities(root: Path, checkpoint: Path, first: int, end: int) -> float:
    """Accuracy of a checkpoint on the episodes `first` to `end` - 1, at one half."""
    text = _child("judge", root, checkpoint, first, end)
    return float(json.loads(text)["accuracy"])


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


def _timed(arguments: list[str], cache: Path) -> tuple[dict[str, float], float, float]:
    """Seconds at which encoding began and ended, and at which training ended; wall; CPU."""
    clock = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "classifier", *arguments],
        cwd=ROOT,
        env={**os.environ, "LABELER_CACHE": str(cache), "HF_HUB_OFFLINE": "1"},
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
            marks["trained"] = now
        elif event["event"] == "finished":
            marks["steps"] = event["step"]
    told = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"labeler-train failed:\n{told[-2000:]}")
    return marks, time.perf_counter() - clock, usage.ru_utime + usage.ru_stime
