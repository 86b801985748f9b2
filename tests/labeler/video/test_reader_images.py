"""Pictures that lie in a parquet column."""

import io
import zlib
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeler.cli.cures import hint
from labeler.errors import DamagedDatasetError, MissingFrameError
from labeler.video import FrameReader
from labeler.video.images import decode_image
from labeler.video.pixels import RgbConverter

from .films import HEIGHT, WIDTH, number_in, picture
from .recordings import CAMERA, write_recording

TYPES = {1: 0, 3: 2, 4: 6}  # channels: colour type of a PNG


def png(samples: np.ndarray) -> bytes:
    """A PNG of (height, width[, channels]) samples, 8 or 16 bits (W3C PNG, section 5)."""
    cube = samples.reshape(*samples.shape[:2], -1)
    height, width, channels = cube.shape
    bits = 8 * cube.itemsize
    lines = cube.astype(cube.dtype.newbyteorder(">")).reshape(height, -1)
    raw = b"".join(b"\0" + line.tobytes() for line in lines)
    head = np.array([width, height], ">u4").tobytes() + bytes([bits, TYPES[channels], 0, 0, 0])
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(raw)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
        for kind, data in chunks
    )


def encoded(codec: str, pixels: np.ndarray, pix_fmt: str) -> bytes:
    encoder = av.CodecContext.create(codec, "w")
    encoder.height, encoder.width = pixels.shape[:2]
    encoder.pix_fmt, encoder.time_base = pix_fmt, Fraction(1, 10)
    if codec == "mjpeg":
        encoder.color_range = 2
        encoder.options = {"qmin": "1", "qmax": "1"}
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=pix_fmt)
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


def decoded(data: bytes) -> np.ndarray:
    return RgbConverter()(decode_image(data))


def test_png_is_exact_whatever_its_channels():
    rgb = picture(77)
    alpha = np.full((HEIGHT, WIDTH, 1), 9, np.uint8)
    assert np.array_equal(decoded(png(rgb)), rgb)
    assert np.array_equal(decoded(png(np.concatenate([rgb, alpha], axis=2))), rgb)
    every = np.arange(HEIGHT * WIDTH, dtype=np.uint64).reshape(HEIGHT, WIDTH).astype(np.uint8)
    assert np.array_equal(decoded(png(every)), every[..., None].repeat(3, 2))


def test_16_bit_depth_is_kept_raw_and_shown_by_its_upper_8_bits():
    depth = (np.arange(HEIGHT * WIDTH) * 8).astype(np.uint16).reshape(HEIGHT, WIDTH)
    frame = decode_image(png(depth))
    assert np.array_equal(frame.to_ndarray(format="gray16le"), depth)
    shown = RgbConverter()(frame).astype(int)
    assert np.abs(shown - (depth >> 8)[..., None]).max() <= 1


@pytest.mark.parametrize(
    ("codec", "pix_fmt"), [("mjpeg", "yuvj420p"), ("mjpeg", "yuvj444p"), ("tiff", "rgb24")]
)
def test_other_forms_are_recognised_by_their_bytes(codec, pix_fmt):
    pixels = decoded(encoded(codec, picture(201), pix_fmt))
    assert number_in(pixels) == 201
    assert np.abs(pixels.astype(int) - picture(201)).max() <= (0 if codec == "tiff" else 10)


def test_the_converter_keeps_nothing_from_the_picture_before(shoot):
    """Formats, sizes and value ranges alternate; each result is that of a fresh conversion."""
    shared, rng = RgbConverter(), np.random.default_rng(1)
    with FrameReader(shoot("h264-g2").dataset, CAMERA) as reader:
        frames = [decode_image(png(picture(3))), decode_image(png(picture(4)[:20, :, 0]))]
        frames += [decode_image(encoded("mjpeg", picture(5), "yuvj420p")), reader.raw(0, 1)]
        for index in rng.integers(0, len(frames), 40):
            fresh = frames[index].to_ndarray(format="rgb24")
            assert np.array_equal(shared(frames[index]), fresh)


def test_frames_of_an_image_camera(tmp_path):
    lengths = (3, 1, 4)
    cells = [{"bytes": png(picture(number)), "path": None} for number in range(8)]
    dataset = write_recording(tmp_path, lengths, 10, pictures=cells)
    with FrameReader(dataset, CAMERA) as reader:
        for episode, frame, number in ((2, 3, 7), (0, 0, 0), (1, 0, 3), (0, 2, 2), (2, 0, 4)):
            assert np.array_equal(reader.frame(episode, frame), picture(number))
        assert [number_in(pixels) for pixels in reader.frames(2, 1, 4, 2)] == [5, 7]
        assert reader.raw(2, 1).format.name == "rgb24"
        for place in ((3, 0), (0, 3), (0, -1)):
            with pytest.raises(IndexError):
                reader.frame(*place)


def test_pictures_that_are_not_there_or_broken_are_named(tmp_path):
    good = png(picture(1))
    cells = [
        {"bytes": good, "path": None},
        {"bytes": good[:-30], "path": "frame.png"},
        {"bytes": None, "path": "/etc/passwd"},
        None,
        {"bytes": b"no image", "path": None},
    ]
    dataset = write_recording(tmp_path, [5], 10, pictures=cells)
    with FrameReader(dataset, CAMERA) as reader:
        assert number_in(reader.frame(0, 0)) == 1
        for frame in range(1, 5):
            with pytest.raises(MissingFrameError, match=f"Frame {frame} of episode 0"):
                reader.frame(0, frame)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_png_is_an_error_or_the_same_picture(data):
    good = png(picture(99))
    bad = bytearray(good)
    for _ in range(data.draw(st.integers(0, 3))):
        bad[data.draw(st.integers(0, len(bad) - 1))] ^= data.draw(st.integers(1, 255))
    bad = bad[: data.draw(st.sampled_from([len(bad), data.draw(st.integers(0, len(bad)))]))]
    try:
        pixels = decoded(bytes(bad))
    except DamagedDatasetError as error:
        assert hint(error)
    else:
        assert np.array_equal(pixels, picture(99))


@pytest.mark.parametrize(("codec", "pix_fmt"), [("mjpeg", "yuvj420p"), ("tiff", "rgb24")])
def test_a_cut_picture_is_an_error(codec, pix_fmt):
    good = encoded(codec, picture(99), pix_fmt)
    for length in range(0, len(good) - 1, 97):
        with pytest.raises(DamagedDatasetError):
            decoded(good[:length])


def test_pictures_as_another_library_writes_them():
    """LeRobot writes pictures with Pillow; compare where it happens to be installed."""
    image = pytest.importorskip("PIL.Image")
    for mode in ("RGB", "L", "RGBA", "P", "1"):
        source = image.fromarray(picture(55)).convert(mode)
        stored = io.BytesIO()
        source.save(stored, "PNG")
        assert np.array_equal(decoded(stored.getvalue()), np.asarray(source.convert("RGB")))
