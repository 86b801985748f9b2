#!/usr/bin/env bash
# What:     100 frames of an H.264 video are asked for by their times, frame number / fps, with
#           torchcodec's `get_frames_played_at`: once as float64, once as float32, which is the type
#           of the column `timestamp` in LeRobot's recordings.
# Versions: torchcodec 0.5, torch 2.7.1, av 15.1.0, numpy 2.2.6.
# Expected: a few frames at most differ: the two times are less than a millionth of a second apart.
# Seen:     with float64 all are right. With float32 a third to a half of them are the frame before:
#           40 at 30 and 60 fps, 38 at 10, 32 at 24, 50 at 50. "Played at" has no tolerance, and half
#           of all float32 times lie a little too early. `get_frames_at` with rounded indices, which
#           LeRobot uses, is right.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment torch==2.7.1 torchcodec==0.5 numpy==2.2.6 av==15.1.0

cd "$work"
quiet_python <<'PY'
import av
import numpy as np
from torchcodec.decoders import VideoDecoder

FRAMES = 100
seen = {}
for fps in (10, 24, 30, 50, 60):
    path = f"{fps}.mp4"
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"g": "2", "preset": "ultrafast"})
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for number in range(FRAMES):
            image = np.full((64, 64, 3), 2 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    decoder = VideoDecoder(path, seek_mode="exact")
    for kind in ("float64", "float32"):
        times = np.arange(FRAMES, dtype=kind) / np.dtype(kind).type(fps)
        shown = decoder.get_frames_played_at([float(time) for time in times]).pts_seconds
        numbers = np.round(shown.numpy() * fps).astype(int)
        wrong = np.flatnonzero(numbers != np.arange(FRAMES))
        assert (numbers[wrong] == wrong - 1).all()
        seen[fps, kind] = len(wrong)
    indices = [round(float(np.float32(number) / np.float32(fps)) * fps) for number in range(FRAMES)]
    by_index = decoder.get_frames_at(indices).pts_seconds
    assert (np.round(by_index.numpy() * fps) == np.arange(FRAMES)).all()
print({f"{fps} fps, {kind}": count for (fps, kind), count in seen.items()})
assert not any(count for (_, kind), count in seen.items() if kind == "float64")
assert all(30 <= count <= 50 for (_, kind), count in seen.items() if kind == "float32")
PY
