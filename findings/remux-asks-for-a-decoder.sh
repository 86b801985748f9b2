#!/usr/bin/env bash
# What:     packets are copied from one MP4 into another with PyAV, without decoding
#           (`add_stream_from_template`), for the four codecs that robots record with.
# Versions: av 19.0.2, numpy 2.5.5.
# Expected: no codec takes part in a copy, so it works for all of them.
# Seen:     for AV1, UnknownCodecError: libdav1d. The new stream asks for an *encoder* by the name
#           of the source's decoder; the names for H.264, HEVC and VP9 lead to one, libdav1d does not.
#           `opaque=True` copies AV1, too.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment av==19.0.2 numpy==2.5.5

cd "$work" && quiet_python <<'PY'
import av
import numpy as np


def encode(codec: str) -> None:
    with av.open("source.mp4", "w") as target:
        stream = target.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for value in range(10):
            image = np.full((64, 64, 3), 20 * value, np.uint8)
            target.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        target.mux(stream.encode())


def copied(**options: bool) -> int | str:
    """Frames in the copy, or why there is none."""
    with av.open("source.mp4") as source, av.open("copy.mp4", "w") as target:
        try:
            stream = target.add_stream_from_template(source.streams.video[0], **options)
        except av.codec.codec.UnknownCodecError as error:
            return f"UnknownCodecError: {error}"
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    with av.open("copy.mp4") as copy:
        return sum(1 for _ in copy.decode(video=0))


seen = {}
for codec in ("libx264", "libx265", "libvpx-vp9", "libsvtav1"):
    encode(codec)
    seen[codec] = copied(), copied(opaque=True)
    print(f"{codec}: {seen[codec][0]}; opaque: {seen[codec][1]}")
assert seen.pop("libsvtav1") == ("UnknownCodecError: libdav1d", 10)
assert set(seen.values()) == {(10, 10)}
PY
