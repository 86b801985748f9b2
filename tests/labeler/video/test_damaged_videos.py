"""A damaged video gives the right frame or a clear error; never a crash, never a wrong frame."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeler.cli.cures import hint
from labeler.errors import DamagedDatasetError, MissingFrameError
from labeler.video import FrameReader, probe
from labeler.video.container import lacking_tags

from .conftest import LENGTHS, Shot
from .films import FPS
from .recordings import CAMERA, video_path, write_recording

PLACES = [(episode, frame) for episode, length in enumerate(LENGTHS) for frame in range(length)]
ORDERED = ["av1-g2", "av1-g30", "h264-g2", "h264-b-g250", "h264-open", "hevc-open"]


def damaged(root: Path, content: bytes) -> FrameReader:
    path = video_path(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return FrameReader(write_recording(root, LENGTHS, FPS), CAMERA)


def readable(shot: Shot, reader: FrameReader, places: list[tuple[int, int]]) -> set[int]:
    """Numbers of the frames that came, each compared with the undamaged file."""
    found = set()
    for episode, frame in places:
        number = shot.number(episode, frame)
        try:
            pixels = reader.frame(episode, frame)
        except DamagedDatasetError as error:
            assert hint(error)
            if isinstance(error, MissingFrameError):
                assert f"Frame {frame} of episode {episode} ({CAMERA})" in error.message
            else:
                assert "file-000.mp4" in error.message
            continue
        assert np.array_equal(pixels, shot.truth[number])
        found.add(number)
    return found


def sequential(shot: Shot, reader: FrameReader) -> set[int]:
    """The same by reading each episode from its start up to the first error."""
    found = set()
    for episode in range(len(LENGTHS)):
        try:
            for frame, pixels in enumerate(reader.frames(episode)):
                assert np.array_equal(pixels, shot.truth[shot.number(episode, frame)])
                found.add(shot.number(episode, frame))
        except DamagedDatasetError:
            continue
    return found


@pytest.mark.parametrize("name", ORDERED)
@pytest.mark.parametrize("part", [0.4, 0.62, 0.9])
def test_the_frames_before_the_cut_are_all_there(shoot, tmp_path, name, part):
    """The index is at the head of the file; with B-frames some before the last picture go too."""
    shot = shoot(name)
    content = shot.path.read_bytes()
    with damaged(tmp_path, content[: int(part * len(content))]) as reader:
        facts = probe(video_path(tmp_path))
        assert not facts.complete
        assert 0 < facts.present < facts.frames == 100
        forward = readable(shot, reader, PLACES)
        assert forward == readable(shot, reader, PLACES[::-1])
        unbroken = [
            shot.number(episode, frame)
            for episode, length in enumerate(LENGTHS)
            for frame in range(length)
            if all(shot.number(episode, before) in forward for before in range(frame + 1))
        ]
        assert sequential(shot, reader) == set(unbroken)
    reordered = 0 if name in ("av1-g2", "av1-g30", "h264-g2") else 4
    assert set(range(facts.present - reordered)) <= forward
    assert len(forward) <= facts.present


@pytest.mark.parametrize("name", [*ORDERED, "h264-index-last", "h264-fragments"])
@settings(
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_file_cut_anywhere(shoot, tmp_path, name, data):
    shot = shoot(name)
    content = shot.path.read_bytes()
    length = data.draw(st.integers(0, len(content) - 1))
    places = data.draw(st.lists(st.sampled_from(PLACES), max_size=8))
    with damaged(tmp_path, content[:length]) as reader:
        found = readable(shot, reader, places)
        if name != "h264-index-last":
            return
        if length >= content.rindex(b"udta") + 4:  # a cut in the tags, which are last
            assert found == {shot.number(*place) for place in places}
        else:
            with pytest.raises(DamagedDatasetError):
                probe(video_path(tmp_path))


def test_a_cut_in_the_tags_behind_the_index_loses_no_frame(shoot, tmp_path):
    """libav writes its own name there, last of all."""
    shot = shoot("h264-index-last")
    content, path = shot.path.read_bytes(), video_path(tmp_path)
    tags = content.rindex(b"udta") + 4
    for length in (tags, len(content) - 9, len(content) - 1, len(content)):
        with damaged(tmp_path, content[:length]) as reader:
            assert readable(shot, reader, PLACES) == set(range(100))
            assert probe(path).complete
            assert lacking_tags(path) == len(content) - length
    path.write_bytes(content[: tags - 1])
    with pytest.raises(DamagedDatasetError, match="its index is not all there"):
        probe(path)


def test_text_in_another_encoding_does_not_matter(shoot, tmp_path):
    """Title, encoder and the like may be in whatever encoding."""
    shot = shoot("h264-g2")
    content = shot.path.read_bytes()
    place = content.index(b"Lavf")
    with damaged(tmp_path, content[:place] + b"\xff\x80\xe9\xf1" + content[place + 4 :]) as reader:
        assert readable(shot, reader, PLACES) == set(range(100))


def test_a_cut_at_every_byte_of_the_index_is_noticed(shoot, tmp_path):
    content = shoot("h264-b-g250").path.read_bytes()
    path = tmp_path / "cut.mp4"
    start = content.index(b"moov") - 4
    for length in range(start + int.from_bytes(content[start : start + 4], "big")):
        path.write_bytes(content[:length])
        with pytest.raises(DamagedDatasetError, match=r"cut\.mp4"):
            probe(path)


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_changed_bytes_never_crash(shoot, tmp_path, data):
    content = bytearray(shoot("h264-b-g250").path.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with damaged(tmp_path, bytes(content)) as reader:
        for episode, frame in ((0, 0), (3, 50), (1, 2)):
            try:
                reader.frame(episode, frame)
            except DamagedDatasetError as error:
                assert hint(error)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\0" * 5000, "is not an MP4"),
        (b"garbage " * 700, "is not an MP4"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://localhost/x.ts\n", "is not an MP4"),
        (b"ffconcat version 1.0\nfile other.mp4\n", "is not an MP4"),
        (b"\0\0\0\x10ftypisom\0\0\0\1", "is cut off"),
        (b"\0\0\0\x10ftypisom\0\0\0\1\0\0\0\x08moov", "holds no video|cannot be read"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "is not an MP4"),
    ],
)
def test_what_is_no_video_is_said_so(tmp_path, content, reason):
    path = tmp_path / "file-000.mp4"
    path.write_bytes(content)
    with pytest.raises(DamagedDatasetError, match=rf"file-000\.mp4.*({reason})") as caught:
        probe(path)
    assert hint(caught.value)


def test_what_is_not_even_a_file(tmp_path):
    with pytest.raises(DamagedDatasetError, match="is missing"):
        probe(tmp_path / "none.mp4")
    with pytest.raises(DamagedDatasetError, match="is not a file"):
        probe(tmp_path)


def test_damage_is_reported_by_errors_only(shoot, tmp_path):
    """The decoding libraries print nothing of their own."""
    content = bytearray(shoot("h264-b-g250").path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400] = b"\xff" * 400
    with damaged(tmp_path, bytes(content[: -len(content) // 4])):
        pass
    script = f"""
import sys
from labeler.dataset import open_dataset
from labeler.errors import DamagedDatasetError
from labeler.video import FrameReader
failed = 0
with FrameReader(open_dataset(sys.argv[1]), {CAMERA!r}) as reader:
    for frame in range(52):
        try:
            reader.frame(3, frame)
        except DamagedDatasetError:
            failed += 1
print("failed", failed > 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("failed True\n", "")
