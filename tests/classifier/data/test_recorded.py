"""What recorded images are like goes into the contract of a checkpoint."""

import json
from pathlib import Path

import av
import pytest

from classifier.data import recorded_images
from classifier.train.preflight import prepare
from labeler.contracts.checkpoint import RecordedImages
from labeler.dataset import open_dataset
from labeler.errors import DamagedDatasetError
from labeler.inspection import inspect_dataset
from tests.classifier.runs import LENGTHS, later_half, small

GRIPPER = "observation.images.gripper"
CROP = [0, 80, 480, 480]


def tagged(root: Path, colorspace: int, color_range: int) -> None:
    """Give every video of a recording tags of colour."""
    for path in root.rglob("*.mp4"):
        with av.open(path) as old:
            images = list(old.decode(video=0))
        with av.open(path, "w") as new:
            stream = new.add_stream("h264", rate=10)
            stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
            stream.codec_context.colorspace = colorspace
            stream.codec_context.color_range = color_range
            for image in images:
                image.pts = None
                new.mux(stream.encode(image))
            new.mux(stream.encode(None))


def test_tags_of_the_video_are_kept(make_recording) -> None:
    root = make_recording()
    with open_dataset(root) as dataset:
        plain = recorded_images(dataset, GRIPPER)
    assert plain is not None
    assert (plain.height, plain.width, plain.turned, plain.cut_before) == (64, 64, False, None)
    tagged(root, 1, 2)
    with open_dataset(root) as dataset:
        told = recorded_images(dataset, GRIPPER)
    assert told == RecordedImages(height=64, width=64, matrix="bt709", color_range="full")


def test_images_in_rows_have_a_size(make_recording) -> None:
    with open_dataset(make_recording(kind="image", size=(48, 64))) as dataset:
        assert recorded_images(dataset, GRIPPER) == RecordedImages(height=48, width=64)


def test_the_crop_of_lerobots_tool_goes_from_the_recording_to_the_contract(make_recording) -> None:
    root = make_recording(lengths=LENGTHS, reward=later_half)
    (root / "meta/crop_params.json").write_text(json.dumps({GRIPPER: CROP}, indent=4))
    with open_dataset(root) as dataset, dataset.reopen() as again:
        assert [camera.cut_before for camera in again.cameras] == [tuple(CROP)]
        oddities = inspect_dataset(dataset).oddities
    assert any("crop tool cut these images" in oddity.sentence for oddity in oddities)
    prepared = prepare(small(root))
    seen = prepared.cameras[0].recorded
    assert seen is not None and seen.cut_before == tuple(CROP)


@pytest.mark.parametrize("crop", [[0, 0, 5], [0, 0, 0, 5], "whole", [0.5, 0, 5, 5], [-1, 0, 5, 5]])
def test_crops_that_say_nothing_are_named(crop, make_recording) -> None:
    root = make_recording()
    (root / "meta/crop_params.json").write_text(json.dumps({GRIPPER: crop}))
    with pytest.raises(DamagedDatasetError, match=r"crop_params\.json gives observation"):
        open_dataset(root)
