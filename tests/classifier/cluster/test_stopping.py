"""A whole training on a cluster whose scheduler is killed, or that is told to stop midway."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="the extra dask is not installed")

from tests.classifier.cluster.nodes import Nodes
from tests.classifier.conftest import GRIPPER
from tests.classifier.runs import arguments, go_on, halted, later_half, numbers, run, small

EPISODES = 60


SOME_ARE_ENCODED = '"event": "encoding", "done": [1-9]'


def kill_scheduler(nodes: Nodes, running: subprocess.Popen[str]) -> tuple[str, str]:
    nodes.scheduler.kill()
    nodes.scheduler.wait()
    return go_on(running)


def press_ctrl_c(nodes: Nodes, running: subprocess.Popen[str]) -> tuple[str, str]:
    return go_on(running, signal.SIGINT)


@pytest.mark.parametrize(
    ("end", "code", "sentence"),
    [
        (kill_scheduler, 9, "The connection to the scheduler at"),
        (press_ctrl_c, 130, "Stopped before training began; encoded frames are kept"),
    ],
)
def test_a_run_that_ended_midway_goes_on_from_the_cache(
    make_recording,
    tmp_path,
    cache,
    end: Callable[[Nodes, subprocess.Popen[str]], tuple[str, str]],
    code: int,
    sentence: str,
) -> None:
    root = make_recording(
        lengths=(12,) * EPISODES, size=(48, 64), cameras=(GRIPPER,), reward=later_half,
        episodes_per_video_file=(1,),
    )  # fmt: skip
    config = small(root, tmp_path / "run", train__views=0)
    (tmp_path / "nodes").mkdir()
    nodes = Nodes(tmp_path / "nodes")
    try:
        nodes.start_worker()
        given = (*arguments(config), "--on", nodes.file, "--events=-")
        with halted(SOME_ARE_ENCODED, *given) as running:
            _, err = end(nodes, running)
    finally:
        nodes.close()
    assert running.returncode == code, err
    assert sentence in err
    assert "Traceback" not in err
    kept = entries(cache)
    assert 0 < len(kept) < EPISODES

    again = run(*arguments(config), "--resume")
    assert again.returncode == 0, again.stderr
    assert len(entries(cache)) == EPISODES
    assert kept.items() <= entries(cache).items()
    assert numbers(tmp_path / "run")[1]["figures"]


def entries(cache: Path) -> dict[str, tuple[bytes, int]]:
    """Content and inode of every entry: one that was made again would have another inode."""
    return {path.name: (path.read_bytes(), path.stat().st_ino) for path in cache.glob("*/*.npy")}
