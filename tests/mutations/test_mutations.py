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
    "v3.0-061-video: video: webm in .mp4": "is matroska, not MP4",
    "v3.0-061-video: video: libsvtav1, full range": "full range",
    "v3.0-061-video: video: libx264, BT.709": "BT.709",
    "v3.0-061-video: video: turned by a quarter in its metadata": "turned by its metadata",
    "v3.0-061-video: rows: frame_index is a float": "LeRobot ignores that",
    "v2.1-video: rows: frame_index is a float": "LeRobot ignores that",
    "v3.0-061-video: video: times in 1/64 s, rounded": "tolerance_s above",
}
IMAGES = {
    "images: JPEG": ("warning", "24 images of observation.images.gripper are JPEG"),
    "images: BMP": ("note", "are BMP"),
    "images: GIF": ("warning", "are GIF"),
    "images: gray": ("warning", "are gray."),
    "images: RGBA": ("warning", "are with transparency"),
    "images: with a palette": ("warning", "are with a palette"),
    "images: one is null": ("error", "1 image of observation.images.gripper is missing"),
    "images: one is empty": ("error", "is missing"),
    "images: one is cut off": ("error", "is cut off"),
    "images: paths without bytes": ("error", "24 images of observation.images.gripper are missing"),
    "images: bytes without a struct": ("nothing odd", ""),
    "images: WebP": ("nothing odd", ""),
    "images: TIFF": ("nothing odd", ""),
}
"""What is said of images that lie in parquet files of v3.0."""
FINE = (
    "v2.1-video: video: three frames in front, hidden by an edit list",
    "v3.0-061-video: video: fifteen frames in front, hidden by an edit list",
    "v2.1-video: episodes.jsonl: a line in Latin-1's next line character",
    "v3.0-061-video: info.json: info of a camera is null",
    "v3.0-061-video: video: fragmented as a stream is",
    "v3.0-061-video: episodes: length is a float",
    "v3.0-061-video: episodes: data/file_index is a float",
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


@pytest.mark.parametrize("name", IMAGES)
def test_images_in_rows_are_looked_at(name: str, tmp_path: Path) -> None:
    severity, words = IMAGES[name]
    root = changed(f"v3.0-061-image: {name}", tmp_path)[1]
    said = inspected(root)
    assert said.severity == severity, said
    assert words in " ".join(said.sentences), said


@pytest.mark.parametrize(
    "name", ["images: large binary", "images: bytes only", "images: metadata of datasets lack"]
)
def test_images_that_the_release_of_the_format_does_not_know_are_named(
    name: str, tmp_path: Path
) -> None:
    said = inspected(changed(f"v2.1-image: {name}", tmp_path)[1])
    assert any("LeRobot 0.3 needs struct<bytes" in sentence for sentence in said.sentences), said


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
