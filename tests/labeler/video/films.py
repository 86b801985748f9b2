"""MP4 files whose frames carry their number as black and white blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

HEIGHT, WIDTH = 64, 128
BLOCK = 32  # 2 x 4 blocks: 8 bits
FPS = 10
TICKS = 1024  # per frame, as LeRobot's files have


def picture(number: int) -> np.ndarray:
    """A frame that shows `number` (below 256) and changes everywhere from frame to frame."""
    bits = [(number >> bit) & 1 for bit in range(8)]
    blocks = np.array(bits, np.uint8).reshape(2, 4).repeat(BLOCK, 0).repeat(BLOCK, 1)
    noise = np.random.default_rng(number).integers(0, 60, (HEIGHT, WIDTH, 1), np.uint8)
    return np.broadcast_to(blocks[..., None] * np.uint8(190) + noise, (HEIGHT, WIDTH, 3)).copy()


def number_in(pixels: np.ndarray) -> int:
    """The number that a decoded frame shows."""
    means = pixels.reshape(2, BLOCK, 4, BLOCK, 3).mean(axis=(1, 3, 4)).ravel()
    assert np.all(np.abs(means - 125) > 40), "the frame is not one that was written"
    return int(sum(1 << bit for bit in range(8) if means[bit] > 125))


@dataclass(frozen=True)
class Film:
    """How to encode."""

    codec: str
    options: dict[str, str] = field(default_factory=dict)
    movflags: str = "faststart"

    def write(self, path: Path, numbers: Sequence[int], ticks: Sequence[int] | None = None) -> Path:
        """Write one frame per number, at `ticks` (default: one every 1/FPS s)."""
        times = ticks if ticks is not None else [index * TICKS for index in range(len(numbers))]
        path.parent.mkdir(parents=True, exist_ok=True)
        options = {"video_track_timescale": str(FPS * TICKS)}
        if self.movflags:
            options["movflags"] = self.movflags
        with av.open(str(path), "w", format="mp4", options=options) as container:
            stream = container.add_stream(self.codec, rate=FPS, options=self.options)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            stream.codec_context.time_base = Fraction(1, FPS * TICKS)
            for number, time in zip(numbers, times, strict=True):
                frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
                frame.pts, frame.time_base = time, Fraction(1, FPS * TICKS)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path


_X265 = "log-level=none:pools=1:frame-threads=1:bframes=3"

FILMS = {
    "av1-g2": Film("libsvtav1", {"g": "2", "crf": "30", "preset": "12"}),
    "av1-g30": Film("libsvtav1", {"g": "30", "crf": "30", "preset": "12"}),
    "h264-g2": Film("libx264", {"g": "2", "sc_threshold": "0"}),
    "h264-b-g250": Film("libx264", {"g": "250", "bf": "3", "sc_threshold": "0"}),
    "h264-open": Film("libx264", {"g": "10", "bf": "3", "x264-params": "open-gop=1:scenecut=0"}),
    "h264-index-last": Film("libx264", {"g": "12", "bf": "2", "sc_threshold": "0"}, movflags=""),
    "h264-fragments": Film(
        "libx264",
        {"g": "10", "bf": "0", "sc_threshold": "0"},
        movflags="frag_keyframe+empty_moov+default_base_moof",
    ),
    "hevc-g250": Film("libx265", {"x265-params": _X265 + ":keyint=250"}),
    "hevc-open": Film(
        "libx265", {"x265-params": _X265 + ":keyint=10:min-keyint=10:open-gop=1:scenecut=0"}
    ),
}


def plain_decode(path: Path) -> list[tuple[int, np.ndarray]]:
    """Every frame of a file as (ticks, RGB), by PyAV alone."""
    with av.open(str(path)) as container:
        frames = container.decode(video=0)
        return [(frame.pts, frame.to_ndarray(format="rgb24")) for frame in frames]
