"""Copies of pictures are the same pictures, in memory that is used again."""

import av
import numpy as np
import pytest

from labeler.video import RgbConverter
from labeler.video.image_pool import ImagePool

from .conftest import Shot
from .test_pixels import FORMATS, SIZES, made


@pytest.mark.parametrize("name", FORMATS)
def test_copies_have_the_same_colours(name):
    memory, convert = ImagePool(10**6), RgbConverter()
    for height, width in SIZES:
        frame = made(name, height, width)
        assert np.array_equal(convert(memory.copy(frame)), convert(frame))


def test_copies_of_decoded_pictures_are_exact_and_stay(shot: Shot):
    memory, convert = ImagePool(10**9), RgbConverter()
    with av.open(str(shot.path)) as container:
        copies = [memory.copy(frame) for frame in container.decode(video=0)]
    for copy, pixels in zip(copies, shot.truth, strict=True):
        assert np.array_equal(convert(copy), pixels)
    assert len({copy.planes[0].buffer_ptr for copy in copies}) == 100


def test_copies_keep_time_and_colour_description():
    frame = made("yuv420p", 64, 64)
    frame.pts, frame.color_range, frame.colorspace = 77, 2, 1
    copy = ImagePool(10**6).copy(frame)
    assert (copy.pts, copy.color_range, copy.colorspace) == (77, 2, 1)


@pytest.mark.parametrize("size", [(64, 64), (480, 640)])
def test_memory_of_dropped_copies_is_used_again(size):
    memory, frame = ImagePool(10**6), made("yuv420p", *size)
    places = set()
    for _ in range(300):
        copy = memory.copy(frame)
        places.add(copy.planes[0].buffer_ptr)
        del copy
    assert len(places) <= 300 * 64 * 64 / (size[0] * size[1]) + 1


def test_converted_pictures_do_not_share_memory_that_is_used_again():
    memory = ImagePool(10**6)
    light, dark = (np.full((64, 64, 3), level, np.uint8) for level in (200, 20))
    copy = memory.copy(av.VideoFrame.from_ndarray(light, format="rgb24"))
    pixels = RgbConverter()(copy)
    del copy
    others = [memory.copy(av.VideoFrame.from_ndarray(dark, format="rgb24")) for _ in range(99)]
    assert len(others) == 99
    assert (pixels == 200).all()
