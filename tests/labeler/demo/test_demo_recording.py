"""The whole demo recording on disk."""

import json

import av
import numpy as np
import pyarrow.parquet as pq
import pytest

from labeler.demo import recording, write_demo
from labeler.demo.scene import gripper_images
from labeler.errors import RefusedError
from labeler.storage.recording import can_encode


@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
def test_the_demo_is_a_recording_without_labels(tmp_path, short_demo, version):
    done = []
    write_demo(tmp_path / "demo", version, done.append)
    info = json.loads((tmp_path / "demo/meta/info.json").read_text())
    files = sorted((tmp_path / "demo/data").rglob("*.parquet"))
    rows = [row for path in files for row in pq.read_table(path).to_pylist()]

    assert done == [0, 1]
    assert info["codebase_version"] == version
    assert (info["fps"], info["total_frames"], len(rows)) == (10, 200, 200)
    assert info["features"][recording.GRIPPER]["shape"] == [480, 640, 3]
    assert info["features"]["action"]["names"][-1] == "gripper.pos"
    assert info["features"][recording.FRONT]["info"]["video.codec"] == (
        "h264" if can_encode("h264") else "av1"
    )
    assert "next.reward" not in info["features"]
    closed = [row["observation.state"][5] for row in rows[:100]]
    assert min(closed[:30]) > max(closed[60:])


def test_the_video_shows_the_pictures_that_were_drawn(tmp_path, short_demo):
    write_demo(tmp_path / "demo", "v2.1", codec="h264")
    drawn = [p.copy() for p in gripper_images(short_demo[1].motion(), short_demo[1].look)]
    with av.open(next((tmp_path / "demo/videos").rglob("*gripper/episode_000001.mp4"))) as video:
        seen = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
    assert len(seen) == len(drawn)
    for shown, picture in zip(seen, drawn, strict=True):
        assert np.abs(shown.astype(int) - picture).mean() < 4


def test_a_folder_with_something_in_it_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(RefusedError):
        write_demo(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
