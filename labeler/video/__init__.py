"""Episode, camera and frame index -> pixels, fast and exact. Reads only."""

from labeler.video.frames import TOLERANCE
from labeler.video.probe import VideoFacts, probe
from labeler.video.reader import FrameReader

__all__ = ["TOLERANCE", "FrameReader", "VideoFacts", "probe"]
