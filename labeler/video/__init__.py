"""Episode, camera and frame index -> pixels, fast and exact. Reads only."""

from labeler.video.frame_supply import FrameSupply
from labeler.video.key import FrameKey, Missing
from labeler.video.pixels import BgraConverter, RgbConverter
from labeler.video.probe import VideoFacts, probe
from labeler.video.reader import FrameReader
from labeler.video.thumbnails import ThumbnailSupply

__all__ = [
    "BgraConverter",
    "FrameKey",
    "FrameReader",
    "FrameSupply",
    "Missing",
    "RgbConverter",
    "ThumbnailSupply",
    "VideoFacts",
    "probe",
]
