"""What is odd about a video whose images are all there: times, colours, container, rotation."""

from collections.abc import Iterator

import numpy as np

from labeler.dataset import Dataset
from labeler.dataset.layout import Integers
from labeler.video.probe import VideoFacts

TOLERANCE = 1e-4
"""Seconds; LeRobot's `tolerance_s` where nobody gives another."""
_BT709 = 1  # ISO/IEC 23091-2, matrix coefficients
_FULL_RANGE = 2  # AVCOL_RANGE_JPEG of libav


def video_warnings(
    dataset: Dataset, key: str, episodes: Integers, facts: VideoFacts
) -> Iterator[str]:
    """Sentences that continue the name of the file; `episodes` lie in it in order of time."""
    starts = np.array([dataset.layout.video(int(e), key)[1] for e in episodes])
    if facts.container != "mov":
        yield f" is {facts.container}, not MP4; LeRobot reads it, but players and editors may not."
    if facts.rotated:
        yield (
            " is turned by its metadata; LeRobot's pyav backend and Labeler show it unturned, "
            "its torchcodec backend turns it."
        )
    yield from _colours(facts)
    half = 0.5 / dataset.fps
    late = facts.begin - dataset.layout.earliest(int(episodes[0]), key)
    if late > half:
        yield (
            f" shows its first image at {facts.begin:.3f} s (B-frames without an edit list). "
            "Labeler counts from there; LeRobot's pyav backend counts from 0 and shows other "
            "frames, or none. Encode the video again."
        )
    apart = _apart(starts, facts.begin if late > half else 0.0, dataset.fps) + facts.uneven
    if TOLERANCE < apart < half:
        yield (
            f" has images up to {apart * 1000:.2g} ms beside the times of their frames; LeRobot "
            f"needs a tolerance_s above {apart:.2g}."
        )
    yield from _overlaps(np.round(starts * dataset.fps), dataset.lengths[episodes], episodes)


def _colours(facts: VideoFacts) -> Iterator[str]:
    tags = ["BT.709"] if facts.colorspace == _BT709 else []
    if facts.color_range == _FULL_RANGE and not facts.pix_fmt.startswith("yuvj"):
        tags.append("full range")
    if "10" in facts.pix_fmt or "12" in facts.pix_fmt:
        yield (
            f" has more than 8 bits ({facts.pix_fmt}); PyAV up to 16, as LeRobot 0.6 has it, "
            "rounds them to other colours than Labeler."
        )
    if tags:
        yield (
            f" is tagged as {' and '.join(tags)}. Labeler obeys that; LeRobot up to 0.6 with PyAV "
            "up to 16 does not, and so sees other colours."
        )


def _apart(starts: np.ndarray, begin: float, fps: float) -> float:
    """Seconds between the start of an episode and the nearest image, at most."""
    frames = (starts - min(begin, float(starts.min()))) * fps
    return float(np.abs(frames - np.round(frames)).max()) / fps


def _overlaps(firsts: np.ndarray, lengths: Integers, episodes: Integers) -> Iterator[str]:
    behind = np.flatnonzero(firsts[1:] < (firsts + lengths)[:-1])
    if len(behind):
        one, other = (int(episodes[behind[0] + step]) for step in (0, 1))
        yield (
            f" has images that belong to two episodes: {other} starts before {one} ends. One of "
            "both is shown with images of other frames."
        )
