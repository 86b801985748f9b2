"""LeRobot's own reader sees our labels, and nothing but our labels changed."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.interop.command import labeler, snapshot
from tests.interop.conftest import Recording
from tests.interop.expectation import (
    Expectation,
    Labels,
    assert_reads_as,
    assert_statistics,
)
from tests.interop.lerobot_process import LerobotProcess

pytestmark = pytest.mark.interop

ALL_DECIDED = Labels({0: [(3, 8)], 1: [(1, 2), (3, 5)], 2: [], 3: [(0, 6)]})
OTHERS_OF_TWO = Labels({1: [(1, 2)], 3: []})
OTHERS = Labels({0: [(7, 8)], 1: [], 2: [(0, 1)], 3: [(2, 4)]})


def apply(recording: Recording, labels: Labels, folder: Path, *options: object) -> Path:
    """Write a copy and check it against the recording; the recording must not change."""
    before, copy = snapshot(recording.root), folder / "pick_lift_labeled"
    file = labels.save(folder / "labels.json")
    labeler("apply", recording.root, "--labels", file, "--out", copy, *options)
    labeler("check", copy, "--against", recording.root)
    assert snapshot(recording.root) == before
    return copy


def test_labels_arrive(recording: Recording, lerobot: LerobotProcess, tmp_path: Path) -> None:
    copy = apply(recording, ALL_DECIDED, tmp_path)
    before = snapshot(copy)
    reading = lerobot.ask("read", root=copy)
    assert_reads_as(reading, Expectation.whole(recording, ALL_DECIDED))
    source = recording.reading["values"]
    assert reading["values"]["timestamp"] == source["timestamp"]
    assert reading["values"].get("next.done") == source.get("next.done")
    assert "next.success" not in reading["values"]
    assert_other_statistics_stay(reading, recording.reading)
    assert snapshot(copy) == before


def assert_other_statistics_stay(reading: dict[str, Any], source: dict[str, Any]) -> None:
    """Statistics of columns that are not ours are the recording's, number by number."""
    pairs = zip(reading["episode_stats"], source["episode_stats"], strict=True)
    for now, then in [(reading["stats"], source["stats"]), *pairs]:
        assert {**now, "next.reward": None} == {**then, "next.reward": None}


def test_cameras_get_other_keys(
    recording: Recording, lerobot: LerobotProcess, tmp_path: Path
) -> None:
    """LeRobot reads the same images and statistics under the new key, and nothing under the old."""
    old, new = next(iter(recording.reading["digests"])), "observation.images.renamed"
    for labels, undecided in ((ALL_DECIDED, "refuse"), (OTHERS_OF_TWO, "drop")):
        folder = tmp_path / undecided
        folder.mkdir()
        rename = ("--rename-camera", f"{old}={new}", "--unlabeled", undecided)
        reading = lerobot.ask("read", root=apply(recording, labels, folder, *rename))
        assert old not in json.dumps(reading)
        kept = [(e, list(range(recording.lengths[e]))) for e in labels.success]
        back = json.loads(json.dumps(reading).replace(f'"{new}"', f'"{old}"'))
        assert_reads_as(back, Expectation(recording, labels, kept))
        assert back["features"][old] == recording.reading["features"][old]
        if undecided == "refuse":
            assert_other_statistics_stay(back, recording.reading)


def test_second_labels_replace_the_first(
    recording: Recording, lerobot: LerobotProcess, tmp_path: Path
) -> None:
    """The reader keeps its cache of the first labels and must notice the second."""
    copy = apply(recording, ALL_DECIDED, tmp_path)
    assert_reads_as(lerobot.ask("read", root=copy), Expectation.whole(recording, ALL_DECIDED))
    assert apply(recording, OTHERS, tmp_path) == copy
    assert_reads_as(lerobot.ask("read", root=copy), Expectation.whole(recording, OTHERS))


def test_kept_modification_times_would_hide_the_second_labels(
    make_recording_of: Callable[[str], Recording], lerobot: LerobotProcess, tmp_path: Path
) -> None:
    """Why the test above can fail: the reader's cache goes by path and modification time."""
    recording = make_recording_of("video")
    copy = apply(recording, ALL_DECIDED, tmp_path)
    tables = sorted((copy / "data").rglob("*.parquet"))
    times = {path: path.stat().st_mtime_ns for path in tables}
    first = lerobot.ask("read", root=copy)["values"]["next.reward"]
    apply(recording, OTHERS, tmp_path)
    for path, time in times.items():
        os.utime(path, ns=(time, time))
    assert lerobot.ask("read", root=copy)["values"]["next.reward"] == first


def test_unlabeled_as_failure(
    recording: Recording, lerobot: LerobotProcess, tmp_path: Path
) -> None:
    labels = Labels({0: [(3, 8)], 3: [(2, 6)]})
    copy = apply(recording, labels, tmp_path, "--unlabeled", "zero")
    assert_reads_as(lerobot.ask("read", root=copy), Expectation.whole(recording, labels))


@pytest.mark.parametrize("labeled", [(0, 2, 3), (1, 3), (2,)], ids=str)
def test_unlabeled_dropped(
    either_camera: Recording, lerobot: LerobotProcess, tmp_path: Path, labeled: tuple[int, ...]
) -> None:
    labels = Labels({episode: ALL_DECIDED.success[episode] for episode in labeled})
    copy = apply(either_camera, labels, tmp_path, "--unlabeled", "drop")
    kept = [(e, list(range(either_camera.lengths[e]))) for e in labeled]
    reading = lerobot.ask("read", root=copy)
    assert_reads_as(reading, Expectation(either_camera, labels, kept))
    assert_statistics(reading, "frame_index", [[float(i) for i in frames] for _, frames in kept])


@pytest.mark.parametrize(
    "excluded",
    [{0: [7], 3: [4, 5]}, {0: [0, 1], 3: [0]}, {0: [0, 7], 1: [4]}],
    ids=["tail", "head", "both"],
)
def test_trimmed(
    either_camera: Recording,
    lerobot: LerobotProcess,
    tmp_path: Path,
    excluded: dict[int, list[int]],
) -> None:
    labels = Labels(ALL_DECIDED.success, excluded)
    copy = apply(either_camera, labels, tmp_path, "--trim")
    kept = [
        (e, [frame for frame in range(n) if frame not in excluded.get(e, [])])
        for e, n in enumerate(either_camera.lengths)
    ]
    assert_reads_as(lerobot.ask("read", root=copy), Expectation(either_camera, labels, kept))


def test_excluded_frames_stay_as_failures(
    either_camera: Recording, lerobot: LerobotProcess, tmp_path: Path
) -> None:
    labels = Labels(ALL_DECIDED.success, {0: [0, 7], 3: [2, 3]})
    copy = apply(either_camera, labels, tmp_path)
    assert_reads_as(lerobot.ask("read", root=copy), Expectation.whole(either_camera, labels))


def test_done_and_success_columns(
    recording: Recording, lerobot: LerobotProcess, tmp_path: Path
) -> None:
    copy = apply(recording, ALL_DECIDED, tmp_path, "--done", "--success-column")
    reading, expected = lerobot.ask("read", root=copy), Expectation.whole(recording, ALL_DECIDED)
    assert_reads_as(reading, expected)
    for key, column in {
        "next.done": expected.done,
        "next.success": [reward == 1 for reward in expected.rewards],
    }.items():
        assert reading["features"][key] == {"dtype": "bool", "shape": [1]}
        assert reading["types"][key] == "bool"
        assert reading["values"][key] == column
        values = iter(column)
        per_episode = [[float(next(values)) for _ in frames] for _, frames in expected.kept]
        assert_statistics(reading, key, per_episode)
