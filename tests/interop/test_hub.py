"""A complete copy makes LeRobot ask the Hub nothing; an incomplete one loses its labels to it.

The loopback Hub holds an older recording under the same `repo_id`: more episodes, no labels.
"""

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.interop.command import labeler
from tests.interop.conftest import Recording
from tests.interop.expectation import Expectation, Labels, assert_reads_as
from tests.interop.hub import LoopbackHub
from tests.interop.lerobot_process import LerobotError, LerobotProcess
from tests.interop.releases import Release

pytestmark = pytest.mark.interop

LABELS = Labels({0: [(3, 8)], 1: [(1, 5)], 2: [], 3: [(0, 6)]})
OLDER = (9, 9, 9, 9, 9, 9, 9)


@pytest.fixture(scope="session", params=["video", "image-reward"])
def guarded(
    request: pytest.FixtureRequest,
    release: Release,
    lerobot: LerobotProcess,
    hub: LoopbackHub,
    make_recording_of: Callable[[str], Recording],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[str, Path, Recording]:
    """`repo_id` that the Hub knows too, a copy with labels, and its recording."""
    recording = make_recording_of(request.param)
    folder = tmp_path_factory.mktemp("guarded")
    repo_id = f"someone/{request.param}-{release.name}"
    camera = request.param.split("-")[0]
    lerobot.ask("write", root=folder / "older", lengths=OLDER, camera=camera)
    hub.repositories[repo_id] = folder / "older"
    copy, file = folder / "pick_lift_labeled", LABELS.save(folder / "labels.json")
    labeler("apply", recording.root, "--labels", file, "--out", copy)
    return repo_id, copy, recording


def test_a_complete_copy_asks_nothing(
    guarded: tuple[str, Path, Recording], lerobot_online: LerobotProcess, hub: LoopbackHub
) -> None:
    repo_id, copy, recording = guarded
    hub.requests.clear()
    reading = lerobot_online.ask("read", root=copy, repo_id=repo_id)
    assert hub.requests == []
    assert_reads_as(reading, Expectation.whole(recording, LABELS))


def remove_a_video(copy: Path) -> None:
    sorted(copy.rglob("*.mp4"))[0].unlink()


def remove_a_table(copy: Path) -> None:
    sorted((copy / "data").rglob("*.parquet"))[0].unlink()


def remove_the_tasks(copy: Path) -> None:
    next((copy / "meta").glob("tasks.*")).unlink()


def overstate_the_episodes(copy: Path) -> None:
    path = copy / "meta" / "info.json"
    info = json.loads(path.read_text())
    path.write_text(json.dumps(info | {"total_episodes": info["total_episodes"] + 1}))


@pytest.mark.parametrize(
    "damage", [remove_a_video, remove_a_table, remove_the_tasks, overstate_the_episodes]
)
def test_an_incomplete_copy_is_overwritten(
    guarded: tuple[str, Path, Recording],
    lerobot_online: LerobotProcess,
    hub: LoopbackHub,
    tmp_path: Path,
    damage: Callable[[Path], None],
) -> None:
    """What the test above guards against, and what `labeler check` must therefore report."""
    repo_id, copy, recording = guarded
    if damage is remove_a_video and not recording.kind.startswith("video"):
        pytest.skip("has no videos")
    damaged = tmp_path / "damaged"
    shutil.copytree(copy, damaged)
    damage(damaged)
    labeler("check", damaged, code=6)
    hub.requests.clear()
    with suppress(LerobotError):  # it may choke on the mixture; the files are lost by then
        lerobot_online.ask("read", root=damaged, repo_id=repo_id)
    assert any("resolve" in request for request in hub.requests)
    info = json.loads((damaged / "meta" / "info.json").read_text())
    assert info["total_episodes"] == len(OLDER)
    assert "next.reward" not in info["features"]


def test_offline_an_incomplete_copy_keeps_its_labels(
    guarded: tuple[str, Path, Recording], lerobot: LerobotProcess, tmp_path: Path
) -> None:
    repo_id, copy, _ = guarded
    damaged = tmp_path / "damaged"
    shutil.copytree(copy, damaged)
    overstate_the_episodes(damaged)
    with pytest.raises(LerobotError, match=r"(?i)offline"):
        lerobot.ask("read", root=damaged, repo_id=repo_id)
    assert "next.reward" in json.loads((damaged / "meta" / "info.json").read_text())["features"]
