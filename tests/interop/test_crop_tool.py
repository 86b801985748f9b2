"""LeRobot's crop tool moves episode borders; labels from before it are not taken in silence."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.interop.command import labeler
from tests.interop.conftest import LENGTHS, Recording
from tests.interop.lerobot_process import LerobotError, LerobotProcess
from tests.interop.releases import Release

pytestmark = pytest.mark.interop

CROP = [0, 8, 48, 40]


def test_labels_from_before_the_crop_tool_are_warned_about(
    make_recording_of: Callable[[str], Recording], lerobot: LerobotProcess, tmp_path: Path
) -> None:
    recording = make_recording_of("video")
    camera = next(iter(recording.reading["digests"]))
    root = tmp_path / "cropped"
    lerobot.ask("crop_and_close", root=recording.root, out=root, camera=camera, crop_to=CROP)
    before, after = recording.reading["values"], lerobot.ask("read", root=root)["values"]
    assert after["observation.state"] == before["observation.state"], "the frames go on as before"
    first_of_next = [sum(LENGTHS[: e + 1]) for e in range(len(LENGTHS) - 1)]
    borders = [row for row in range(1, sum(LENGTHS)) if after["frame_index"][row] == 0]
    assert borders == [row + 1 for row in first_of_next], "each is the last frame of the one before"
    labels = tmp_path / "cutoffs.json"
    labels.write_text(json.dumps({"0": 3, "1": 2, "2": 0, "3": 4}))
    said = labeler("apply", root, "--labels", labels, "--out", tmp_path / "copy")
    assert "cutoffs.json: LeRobot's crop tool moves the first frame of each episode" in said
    assert "one too high from episode 1 on" in said
    assert "crop tool" not in labeler(
        "apply", recording.root, "--labels", labels, "--out", tmp_path / "whole"
    )


def test_what_the_tool_leaves_open_is_named_with_the_way_to_close_it(
    make_recording_of: Callable[[str], Recording], lerobot: LerobotProcess, release: Release
) -> None:
    recording = make_recording_of("video")
    camera = next(iter(recording.reading["digests"]))
    root = lerobot.ask("crop", root=recording.root, camera=camera, crop_to=CROP)
    if not release.v3:
        assert labeler("inspect", root)
        return
    assert "finalize() of what that returns" in labeler("inspect", root, code=3)
    with pytest.raises(LerobotError):
        lerobot.ask("read", root=root)
