"""LeRobot's own reader loads a merged dataset, and merges it further."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import MakeRecording, episode_and_frame
from tests.interop.command import labeler, snapshot
from tests.interop.conftest import LENGTHS
from tests.interop.lerobot_process import LerobotProcess
from tests.interop.releases import Release

pytestmark = pytest.mark.interop

CUTOFFS = ({"0": 3, "1": None, "2": 0, "3": 4}, {"0": None, "1": 2, "2": 0, "3": None})
NUMBERING = {"index", "episode_index", "task_index"}
LABELS = {"next.reward", "next.done"}


@pytest.fixture(params=["video", "image"])
def sources(request, lerobot: LerobotProcess, tmp_path: Path) -> list[Path]:
    """Two recordings of this release with label files."""
    roots = []
    for number, cutoffs in enumerate(CUTOFFS):
        root = tmp_path / f"recording_{number}"
        lerobot.ask("write", root=root, lengths=LENGTHS, camera=request.param, first=4 * number)
        root.with_name(f"{root.name}.json").write_text(json.dumps(cutoffs))
        roots.append(root)
    return roots


def merge(roots: list[Path], out: Path, *options: object) -> Path:
    before = [snapshot(root) for root in roots]
    labels = [word for root in roots for word in ("--labels", root.with_name(f"{root.name}.json"))]
    labeler("merge", *roots, *labels, "--out", out, *options)
    labeler("check", out)
    for root in roots:
        labeler("check", out, "--against", root)
    assert [snapshot(root) for root in roots] == before
    return out


def assert_joined(reading, parts, rewards) -> None:
    """Rows and pictures of the merged dataset are those of its sources, one after the other."""
    frames = sum(LENGTHS)
    count = len(parts)
    assert reading["episodes"] == len(LENGTHS) * count
    assert reading["frames"] == frames * count
    assert reading["values"]["index"] == list(range(frames * count))
    numbers = [e for e, n in enumerate(LENGTHS * count) for _ in range(n)]
    assert reading["values"]["episode_index"] == numbers
    assert reading["values"]["next.reward"] == rewards
    assert reading["types"]["next.reward"] == "float"
    for key, values in parts[0]["values"].items():
        if key not in NUMBERING | LABELS:
            assert reading["values"][key] == [v for part in parts for v in part["values"][key]]
        if key not in LABELS:
            assert reading["types"][key] == parts[0]["types"][key], (key, values)
    assert reading["tasks"] == [task for part in parts for task in part["tasks"]]
    assert reading["digests"]
    for key in parts[0]["digests"]:
        assert reading["digests"][key] == [d for part in parts for d in part["digests"][key]]
    assert len(reading["episode_stats"]) == len(LENGTHS) * count


def rewards_of(cutoffs) -> list[float]:
    starts = [cutoffs[str(episode)] for episode in range(len(LENGTHS))]
    return [
        float(start is not None and frame >= start)
        for start, length in zip(starts, LENGTHS, strict=True)
        for frame in range(length)
    ]


def test_two_recordings_of_a_release(
    sources: list[Path], lerobot: LerobotProcess, tmp_path: Path
) -> None:
    out = merge(sources, tmp_path / "merged")
    parts = [lerobot.ask("read", root=root) for root in sources]
    rewards = [value for cutoffs in CUTOFFS for value in rewards_of(cutoffs)]
    reading = lerobot.ask("read", root=out)
    assert_joined(reading, parts, rewards)
    assert set(reading["stats"]) == {*parts[0]["stats"], "next.reward"}
    for name, value in parts[0]["episode_stats"][0].items():
        assert set(reading["episode_stats"][0][name]) == set(value), name


def test_lerobot_merges_it_further(
    release: Release, sources: list[Path], lerobot: LerobotProcess, tmp_path: Path
) -> None:
    if not release.v3:
        pytest.skip("LeRobot 0.3.3 has no tool that merges")
    out = merge(sources, tmp_path / "merged")
    other = merge(sources[:1], tmp_path / "other")
    lerobot.ask("merge", roots=[out, other], out=tmp_path / "all")
    reading = lerobot.ask("read", root=tmp_path / "all")
    rewards = [*rewards_of(CUTOFFS[0]), *rewards_of(CUTOFFS[1]), *rewards_of(CUTOFFS[0])]
    assert reading["values"]["next.reward"] == rewards


def test_old_and_new_recordings_together(
    release: Release, lerobot: LerobotProcess, make_recording: MakeRecording, tmp_path: Path
) -> None:
    """v2.1 and v3.0 become v3.0; with v2.0, which no reader has statistics of, v2.1."""
    versions = ("v2.1", "v3.0") if release.v3 else ("v2.0", "v2.1")
    roots = [
        make_recording(version, LENGTHS, name=f"recording_{n}", seed=100 * n, codec="av1")
        for n, version in enumerate(versions)
    ]
    for root, cutoffs in zip(roots, CUTOFFS, strict=True):
        root.with_name(f"{root.name}.json").write_text(json.dumps(cutoffs))
    out = merge(roots, tmp_path / "merged", "--done")
    frames = tmp_path / "frames.npz"
    reading = lerobot.ask("read", root=out, frames=frames)
    assert reading["values"]["next.reward"] == [
        value for cutoffs in CUTOFFS for value in rewards_of(cutoffs)
    ]
    with np.load(frames) as found:
        shown = [episode_and_frame(picture) for picture in found["observation.images.gripper"]]
    assert shown == [
        (100 * number + episode, frame)
        for number in range(2)
        for episode, length in enumerate(LENGTHS)
        for frame in range(length)
    ]


def test_cameras_get_one_key(sources: list[Path], lerobot: LerobotProcess, tmp_path: Path) -> None:
    """LeRobot reads the images and statistics of all sources under the new key alone."""
    parts = [lerobot.ask("read", root=root) for root in sources]
    old, new = next(iter(parts[0]["digests"])), "observation.images.renamed"
    out = merge(sources, tmp_path / "merged", "--rename-camera", f"{old}={new}")
    reading = lerobot.ask("read", root=out)
    assert old not in json.dumps(reading)
    back = json.loads(json.dumps(reading).replace(f'"{new}"', f'"{old}"'))
    rewards = [value for cutoffs in CUTOFFS for value in rewards_of(cutoffs)]
    assert_joined(back, parts, rewards)
    assert back["features"][old] == parts[0]["features"][old]
    own = [stats[old] for part in parts for stats in part["episode_stats"]]
    for now, then in zip(back["episode_stats"], own, strict=True):
        assert now[old] == then
