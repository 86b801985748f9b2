"""What the screen gets has the colours that the classifier gets."""

from pathlib import Path

import av
import numpy as np
import pytest

from labeler.video import BgraConverter, RgbConverter

FORMATS = (
    *("yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv420p10le", "yuva420p", "nv12"),
    *("rgb24", "rgba", "bgra", "gbrp", "gray", "gray12le", "gray16le", "rgb48le", "pal8"),
)
SIZES = ((64, 128), (66, 130), (37, 53), (480, 640), (1, 1), (8, 16), (8, 24))
TASKS = Path("/proc/self/task")


def made(name: str, height: int, width: int) -> av.VideoFrame:
    noise = np.random.default_rng(3).integers(0, 256, (height, width, 4), np.uint8)
    if name == "pal8":
        palette = noise.reshape(-1, 4)[np.arange(256) % (height * width)]
        return av.VideoFrame.from_ndarray((noise[..., 0].copy(), palette.copy()), format="pal8")
    return av.VideoFrame.from_ndarray(noise, format="rgba").reformat(format=name)


@pytest.mark.parametrize("name", FORMATS)
def test_bgra_is_rgb_the_other_way_round(name):
    to_rgb, to_bgra = RgbConverter(), BgraConverter()
    for height, width in SIZES * 2:
        frame = made(name, height, width)
        pixels = to_bgra(frame)
        assert pixels.shape == (height, width, 4)
        assert pixels.dtype == np.uint8
        assert pixels.flags.c_contiguous
        assert np.array_equal(pixels[..., 2::-1], to_rgb(frame))
        assert (pixels[..., 3] == 255).all()


@pytest.mark.parametrize("value_range", [1, 2])
@pytest.mark.parametrize("space", [1, 5, 9])
def test_range_and_colour_space_count(value_range, space):
    frame = made("yuv420p", 64, 64)
    frame.color_range, frame.colorspace = value_range, space
    assert np.array_equal(BgraConverter()(frame)[..., 2::-1], RgbConverter()(frame))


def test_the_array_is_the_callers_own():
    convert = BgraConverter()
    for name in ("yuv420p", "bgra", "rgb24"):
        frame = made(name, 64, 64)
        first = convert(frame)
        kept = first.copy()
        if first.flags.writeable:
            first[:] = 0
        assert np.array_equal(convert(frame), kept)


@pytest.mark.parametrize("name", FORMATS)
def test_rgb_is_what_pyav_and_so_lerobot_reads(name):
    convert = RgbConverter()
    for height, width in (*SIZES, (720, 1280)):
        frame = made(name, height, width)
        assert np.array_equal(convert(frame), frame.to_ndarray(format="rgb24"))


@pytest.mark.skipif(not TASKS.exists(), reason="the system does not list a process's threads")
@pytest.mark.parametrize("kind", [RgbConverter, BgraConverter])
def test_a_converter_has_no_threads_of_its_own(kind):
    frame = made("yuv420p", 720, 1280)
    before = len(list(TASKS.iterdir()))
    convert = kind()
    convert(frame)
    assert len(list(TASKS.iterdir())) <= before
