"""Damaged recordings: the frames that exist are given, for the rest a sentence, once."""

import pyarrow as pa
import pytest

from labeler.cli.cures import hint
from labeler.errors import DamagedDatasetError
from labeler.video import FrameKey, FrameReader, FrameSupply, Missing
from labeler.video import reader as reader_module

from .conftest import LENGTHS
from .films import FPS, number_in
from .listening import Announced, idle, wait
from .recordings import CAMERA, video_path, write_recording

GRIPPER, FRONT = "observation.images.gripper", "observation.images.front"


def all_of(frames: FrameSupply, episode: int, length: int) -> list[object]:
    frames.want(episode, 0, [CAMERA])
    idle(frames)
    return [frames.get(FrameKey(episode, CAMERA, frame)) for frame in range(length)]


@pytest.mark.parametrize("name", ["av1-g2", "h264-b-g250", "h264-open", "hevc-open"])
@pytest.mark.parametrize("part", [0.4, 0.62, 0.9])
def test_a_file_that_is_cut_off(shoot, tmp_path, supply, name, part):
    content = shoot(name).path.read_bytes()
    path = video_path(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(content[: int(part * len(content))])
    dataset = write_recording(tmp_path, LENGTHS, FPS)
    frames = supply(dataset)
    with FrameReader(dataset.reopen(), CAMERA) as reader:
        for episode, length in enumerate(LENGTHS):
            for frame, picture in enumerate(all_of(frames, episode, length)):
                try:
                    expected = number_in(reader.frame(episode, frame))
                except DamagedDatasetError as error:
                    assert picture == Missing(error.message, hint(error))
                else:
                    assert number_in(reader._to_rgb(picture)) == expected
    assert frames.decode_count <= 5 * sum(LENGTHS)  # not once more for each missing frame


def test_changed_bytes_in_the_middle(shoot, tmp_path, supply):
    shot = shoot("h264-b-g250")
    content = bytearray(shot.path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400] = b"\xff" * 400
    path = video_path(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    frames = supply(write_recording(tmp_path, LENGTHS, FPS))
    pictures = [p for e, length in enumerate(LENGTHS) for p in all_of(frames, e, length)]
    assert {type(picture).__name__ for picture in pictures} == {"VideoFrame", "Missing"}


def test_a_missing_file_is_said_at_once_for_every_frame(make_recording, supply):
    heard = Announced()
    root = make_recording(cameras=(GRIPPER, FRONT), episodes_per_video_file=(1,))
    (lost,) = root.glob(f"videos/{GRIPPER}/chunk-000/file-001.mp4")
    content = lost.read_bytes()
    lost.unlink()
    frames = supply(root, heard)
    frames.want(1, 4, (GRIPPER, FRONT))
    missing = wait(frames, FrameKey(1, GRIPPER, 4))
    assert isinstance(missing, Missing)
    assert "file-001.mp4 is missing" in missing.message
    assert missing.hint
    idle(frames)
    assert all(frames.get(FrameKey(1, GRIPPER, frame)) == missing for frame in range(9))
    assert not any(isinstance(frames.get(FrameKey(1, FRONT, f)), Missing) for f in range(9))
    assert len(heard.keys) == 2
    lost.write_bytes(content)
    frames.want(0, 0, (GRIPPER,))
    frames.want(1, 4, (GRIPPER,))
    assert not isinstance(wait(frames, FrameKey(1, GRIPPER, 4)), Missing)


@pytest.mark.parametrize("content", [b"", b"garbage " * 700, b"\0\0\0\x10ftypisom\0\0\0\1"])
def test_a_file_that_is_no_video(tmp_path, supply, content):
    path = video_path(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    frames = supply(write_recording(tmp_path, [5], FPS))
    assert {type(picture) for picture in all_of(frames, 0, 5)} == {Missing}
    assert frames.decode_count == 0


def test_pictures_in_a_table_of_which_some_are_damaged(tmp_path, supply, make_recording):
    good = make_recording(kind="image", lengths=(3,))
    column = _column(good)
    cells = [column[0], {"bytes": b"no image"}, None, {"bytes": None}, column[2]]
    frames = supply(write_recording(tmp_path / "bad", [5], FPS, pictures=cells))
    found = all_of(frames, 0, 5)
    assert [isinstance(picture, Missing) for picture in found] == [False, True, True, True, False]
    assert "Frame 1 of episode 0" in found[1].message


def test_a_damaged_table(make_recording, supply):
    root = make_recording(kind="image")
    (table,) = root.glob("data/chunk-000/*.parquet")
    table.write_bytes(table.read_bytes()[:-200])
    frames = supply(root)
    frames.want(0, 3, [GRIPPER])
    assert isinstance(wait(frames, FrameKey(0, GRIPPER, 3)), Missing)
    idle(frames)


def test_a_defect_of_ours_is_said_and_ends_nothing(tmp_path, supply, monkeypatch, caplog):
    """The reader of images is planted to fail in a way that it does not foresee."""

    def planted(data):
        raise TypeError(f"{len(data)} bytes")

    monkeypatch.setattr(reader_module, "decode_image", planted)
    cells = [{"bytes": b"an image"}] * 3
    frames = supply(write_recording(tmp_path, [3], FPS, pictures=cells))
    found = all_of(frames, 0, 3)
    assert {type(picture) for picture in found} == {Missing}
    assert all("bug in this program: TypeError" in picture.message for picture in found)
    assert "Traceback" in caplog.text


def _column(root):
    (table,) = root.glob("data/chunk-000/*.parquet")
    return pa.parquet.read_table(table)[GRIPPER].to_pylist()
