#!/usr/bin/env bash
# What:     masks (every value from 0 to 255) are encoded without loss in the pixel format `gray`
#           and read back as `gray`, with three encoders.
# Versions: av 19.0.2 (libx264, libx265, ffv1), numpy 2.5.5.
# Expected: all three give back what they were given: no colour takes part, and `qp=0` of libx264 is
#           lossless, as `lossless=1` of libx265 is.
# Seen:     libx265 and ffv1 do. From libx264 248 of the 256 values come back changed, by up to 20: 0 to 16
#           have become 0, 235 to 255 have become 255, and what lies between is stretched. What was
#           encoded is there, without loss, but decoded as `yuv420p` instead of `gray`, and taken for a
#           video's narrower range of brightness. `frame.to_ndarray()`, without a format, has the right
#           values in its first rows.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment av==19.0.2 numpy==2.5.5

cd "$work" && quiet_python <<'PY'
import av
import numpy as np

values = np.arange(256, dtype=np.uint8).reshape(16, 16)
MASK = values.repeat(8, 0).repeat(8, 1)
LOSSLESS = {
    "libx264": {"qp": "0"},
    "libx265": {"x265-params": "lossless=1"},
    "ffv1": {},
}
seen = {}
for codec, options in LOSSLESS.items():
    with av.open("masks.mkv", "w") as target:
        stream = target.add_stream(codec, rate=30, options=options)
        stream.height, stream.width = MASK.shape
        stream.pix_fmt = "gray"
        for _ in range(3):
            target.mux(stream.encode(av.VideoFrame.from_ndarray(MASK, "gray")))
        target.mux(stream.encode())
    with av.open("masks.mkv") as source:
        frame = next(source.decode(video=0))
    back = frame.to_ndarray(format="gray").astype(int)
    changed = np.unique(MASK[back != MASK])
    seen[codec] = frame.format.name, len(changed), int(np.abs(back - MASK).max())
    assert np.array_equal(frame.to_ndarray()[: len(MASK)], MASK), "nothing was lost in the file"
    print("{}: decoded as {}, {} of 256 values changed, by up to {}".format(codec, *seen[codec]))
    if codec == "libx264":
        back_of = {int(value): int(back[MASK == value][0]) for value in (0, 16, 100, 235, 255)}
        print(back_of)
assert seen["libx265"] == seen["ffv1"] == ("gray", 0, 0)
assert seen["libx264"][0] == "yuv420p" and seen["libx264"][1] > 100 and seen["libx264"][2] >= 16
assert back_of[16] == 0 and back_of[235] == 255
PY
