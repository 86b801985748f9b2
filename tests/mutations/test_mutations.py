"""Recordings in which one thing is different, as our own reader and `inspect` see them.

What LeRobot makes of all of them is asked in tests/interop/test_differences.py.
"""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from labeler.cli.program import app
from tests.mutations import ALL, Mutation
from tests.mutations.reading import RECORDINGS, read_ourselves
from tests.mutations.verdicts import RIGHT, inspected, verdict

FILES = "v3.0-061-two-cameras-files"
HEAD = "timing: the head of an episode is cut"
WARNED = {
    "v2.1-video: episodes: lines in reverse order": "in their order",
    "v2.1-video: episodes: the last one is listed twice": "in their order",
    "v2.1-video: info.json: observation.images.gripper without names": "KeyError",
    "v3.0-061-video: info.json: v3.1, a release to come": "newer",
    "v3.0-061-video: place: a folder called run[1]": "pattern",
    "v3.0-061-video: rows: an episode is in another file than its index says": "another data file",
    f"{FILES}: rows: all files put into the first, indices as they were": "another data file",
    f"{FILES}: rows: the two files exchanged": "for 3 episodes",
    "v3.0-061-video: rows: the file is called otherwise": "rows are in data/chunk-000/x.parquet",
    "v2.1-video: place: run[1] beside run1": "pattern",
    f"v2.1-video: {HEAD}, frame_index and timestamp go on": "frame_index is not contiguous",
    f"v3.0-061-video: {HEAD}, frame_index and timestamp go on": "frame_index is not contiguous",
    "v3.0-061-video: timing: from_timestamp drifts by 0.4 ms per episode": "above 0.0008",
    "v3.0-061-video: timing: timestamps 4 to 20 ms late": "tolerance_s above 0.0",
    "v3.0-061-video: video: H.264, B-frames, no edit list": "shows its first image at 0.2",
    "v2.1-video: video: starts 0.1 s late, with an edit list": "shows its first image at 0.1",
    "v3.0-061-video: video: webm in .mp4": "no MP4 but matroska",
    "v3.0-061-video: video: libsvtav1, full range": "full range",
    "v3.0-061-video: video: libx264, BT.709": "BT.709",
    "v3.0-061-video: video: turned by a quarter in its metadata": "turned by its metadata",
    "v3.0-061-video: video: times in 1/64 s, rounded": "tolerance_s above",
}
FINE = (
    "v2.1-video: video: three frames in front, hidden by an edit list",
    "v3.0-061-video: video: fifteen frames in front, hidden by an edit list",
    "v2.1-video: episodes.jsonl: a line in Latin-1's next line character",
    "v3.0-061-video: info.json: info of a camera is null",
    "v3.0-061-video: video: fragmented as a stream is",
)


def changed(key: str, folder: Path) -> tuple[Mutation, Path]:
    mutation = ALL[key]
    root = shutil.copytree(RECORDINGS / mutation.base, folder / "recording")
    return mutation, mutation.change(root) or root


@pytest.mark.parametrize("key", [*WARNED, *FINE])
def test_it_is_read_and_what_is_odd_is_told(key: str, tmp_path: Path) -> None:
    mutation, root = changed(key, tmp_path)
    assert str(verdict(mutation, read_ourselves(root))) == RIGHT
    said = inspected(root)
    assert said.severity == ("warning" if key in WARNED else "nothing odd"), said
    assert any(WARNED.get(key, "") in sentence for sentence in ("", *said.sentences))


@pytest.mark.parametrize("key", [key for key in WARNED if ": place:" not in key])
def test_a_copy_is_made_and_shows_the_same(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    mutation, root = changed(key, tmp_path)
    labels, copy = tmp_path / "labels.json", tmp_path / "copy"
    labels.write_text(json.dumps({"0": 1, "1": 1, "2": None}))
    for arguments in (
        ("apply", root, "--labels", labels, "--out", copy),
        ("check", copy, "--against", root),
    ):
        done = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert done.exit_code == 0, done.output
    assert str(verdict(mutation, read_ourselves(copy))) == RIGHT
