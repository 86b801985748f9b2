"""LeRobot's own tools go on working on a labelled copy, and its labels survive them.

They change the dataset they are given, so each works on a copy of the copy.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import LENGTHS, Recording
from tests.interop.expectation import Expectation, Labels, assert_reads_as, assert_statistics
from tests.interop.lerobot_process import LerobotProcess
from tests.interop.releases import Release
from tests.interop.test_copies import ALL_DECIDED, apply

pytestmark = pytest.mark.interop

MORE = 4  # frames of the episode that is recorded afterwards; its last frame has reward 1


@pytest.fixture
def labelled(either_camera: Recording, tmp_path: Path) -> Path:
    """A copy of a labelled copy."""
    copy = apply(either_camera, ALL_DECIDED, tmp_path)
    return Path(shutil.copytree(copy, tmp_path / "worked_on"))


def needs_tools(release: Release) -> None:
    """LeRobot before 0.4 has no tools for editing a dataset."""
    if not release.v3:
        pytest.skip(f"LeRobot {release.name} has no such tool")


def test_recording_goes_on(
    labelled: Path, either_camera: Recording, lerobot: LerobotProcess
) -> None:
    lerobot.ask("record_more", root=labelled, episode=len(LENGTHS), length=MORE)
    reading = lerobot.ask("read", root=labelled)
    expected = Expectation.whole(either_camera, ALL_DECIDED)
    new = [0.0] * (MORE - 1) + [1.0]
    assert reading["episodes"] == len(LENGTHS) + 1
    assert reading["values"]["next.reward"] == [*expected.rewards, *new]
    assert_statistics(reading, "next.reward", [*expected.per_episode, new])


def test_recording_goes_on_after_drop(
    either_camera: Recording, lerobot: LerobotProcess, tmp_path: Path
) -> None:
    labels = Labels({0: [(3, 8)], 3: [(2, 6)]})
    copy = apply(either_camera, labels, tmp_path, "--unlabeled", "drop")
    worked_on = shutil.copytree(copy, tmp_path / "worked_on")
    lerobot.ask("record_more", root=worked_on, episode=1, length=MORE)
    reading = lerobot.ask("read", root=worked_on)
    assert reading["episodes"] == 3
    first = Expectation(either_camera, labels, [(e, list(range(LENGTHS[e]))) for e in (0, 3)])
    assert reading["values"]["next.reward"] == [*first.rewards, 0.0, 0.0, 0.0, 1.0]
    for key, digests in either_camera.reading["digests"].items():
        assert reading["digests"][key][:-MORE] == [digests[row] for row in first.source_rows]


def test_episodes_deleted(
    labelled: Path,
    release: Release,
    either_camera: Recording,
    lerobot: LerobotProcess,
    tmp_path: Path,
) -> None:
    needs_tools(release)
    lerobot.ask("delete_episodes", root=labelled, out=tmp_path / "deleted", episodes=[1])
    reading = lerobot.ask("read", root=tmp_path / "deleted")
    kept = [(e, list(range(LENGTHS[e]))) for e in (0, 2, 3)]
    expected = Expectation(either_camera, ALL_DECIDED, kept)
    assert reading["values"]["next.reward"] == expected.rewards
    assert reading["tasks"] == [either_camera.reading["tasks"][row] for row in expected.source_rows]
    assert_statistics(reading, "next.reward", expected.per_episode)


def test_copies_merged(
    labelled: Path,
    release: Release,
    either_camera: Recording,
    lerobot: LerobotProcess,
    tmp_path: Path,
) -> None:
    needs_tools(release)
    lerobot.ask("merge", roots=[labelled, labelled], out=tmp_path / "merged")
    reading: dict[str, Any] = lerobot.ask("read", root=tmp_path / "merged")
    expected = Expectation.whole(either_camera, ALL_DECIDED)
    assert reading["values"]["next.reward"] == expected.rewards * 2
    assert_statistics(reading, "next.reward", expected.per_episode * 2)
    for key, digests in either_camera.reading["digests"].items():
        assert reading["digests"][key] == digests * 2


def test_a_copy_of_a_copy(
    either_camera: Recording, lerobot: LerobotProcess, tmp_path: Path
) -> None:
    """A labelled copy that was recorded on is a recording like any other."""
    labels = Labels({0: [(5, 8)], 1: [], 2: [(0, 1)], 3: [(1, 3)]})
    first = apply(either_camera, ALL_DECIDED, tmp_path)
    again = Recording(first, either_camera.kind, LENGTHS, lerobot.ask("read", root=first))
    (tmp_path / "again").mkdir()
    second = apply(again, labels, tmp_path / "again")
    assert_reads_as(lerobot.ask("read", root=second), Expectation.whole(either_camera, labels))
