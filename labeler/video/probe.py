"""What a video file says about itself, without decoding an image."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from labeler.video.container import container_of, is_rotated, open_video, size_of, translate_errors
from labeler.video.samples import read_samples


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """Facts of one MP4 file.

    frames: images that its index lists
    present: of these, how many lie inside the file; less than `frames` where the file is cut off
    codec: name as LeRobot writes it into `info.json`, for example `av1` or `h264`
    fps: average frames per second, 0.0 where the file does not say
    duration: seconds, 0.0 where the file does not say
    keyframes: positions (in decoding order) at which decoding can begin
    container: name of the demuxer; `mov` for MP4
    colorspace, color_range: numbers of libav; 2 and 0 where the file does not say
    rotated: its metadata ask to turn the images
    begin: seconds at which the first image is shown
    uneven: seconds by which an image is away from the even distances of `fps` images per second,
        at most; 0.0 where another rate was asked for or none
    """

    path: Path
    frames: int
    present: int
    width: int
    height: int
    codec: str
    pix_fmt: str
    fps: float
    duration: float
    time_base: Fraction
    keyframes: tuple[int, ...]
    container: str
    colorspace: int
    color_range: int
    rotated: bool
    begin: float
    uneven: float

    @property
    def complete(self) -> bool:
        """Whether every image of the index lies inside the file."""
        return self.present == self.frames


def probe(path: Path, fps: float = 0.0) -> VideoFacts:
    """Read the index of a video file; about a millisecond for a thousand images.

    `fps` is the rate that it should have.

    Raises:
        DamagedDatasetError: the file is missing, is not an MP4, or has no readable index or video.
    """
    size = size_of(path)
    container, stream = open_video(path)
    with container, translate_errors(path):
        samples = read_samples(container, stream)
        decoder = stream.codec_context
        rate, tick = stream.average_rate, stream.time_base or Fraction(0)
        return VideoFacts(
            path=path,
            frames=len(samples),
            present=samples.present(size),
            width=decoder.width,
            height=decoder.height,
            codec=decoder.codec.canonical_name,
            pix_fmt=decoder.pix_fmt or "",
            fps=float(rate or 0),
            duration=float((stream.duration or 0) * tick),
            time_base=tick,
            keyframes=tuple(samples.keys.tolist()),
            container=container_of(path),
            colorspace=int(decoder.colorspace),
            color_range=int(decoder.color_range),
            rotated=is_rotated(path),
            begin=float((stream.start_time or 0) * tick),
            uneven=samples.uneven(float(tick), fps)
            if abs(float(rate or 0) - fps) < fps / 50
            else 0.0,
        )
