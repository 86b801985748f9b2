"""Decoded image -> array of RGB, or of BGRA as a screen wants it."""

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

ONE_THREAD = 1
"""For `VideoReformatter.reformat`, which else starts one for each processor.

They live as long as the reformatter, and images of 128×128 pixels take twice as long with them.
At 640×480 one stream gains a fifth from them where a processor is idle; but they take more of its
time, and several streams are decoded at once.
"""


class RgbConverter:
    """Converts decoded images to RGB; keeps what libav prepares for one kind of image.

    The pixels are those of PyAV's `frame.to_ndarray(format="rgb24")`, with which LeRobot reads
    videos; preparing anew for each image, as that call does, takes longer than the conversion.
    Samples of more than 8 bits keep their upper 8; transparency is dropped.
    """

    def __init__(self) -> None:
        self._kind: tuple[object, ...] = ()
        self._reformatter = VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> NDArray[np.uint8]:
        """Pixels as uint8 (height, width, 3); the array is new and the caller's own."""
        kind = (frame.format.name, frame.width, frame.height, frame.color_range, frame.colorspace)
        if kind != self._kind:  # PyAV 15 goes on with the value range of the kind before
            self._kind, self._reformatter = kind, VideoReformatter()
        rgb = self._reformatter.reformat(frame, format="rgb24", threads=ONE_THREAD)
        return rgb.to_ndarray().astype(np.uint8, copy=False)


_DIRECT = ("yuv420p", "yuvj420p")  # from others, swscale's colours depend on what they go to
_STEP = 16  # pixels; at other widths it leaves the last columns undone


class BgraConverter:
    """Converts decoded images to what `QImage.Format_RGB32` shows; for one thread at a time.

    The colours are those of `RgbConverter`, bit for bit.
    """

    def __init__(self) -> None:
        self._kind: tuple[object, ...] = ()
        self._direct = False
        self._to_rgb, self._to_bgra = VideoReformatter(), VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> NDArray[np.uint8]:
        """Pixels as uint8 (height, width, 4): B, G, R, 255; C-contiguous, the caller's own."""
        kind = (frame.format.name, frame.width, frame.height, frame.color_range, frame.colorspace)
        if kind != self._kind:
            self._kind = kind
            self._to_rgb, self._to_bgra = VideoReformatter(), VideoReformatter()
            self._direct = frame.format.name in _DIRECT and frame.width % _STEP == 0
        rgb = frame
        if not self._direct:
            rgb = self._to_rgb.reformat(frame, format="rgb24", threads=ONE_THREAD)
        bgra = self._to_bgra.reformat(rgb, format="bgra", threads=ONE_THREAD)
        return np.ascontiguousarray(bgra.to_ndarray())
