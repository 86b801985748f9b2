"""Bytes of a video that became 0 are found, with the images that they spoil; nothing else is."""

import re
from pathlib import Path

import av
import numpy as np
import pytest

from labeler.dataset import open_dataset
from labeler.errors import DamagedDatasetError
from labeler.inspection import inspect_dataset
from labeler.inspection.wholeness import intact_episodes, lacks
from labeler.labels import DatasetLabels
from labeler.storage.copying.preparation import prepare
from labeler.storage.record.copy_record import Options
from labeler.storage.record.selection import Unlabeled
from labeler.video import zeroed as module
from labeler.video.container import open_video
from labeler.video.samples import read_samples
from labeler.video.zeroed import zeroed_images
from tests.broken.edit import video

LENGTHS = (8, 6, 9)
KEY = "observation.images.gripper"


@pytest.fixture(params=["av1", "h264"])
def root(request, make_recording) -> Path:
    return make_recording("v3.0", LENGTHS, size=(192, 192), codec=request.param, cameras=(KEY,))


def samples_of(path: Path):
    container, stream = open_video(path)
    with container:
        return read_samples(container, stream)


def spoil(path: Path, sample: int, size: int = 64, skip: int = 9) -> None:
    """Make bytes of an image 0, behind its first ones."""
    begin = int(samples_of(path).begins[sample]) + skip
    content = bytearray(path.read_bytes())
    assert begin + size <= samples_of(path).ends[sample]
    content[begin : begin + size] = bytes(size)
    path.write_bytes(content)


def test_a_whole_video_has_none(root) -> None:
    assert zeroed_images(video(root)) == []


def test_images_up_to_the_next_keyframe_are_named(root) -> None:
    path = video(root)
    samples = samples_of(path)
    sizes = samples.ends - samples.begins
    sample = int(sizes.argmax())  # a keyframe
    later = [int(key) for key in samples.keys if key > sample]
    spoil(path, sample)
    assert zeroed_images(path) == [(sample, later[0] if later else len(samples))]


def test_inspect_names_episodes_and_no_copy_is_made_of_them(root, tmp_path) -> None:
    path = video(root)
    samples = samples_of(path)
    first = int(samples.keys[samples.keys >= LENGTHS[0]][0])
    end = next((int(key) for key in samples.keys if key > first), len(samples))
    spoil(path, first)
    borders = [0, 8, 14, 23]
    hit = [e for e in range(3) if borders[e] < end and borders[e + 1] > first]
    with open_dataset(root) as dataset:
        report = inspect_dataset(dataset)
        assert not report.usable
        assert any(f"bytes of image {first} are 0" in one.sentence for one in report.oddities)
        assert sorted({lack.episode for lack in lacks(dataset, thorough=True)}) == hit
        assert lacks(dataset) == []
        assert intact_episodes(dataset) == tuple(e for e in range(3) if e not in hit)
        labels = DatasetLabels(LENGTHS)
        with pytest.raises(DamagedDatasetError, match="bytes of image"):
            prepare(dataset, labels, tmp_path / "copy", Options(unlabeled=Unlabeled.ZERO))


@pytest.mark.parametrize("block", [64, 96, 1 << 12])
def test_a_run_is_found_across_the_borders_of_blocks(tmp_path, monkeypatch, block) -> None:
    monkeypatch.setattr(module, "_BLOCK", block)
    content = bytes([1]) * 90 + bytes(63) + b"\1" + bytes(64) + b"\1" * 30 + bytes(300)
    (tmp_path / "file").write_bytes(content)
    assert list(module._zero_runs(tmp_path / "file")) == [(154, 218), (248, 548)]


@pytest.mark.parametrize("seed", range(20))
def test_the_same_runs_are_found_as_by_a_search_byte_by_byte(tmp_path, monkeypatch, seed) -> None:
    monkeypatch.setattr(module, "_BLOCK", 256)
    random = np.random.default_rng(seed)
    lengths = random.integers(1, 140, 40)
    content = b"".join(
        bytes(length) if number % 2 else bytes([1]) * (length % 7 + 1)
        for number, length in enumerate(lengths.tolist())
    )
    (tmp_path / "file").write_bytes(content)
    expected = [found.span() for found in re.finditer(rb"\0{64,}", content)]
    assert expected
    assert list(module._zero_runs(tmp_path / "file")) == expected


def test_other_codecs_may_have_zeros(tmp_path) -> None:
    path = tmp_path / "raw.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("rawvideo", rate=10)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame(32, 32, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        container.mux(stream.encode(frame))
    assert list(module._zero_runs(path))
    assert zeroed_images(path) == []
