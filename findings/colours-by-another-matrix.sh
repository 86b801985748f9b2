#!/usr/bin/env bash
# What:     four plain colours are encoded with PyAV by a stream whose colour space is set to BT.709, as
#           is right for HD, and decoded with PyAV: in RGB, and for comparison the stored Y, Cb and Cr.
# Versions: av 19.0.2 (libx264, libsvtav1), numpy 2.5.5.
# Expected: the colours come back within a few levels. The stream is told before the first image, and it
#           is the stream that turns RGB into its own pixel format.
# Seen:     red (220, 40, 40) comes back as (235, 56, 36), green (40, 200, 40) as (27, 174, 33). Encoding
#           turns RGB into BT.601 whatever the stream says and writes the label BT.709 all the same;
#           decoding believes the label. Without a label, or with that of BT.601, both go wrong alike and
#           the colours are right. `reformat(dst_colorspace=...)` before encoding puts them right.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment av==19.0.2 numpy==2.5.5

cd "$work" && quiet_python <<'PY'
import av
import numpy as np
from av.video.reformatter import Colorspace

COLOURS = np.array([(220, 40, 40), (40, 200, 40), (40, 40, 220), (255, 255, 255)])
BT709, BT601, UNSPECIFIED = 1, 5, 2


def back(codec: str, label: int, convert: bool = False) -> np.ndarray:
    """The four colours as they come back, (4, 3)."""
    with av.open("colours.mp4", "w") as target:
        stream = target.add_stream(codec, rate=30, options={"crf": "1", "g": "1"})
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        context = stream.codec_context
        context.colorspace = label
        if label == BT709:
            context.color_primaries = context.color_trc = BT709
        for colour in COLOURS:
            image = av.VideoFrame.from_ndarray(np.full((96, 128, 3), colour, np.uint8), "rgb24")
            if convert:
                image = image.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)
            target.mux(stream.encode(image))
        target.mux(stream.encode())
    with av.open("colours.mp4") as source:
        frames = list(source.decode(video=0))
    assert {int(frame.colorspace) for frame in frames} == {label}
    return np.array([frame.to_ndarray(format="rgb24")[48, 64] for frame in frames], int)


for codec in ("libx264", "libsvtav1"):
    seen = {
        "no label": back(codec, UNSPECIFIED),
        "BT.601": back(codec, BT601),
        "BT.709": back(codec, BT709),
        "BT.709, converted before": back(codec, BT709, convert=True),
    }
    for name, colours in seen.items():
        wrong = np.abs(colours - COLOURS).max()
        print(f"{codec}, {name}: {colours.tolist()}, off by up to {wrong}")
        assert wrong > 20 if name == "BT.709" else wrong < 6, name
PY
