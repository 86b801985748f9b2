"""Images for whoever listens to the events of a preview."""

import base64
import io
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labeler.contracts.events import JpegImage

_QUALITY = 85


def jpeg_images(pictures: Mapping[str, NDArray[np.uint8]], most: int) -> dict[str, JpegImage]:
    """Images, RGB uint8 (height, width, 3) by camera key, as JPEG of at most `most` rows."""
    return {key: _one(pixels, most) for key, pixels in pictures.items()}


def _one(pixels: NDArray[np.uint8], most: int) -> JpegImage:
    height, width = pixels.shape[:2]
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    if height > most:
        picture = picture.resize((max(round(width * most / height), 1), most))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=_QUALITY)
    return JpegImage(jpeg=base64.b64encode(file.getvalue()).decode(), height=height, width=width)
