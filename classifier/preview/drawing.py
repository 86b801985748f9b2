"""What is recorded of a preview: the images with crop, probability, threshold, rate and trace."""

import base64
import io
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from classifier.config import CameraInput
from classifier.preview.predicting import Prediction
from classifier.preview.sources import Shot
from labeler.contracts.events import JpegImage

TRACE = 5.0
"""Seconds that the trace shows."""
_HEIGHT = 360  # pixels of the images; even, as H.264 wants it
_STRIP = 96  # pixels below, for words, bar and trace
_PAPER, _INK, _LINE = (18, 20, 24), (230, 232, 235), (120, 126, 134)
_SUCCESS, _FAILURE = (64, 192, 112), (214, 92, 80)
_MARGIN = 8


def annotate(
    shot: Shot, cameras: Sequence[CameraInput], past: Sequence[Prediction], threshold: float
) -> NDArray[np.uint8]:
    """One image of the video: RGB, uint8 (height, width, 3), both even.

    The images of all cameras side by side, each with its crop; `past` ends with this moment.
    """
    shown = [_draw_camera(shot.images[camera.key], camera) for camera in cameras]
    width = sum(image.width for image in shown)
    sheet = Image.new("RGB", (max(width + width % 2, 320), _HEIGHT + _STRIP), _PAPER)
    left = 0
    for image in shown:
        sheet.paste(image, (left, 0))
        left += image.width
    _strip(ImageDraw.Draw(sheet), sheet.width, past, threshold)
    return np.asarray(sheet)


def _draw_camera(pixels: NDArray[np.uint8], camera: CameraInput) -> Image.Image:
    """A camera's image in the height of the video, with its crop drawn in."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    scale = _HEIGHT / image.height
    image = image.resize((max(round(image.width * scale), 1), _HEIGHT))
    if camera.crop is not None:
        top, left, height, width = (round(value * scale) for value in camera.crop)
        corners = (left, top, left + width - 1, top + height - 1)
        ImageDraw.Draw(image).rectangle(corners, outline=_SUCCESS, width=2)
    return image


def _strip(
    draw: ImageDraw.ImageDraw, width: int, past: Sequence[Prediction], threshold: float
) -> None:
    now = past[-1]
    colour = _SUCCESS if now.success else _FAILURE
    words = (
        f"{now.probability:.3f}  {'success' if now.success else 'failure'}   "
        f"threshold {threshold:.3g}   {now.rate:.0f} fps   {now.latency * 1000:.0f} ms"
    )
    draw.text((_MARGIN, _HEIGHT + 6), words, fill=_INK, font=ImageFont.load_default(15))
    first, last, top = _MARGIN, width - _MARGIN, _HEIGHT + 30
    draw.rectangle((first, top, last, top + 10), outline=_LINE)
    draw.rectangle((first, top, _along(first, last, now.probability), top + 10), fill=colour)
    mark = _along(first, last, threshold)
    draw.line((mark, top - 3, mark, top + 13), fill=_INK, width=2)
    _trace(draw, (first, top + 18, last, _HEIGHT + _STRIP - 6), past, threshold)


def _trace(
    draw: ImageDraw.ImageDraw,
    place: tuple[int, int, int, int],
    past: Sequence[Prediction],
    threshold: float,
) -> None:
    """The last seconds, now at the right."""
    left, top, right, bottom = place
    level = _along(bottom, top, threshold)
    draw.line((left, level, right, level), fill=_LINE)
    now = past[-1].seconds
    points = [
        (_along(left, right, 1 - (now - one.seconds) / TRACE), _along(bottom, top, one.probability))
        for one in past
        if now - one.seconds <= TRACE
    ]
    if len(points) > 1:
        draw.line(points, fill=_INK, width=2)


def _along(first: int, last: int, share: float) -> int:
    return round(first + (last - first) * min(max(share, 0.0), 1.0))


_QUALITY = 85


def jpeg_images(images: Mapping[str, NDArray[np.uint8]], most: int) -> dict[str, JpegImage]:
    """Images, RGB uint8 (height, width, 3) by camera key, as JPEG of at most `most` rows."""
    return {key: _one(pixels, most) for key, pixels in images.items()}


def _one(pixels: NDArray[np.uint8], most: int) -> JpegImage:
    height, width = pixels.shape[:2]
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if height > most:
        image = image.resize((max(round(width * most / height), 1), most))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY)
    return JpegImage(jpeg=base64.b64encode(file.getvalue()).decode(), height=height, width=width)
