"""What is whole of a damaged recording becomes a copy that LeRobot reads from end to end."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.interop.command import labeler, snapshot
from tests.interop.lerobot_process import LerobotProcess
from tests.interop.releases import HERE, Release

pytestmark = pytest.mark.interop

LENGTHS = (6, 5, 7, 4)
NUMBERING = {"index", "episode_index", "frame_index", "timestamp", "task_index"}


def split_intact(root: Path, copy: Path) -> Path:
    """The recording must not change."""
    before = snapshot(root)
    labeler("split", root, "--intact", "--out", copy)
    labeler("check", copy, "--against", root)
    assert snapshot(root) == before
    return copy


def assert_holds(reading, whole, kept, lengths=LENGTHS) -> None:
    """A reading of a copy is that of episodes `kept` of the whole recording."""
    firsts = [sum(lengths[:episode]) for episode in range(len(lengths))]
    rows = [firsts[episode] + frame for episode in kept for frame in range(lengths[episode])]
    assert reading["episodes"] == len(kept)
    assert reading["values"]["index"] == list(range(len(rows)))
    assert set(reading["values"]) == set(whole["values"])
    for key, values in whole["values"].items():
        if key not in NUMBERING:
            assert reading["values"][key] == [values[row] for row in rows], key
    assert reading["tasks"] == [whole["tasks"][row] for row in rows]
    assert set(reading["digests"]) == set(whole["digests"]) != set()
    for key, digests in whole["digests"].items():
        assert reading["digests"][key] == [digests[row] for row in rows], key


@pytest.mark.parametrize("reward", [False, True], ids=["unlabelled", "with rewards"])
def test_a_recording_of_which_files_are_missing(
    release: Release, lerobot: LerobotProcess, tmp_path: Path, reward: bool
) -> None:
    """Without labels, the copy has the columns of the recording and no others."""
    root = tmp_path / "recording"
    small = {"file_limit": 0.001} if release.v3 else {}
    lerobot.ask("write", root=root, lengths=LENGTHS, reward=reward, **small)
    whole = lerobot.ask("read", root=root)
    assert ("next.reward" in whole["values"]) is reward
    data, videos = sorted(root.glob("data/*/*.parquet")), sorted(root.rglob("*.mp4"))
    assert len(data) == len(videos) == len(LENGTHS)
    data[1].unlink()
    videos[3].write_bytes(videos[3].read_bytes()[:-200])
    reading = lerobot.ask("read", root=split_intact(root, tmp_path / "copy"))
    assert_holds(reading, whole, (0, 2))


def killed(release: Release, root: Path, moment: str, call: int, **more: object) -> None:
    """Record until LeRobot's own recorder is killed as a method is called."""
    options = {"lengths": LENGTHS, **more, "moment": moment, "call": call}
    done = subprocess.run(
        [release.python, "crash_recorder.py", root, json.dumps(options)],
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == -9, done.stderr


IN_THE_THIRD = [("add_frame", 15), ("meta.save_episode", 3)]
"""In the midst of its frames, and when its rows and videos are written but not yet listed."""


@pytest.mark.parametrize(("moment", "call"), IN_THE_THIRD)
def test_a_recorder_that_was_killed(
    release: Release, lerobot: LerobotProcess, tmp_path: Path, moment: str, call: int
) -> None:
    """LeRobot 0.3.3 lists each episode as it ends; later releases keep the list in memory."""
    root = tmp_path / "recording"
    killed(release, root, moment, call)
    lerobot.ask("write", root=tmp_path / "whole", lengths=LENGTHS)
    whole = lerobot.ask("read", root=tmp_path / "whole")
    if release.v3:
        assert "when a recording is closed" in " ".join(labeler("inspect", root, code=3).split())
        kept = (0, 1, 2) if moment == "meta.save_episode" else (0, 1)
        assert_holds(lerobot.ask("read", root=rescued(root, tmp_path / "copy")), whole, kept)
        return
    said = labeler("inspect", root)
    stray = "episode_000002.parquet belongs to no episode"
    assert (stray in said) == (moment == "meta.save_episode")
    assert_holds(lerobot.ask("read", root=split_intact(root, tmp_path / "copy")), whole, (0, 1))


def rescued(root: Path, place: Path) -> Path:
    """What is whole of a recording that was not closed; the recording must not change."""
    before = snapshot(root)
    labeler("split", root, "--intact", "--out", place)
    assert snapshot(root) == before
    labeler("inspect", place)  # exit code 0
    return place


@pytest.mark.parametrize(
    "options",
    [
        {"camera": "image", "reward": True, "lengths": LENGTHS},
        {"cameras": 2, "file_limit": 0.001, "lengths": LENGTHS},
        {"lengths": (2,) * 12},
    ],
    ids=["images in the rows", "a file for each episode", "a list that was begun"],
)
def test_a_recorder_that_was_killed_before_it_closed_the_recording(
    release: Release, lerobot: LerobotProcess, tmp_path: Path, options: dict[str, object]
) -> None:
    """Nothing is lost, be the images in MP4s or in the rows, and the list begun or not."""
    if not release.v3:
        pytest.skip("LeRobot 0.3.3 closes nothing")
    root, lengths = tmp_path / "recording", options["lengths"]
    killed(release, root, "finalize", 1, **options)
    lerobot.ask("write", root=tmp_path / "whole", **options)
    whole = lerobot.ask("read", root=tmp_path / "whole")
    copy = rescued(root, tmp_path / "copy")
    assert_holds(lerobot.ask("read", root=copy), whole, range(len(lengths)), lengths)
