"""Kills parts of a cluster while it predicts: `python -m tests.soak.cluster SEED ROUNDS`.

Each round starts a scheduler and two nodes, each a nanny with its worker, and predicts a recording
there. At a random moment a worker, a nanny, the scheduler or the command is killed. The command
has to end with the file of a local run, or with a sentence and without a file; then the next start
has to end with that file.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import psutil

from tests.classifier.cluster.nodes import Nodes
from tests.classifier.conftest import GRIPPER
from tests.classifier.runs import later_half, process, run, small, trained
from tests.conftest import recording_maker

Victim = Literal["worker", "nanny", "scheduler", "command"]
VICTIMS: tuple[Victim, ...] = ("worker", "nanny", "scheduler", "command")
_LONGEST = 6.0  # seconds from the first sign of work to the kill


def predict_and_kill(
    victim: Victim, seconds: float, given: Sequence[object], folder: Path, right: bytes
) -> str:
    """One round; says how the command ended. `right` is the file of a local run."""
    folder.mkdir()
    nodes, out = Nodes(folder), folder / "scores.parquet"
    try:
        for _ in range(2):
            nodes.start_worker(nanny=True)
        running = process("predict", *given, "--out", out, "--on", nodes.file)
        for line in running.stderr:
            if "Frames are predicted" in line:
                break
        time.sleep(seconds)
        _kill(victim, nodes, running)
        _, said = running.communicate()
        assert "Traceback" not in said, said
        if running.returncode == 0:
            assert out.read_bytes() == right
            return "went on"
        assert victim in ("scheduler", "command"), said
        assert running.returncode == (-signal.SIGKILL if victim == "command" else 9), said
        assert not out.exists()
    finally:
        _end(nodes)
    again = run("predict", *given, "--out", out)
    assert again.returncode == 0, again.stderr
    assert out.read_bytes() == right
    return "ended, and the next start made the file"


def _kill(victim: Victim, nodes: Nodes, running: subprocess.Popen[str]) -> None:
    match victim:
        case "command":
            running.kill()
        case "scheduler":
            nodes.scheduler.kill()
        case "nanny":
            nodes.workers[0].kill()  # its worker ends when it finds that out
        case "worker":
            for one in psutil.Process(nodes.workers[0].pid).children(recursive=True):
                if "resource_tracker" not in " ".join(one.cmdline()):
                    os.kill(one.pid, signal.SIGKILL)


def _end(nodes: Nodes) -> None:
    """End all processes, workers before their nannies would start them again."""
    below = [
        one
        for nanny in nodes.workers
        if nanny.poll() is None
        for one in psutil.Process(nanny.pid).children(recursive=True)
    ]
    nodes.close()
    for one in below:
        if one.is_running():
            one.kill()


def main(seed: int, rounds: int) -> None:
    """Kill something `rounds` times."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["LABELER_CACHE"] = str(folder / "cache")
        os.environ["XDG_STATE_HOME"] = os.environ["XDG_DATA_HOME"] = str(folder / "state")
        root = recording_maker(folder)(
            lengths=(12,) * 60, size=(48, 64), cameras=(GRIPPER,), reward=later_half,
            episodes_per_video_file=(1,),
        )  # fmt: skip
        trained(small(root, folder / "run", steps=4))
        given = (folder / "run", root, "--device=cpu")
        assert run("predict", *given, "--out", folder / "right.parquet").returncode == 0
        right = (folder / "right.parquet").read_bytes()
        for number in range(rounds):
            victim, seconds = VICTIMS[number % len(VICTIMS)], chance.uniform(0, _LONGEST)
            ended = predict_and_kill(victim, seconds, given, folder / f"{number}", right)
            print(f"{number}: {victim} killed after {seconds:.2f} s: {ended}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
