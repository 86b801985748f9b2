#!/usr/bin/env bash
# What:     videos of 60 frames with a keyframe every tenth are decoded with `skip_frame` set to NONKEY
#           ("discard all frames except keyframes"), as one does for a row of thumbnails.
# Versions: av 19.0.2 (libx264, libx265, libsvtav1, libvpx-vp9), numpy 2.5.5.
# Expected: six frames from each, the packets that are marked as keyframes.
# Seen:     six from H.264, HEVC and AV1, but all 60 from VP9, without a word: its decoder takes the
#           setting and does not look at it. The first six of them, for a row of thumbnails, are the first
#           tenth of the video. Handing only the packets with `is_keyframe` to the decoder gives six from
#           all four.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment av==19.0.2 numpy==2.5.5

cd "$work" && quiet_python <<'PY'
import av
import numpy as np

noise = np.random.default_rng(0).random((96, 128, 3)) * 255
shifted = [np.roll(noise, (y, x), (0, 1)) for y in range(9) for x in range(9)]
GROUND = np.mean(shifted, axis=0).astype(np.uint8)  # smooth, as a table top is


def encode(codec: str) -> None:
    with av.open("video.mp4", "w") as target:
        stream = target.add_stream(codec, rate=30, options={"g": "10"})
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for index in range(60):
            pixels = GROUND.copy()
            pixels[20:50, 3 * index % 100 :][:, :20] = (250, 40, 40)
            target.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        target.mux(stream.encode())


def decoded() -> dict[str, int]:
    """How many frames come, by the setting and by choosing packets."""
    with av.open("video.mp4") as source:
        stream = source.streams.video[0]
        stream.codec_context.skip_frame = "NONKEY"
        frames = list(source.decode(stream))
    with av.open("video.mp4") as source:
        stream = source.streams.video[0]
        keys = [packet for packet in source.demux(stream) if packet.is_keyframe]
        by_packet = [frame for packet in [*keys, None] for frame in stream.codec_context.decode(packet)]
    return {"setting": len(frames), "keyframes": sum(frame.key_frame for frame in frames),
            "packets": len(by_packet)}


for codec in ("libx264", "libx265", "libsvtav1", "libvpx-vp9"):
    encode(codec)
    counts = decoded()
    print(codec, counts)
    assert counts["keyframes"] == counts["packets"] == 6
    assert counts["setting"] == (60 if codec == "libvpx-vp9" else 6)
PY
