#!/usr/bin/env bash
# What:     60 images as H.264 (libx264, g 10, its defaults) in an MP4, once plain and once fragmented
#           (`frag_keyframe+empty_moov`: what recorders write so that a crash leaves a file that can
#           be read). For each frame: seek to its time stamp, decode until it is reached.
# Versions: av 19.0.2 (libx264, libsvtav1), numpy 2.5.5.
# Expected: all are found in both; in the fragmented file `stream.frames` says 0, "not known".
# Seen:     in the fragmented file every frame that is shown within two of the next keyframe is out of
#           reach (10 of 60): decoding begins *at that keyframe*, behind the frame asked for. Read from
#           the start, all are there. Without B-frames (`bf=0`), with libsvtav1, or with
#           `negative_cts_offsets` all are found: the demuxer compares the time asked for with the
#           times at which fragments are decoded, which B-frames put earlier than what they show.
#           Without `empty_moov`, `stream.frames` says 10 of 60: what the first fragment holds.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment av==19.0.2 numpy==2.5.5

cd "$work" && quiet_python <<'PY'
import av
import numpy as np

COUNT = 60
FRAGMENTED = "frag_keyframe+empty_moov"
GROUND = np.random.default_rng(0).integers(60, 180, (96, 128, 3), dtype=np.uint8)


def encode(flags: str, codec: str = "libx264", **options: str) -> None:
    with av.open("out.mp4", "w", options={"movflags": flags} if flags else {}) as target:
        stream = target.add_stream(codec, rate=30, options={"g": "10", **options})
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for index in range(COUNT):
            pixels = GROUND.copy()
            pixels[20:50, 3 * index % 100 :][:, :20] = (250, 40, 40)
            target.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        target.mux(stream.encode())


def missed() -> tuple[int, dict[int, int]]:
    """The number of frames as the stream has it; for each frame that is not reached: where one is."""
    found = {}
    with av.open("out.mp4") as source:
        stream = source.streams.video[0]
        stamps = [frame.pts for frame in source.decode(stream)]
        assert len(stamps) == COUNT and stamps == sorted(stamps)
        for index, stamp in enumerate(stamps):
            source.seek(stamp, stream=stream, backward=True)
            first = next(frame.pts for frame in source.decode(stream) if frame.pts >= stamp)
            if first != stamp:
                found[index] = stamps.index(first)
        return stream.frames, found


answers = {}
for name, flags, options in (
    ("plain", "", {}),
    ("fragmented", FRAGMENTED, {}),
    ("fragmented, first one in the head", "frag_keyframe", {}),
    ("fragmented, no B-frames", FRAGMENTED, {"bf": "0"}),
    ("fragmented, negative offsets", FRAGMENTED + "+negative_cts_offsets", {}),
    ("fragmented, AV1", FRAGMENTED, {"codec": "libsvtav1"}),
):
    encode(flags, **options)
    answers[name] = missed()
    print(f"{name}: says {answers[name][0]} frames; missed {answers[name][1]}")
lost = {before: key for key in range(10, COUNT, 10) for before in (key - 2, key - 1)}
assert answers["plain"] == (COUNT, {})
assert answers["fragmented"] == (0, lost)
assert answers["fragmented, first one in the head"] == (10, lost)
for name in ("no B-frames", "negative offsets", "AV1"):
    assert answers[f"fragmented, {name}"] == (0, {})
PY
