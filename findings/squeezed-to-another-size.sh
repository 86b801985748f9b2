#!/usr/bin/env bash
# What:     images of 128 × 96 are encoded with PyAV into an MP4: once with a stream whose width and
#           height nobody set, once with both set while a camera changes to 192 × 160 after the fifth
#           image, as one does that reconnects with its own default.
# Versions: av 19.0.2 (libx264, libsvtav1, libvpx-vp9), numpy 2.5.5.
# Expected: without a size, that of the first image; an image of another size raises an error.
# Seen:     neither. Without a size the video is 640 × 480, whatever the images are. Images of another
#           size are scaled to the stream's, here from 6:5 to 4:3, so that squares are no squares any
#           more; no error, no warning, and nothing in the file tells which images they were.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment av==19.0.2 numpy==2.5.5

cd "$work" && quiet_python <<'PY'
import warnings

import av
import numpy as np

warnings.simplefilter("error")
LARGE = (160, 192)


def square_at_the_left(height: int, width: int) -> np.ndarray:
    """A gray image with a light square of half its height."""
    pixels = np.full((height, width, 3), 60, np.uint8)
    pixels[: height // 2, : height // 2] = 220
    return pixels


def encode(codec: str, images: list[np.ndarray], size: tuple[int, int] | None) -> list[np.ndarray]:
    """The images as they come back, (height, width, 3)."""
    with av.open("out.mp4", "w") as target:
        stream = target.add_stream(codec, rate=30)
        if size:
            stream.height, stream.width = size
        for pixels in images:
            target.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        target.mux(stream.encode())
    with av.open("out.mp4") as source:
        return [frame.to_ndarray(format="rgb24") for frame in source.decode(video=0)]


small = square_at_the_left(96, 128)
for codec in ("libx264", "libsvtav1", "libvpx-vp9"):
    unset = encode(codec, [small] * 5, None)
    assert [image.shape for image in unset] == [(480, 640, 3)] * 5
    mixed = encode(codec, [small] * 5 + [square_at_the_left(*LARGE)] * 5, small.shape[:2])
    assert [image.shape for image in mixed] == [small.shape] * 10
    light = mixed[-1][:, :, 0] > 140
    height, width = int(light[:, 5].sum()), int(light[5].sum())
    print(f"{codec}: no size gives {unset[0].shape[:2]}; the square becomes {height} × {width}")
    assert height == 48 and 51 <= width <= 55  # 80 × 80 before: 160 -> 96 and 192 -> 128
PY
