#!/usr/bin/env bash
# What:     the same 60 images are encoded with the same constant rate factor and GOP (crf 23, g 2),
#           once declared as 5 and once as 60 frames per second.
# Versions: av 19.0.2, numpy 2.5.5.
# Expected: a constant rate factor fixes the quality of each image, whatever the clock says: the same
#           size within a percent, the same error.
# Seen:     with libx264 and libx265 the file of 60 fps has less than half the bytes of the other,
#           and its images are 1.5 dB worse: both encoders spend fewer bits on what is shown for a
#           shorter time. libsvtav1 writes the same bytes of video for both. A recording at 60 Hz so
#           needs another crf than one at 5 Hz to look the same.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment av==19.0.2 numpy==2.5.5

cd "$work" && quiet_python <<'PY'
from fractions import Fraction

import av
import numpy as np

SIZE = 96, 128
noise = np.random.default_rng(0).random((*SIZE, 3)) * 255
shifted = [np.roll(noise, (y, x), (0, 1)) for y in range(9) for x in range(9)]
GROUND = np.mean(shifted, axis=0).astype(np.uint8)  # smooth, as a table top is


def image(index: int) -> np.ndarray:
    pixels = GROUND.copy()
    pixels[20:50, 3 * index % 100 :][:, :20] = (250, 40, 40)
    return pixels


def encode(codec: str, rate: int) -> tuple[int, float]:
    """Bytes of video, and the peak signal-to-noise ratio in dB."""
    written = 0
    with av.open("out.mp4", "w") as target:
        stream = target.add_stream(codec, rate=rate, options={"crf": "23", "g": "2"})
        stream.height, stream.width = SIZE
        stream.pix_fmt = "yuv420p"
        for index in [*range(60), None]:
            frame = None
            if index is not None:
                frame = av.VideoFrame.from_ndarray(image(index), "rgb24")
                frame.pts, frame.time_base = index, Fraction(1, rate)
            for packet in stream.encode(frame):
                written += packet.size
                target.mux(packet)
    with av.open("out.mp4") as source:
        shown = [frame.to_ndarray(format="rgb24") for frame in source.decode(video=0)]
    assert len(shown) == 60
    errors = [np.square(a.astype(float) - image(i)).mean() for i, a in enumerate(shown)]
    return written, 10 * np.log10(255**2 / np.mean(errors))


for codec in ("libx264", "libx265", "libsvtav1"):
    (slow, good), (fast, bad) = encode(codec, 5), encode(codec, 60)
    print(f"{codec}: {slow} bytes, {good:.2f} dB at 5 fps; {fast} bytes, {bad:.2f} dB at 60 fps")
    if codec == "libsvtav1":
        assert (slow, good) == (fast, bad)
    else:
        assert fast < slow / 2 and bad < good - 1
PY
