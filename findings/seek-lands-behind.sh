#!/usr/bin/env bash
# What:     a video of libx265 with g 10 and its defaults; for each of 60 frames: seek to that very
#           time stamp ("the keyframe at or before it"), decode until it is reached.
# Versions: av 19.0.2, numpy 2.5.5.
# Expected: each frame is found, as with libx264 and libsvtav1 under the same options.
# Seen:     frames before a keyframe are out of reach (7 of 60 here): the first that comes is up to
#           four frames *behind* the one asked for. libx265 leaves its groups open by default: frames
#           shown before a keyframe are stored after it, and the demuxer seeks by where they are
#           stored. `x265-params=open-gop=0` finds all. Read from the start, all are there.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment av==19.0.2 numpy==2.5.5

cd "$work" && quiet_python <<'PY'
import av
import numpy as np

COUNT = 60
noise = np.random.default_rng(0).random((96, 128, 3)) * 255
shifted = [np.roll(noise, (y, x), (0, 1)) for y in range(9) for x in range(9)]
GROUND = np.mean(shifted, axis=0).astype(np.uint8)  # smooth, as a table top is


def encode(path: str, codec: str, options: dict[str, str]) -> None:
    with av.open(path, "w") as target:
        stream = target.add_stream(codec, rate=30, options={"g": "10", **options})
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for index in range(COUNT):
            pixels = GROUND.copy()
            pixels[20:50, 3 * index % 100 :][:, :20] = (250, 40, 40)
            target.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        target.mux(stream.encode())


def missed(path: str) -> dict[int, int]:
    """For each frame that is not reached: the frame at which decoding arrives instead."""
    found = {}
    with av.open(path) as source:
        stream = source.streams.video[0]
        stamps = [frame.pts for frame in source.decode(stream)]
        assert len(stamps) == COUNT and stamps == sorted(stamps)
        for index, stamp in enumerate(stamps):
            source.seek(stamp, stream=stream, backward=True)
            first = next(frame.pts for frame in source.decode(stream) if frame.pts >= stamp)
            if first != stamp:
                found[index] = stamps.index(first)
    return found


answers = {}
for name, codec, options in (
    ("libx265", "libx265", {}),
    ("libx265 closed", "libx265", {"x265-params": "open-gop=0"}),
    ("libx264", "libx264", {}),
    ("libsvtav1", "libsvtav1", {}),
):
    encode("out.mp4", codec, options)
    answers[name] = missed("out.mp4")
    print(f"{name}: {len(answers[name])} of {COUNT} missed {list(answers[name].items())[:6]}")
assert len(answers["libx265"]) >= 5
assert all(arrived > asked for asked, arrived in answers["libx265"].items())
assert not answers["libx265 closed"] and not answers["libx264"] and not answers["libsvtav1"]
PY
