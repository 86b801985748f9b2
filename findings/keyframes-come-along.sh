#!/usr/bin/env bash
# What:     a video with a keyframe every second frame (g 2, as LeRobot writes AV1) is decoded and
#           the decoded frames are given straight to an encoder that is told g 250.
# Versions: av 19.0.2, numpy 2.5.5.
# Expected: one keyframe in 120 frames: decoded frames are images, and the GOP is the encoder's.
# Seen:     60 keyframes, and with libx264 a file several times as large as without: a decoded frame
#           carries the type that it had in the source, and encoders take that as an order. Setting
#           `frame.pict_type = 0` on each, or going through an array, gives one keyframe. libsvtav1
#           and libvpx-vp9 obey the old types, too.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment av==19.0.2 numpy==2.5.5

cd "$work" && quiet_python <<'PY'
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

COUNT = 120
GROUND = np.random.default_rng(0).integers(0, 255, (12, 16, 3), np.uint8).repeat(8, 0).repeat(8, 1)


def drawn() -> list[av.VideoFrame]:
    frames = []
    for index in range(COUNT):
        pixels = GROUND.copy()
        pixels[20:50, 3 * index % 100 :][:, :20] = (250, 40, 40)
        frames.append(av.VideoFrame.from_ndarray(pixels, "rgb24"))
    return frames


def encode(path: str, codec: str, gop: int, frames: list[av.VideoFrame]) -> tuple[int, int]:
    """Number of keyframes, and bytes of the file."""
    with av.open(path, "w") as target:
        stream = target.add_stream(codec, rate=30, options={"g": str(gop), "crf": "30"})
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for frame in [*frames, None]:
            target.mux(stream.encode(frame))
    with av.open(path) as source:
        keys = sum(packet.is_keyframe for packet in source.demux(video=0) if packet.size)
    return keys, Path(path).stat().st_size


def decoded(change: Callable[[av.VideoFrame], None]) -> list[av.VideoFrame]:
    with av.open("source.mp4") as source:
        frames = list(source.decode(video=0))
    for frame in frames:
        change(frame)
    return frames


def forget(frame: av.VideoFrame) -> None:
    frame.pict_type = 0


assert encode("source.mp4", "libsvtav1", 2, drawn())[0] == 60
for codec in ("libx264", "libsvtav1", "libvpx-vp9"):
    straight = encode("straight.mp4", codec, 250, decoded(lambda frame: None))
    reset = encode("reset.mp4", codec, 250, decoded(forget))
    print(f"{codec}: {straight[0]} keyframes and {straight[1]} bytes as decoded, "
          f"{reset[0]} and {reset[1]} with the type forgotten")
    assert straight[0] == 60 and reset[0] == 1
    assert straight[1] > 2 * reset[1]
PY
