"""The images of the chosen episodes: how large they really are, and whether they are all there.

What `info.json` declares need not be the size of the videos: lerobot/example_reward_classifier
declares 128×128, its videos are 640×480.
"""

from dataclasses import dataclass

from labeler.collection.collection import Source
from labeler.inspection import Severity
from labeler.inspection.videos import video_oddities
from labeler.video import FrameReader
from labeler.video.probe import VideoFacts

Size = tuple[int, int]
"""Height and width in pixels."""


@dataclass(frozen=True)
class ImageFacts:
    """Sizes by camera key, and sentences about videos that lack images."""

    sizes: dict[str, frozenset[Size]]
    damages: tuple[str, ...]


def probe_images(source: Source) -> ImageFacts:
    """Probe every video that a chosen episode is in, all of its bytes, and one other image."""
    sizes: dict[str, set[Size]] = {camera.key: set() for camera in source.dataset.cameras}

    def collect(key: str, facts: VideoFacts) -> None:
        sizes[key].add((facts.height, facts.width))

    found = video_oddities(source.dataset, episodes=source.chosen, seen=collect, thorough=True)
    damages = [one.sentence for one in found if one.severity is Severity.ERROR]
    for camera in source.dataset.cameras:
        if camera.kind == "image":
            with FrameReader(source.dataset, camera.key) as reader:
                height, width = reader.frame(source.chosen[0], 0).shape[:2]
            sizes[camera.key].add((height, width))
    return ImageFacts({key: frozenset(found) for key, found in sizes.items()}, tuple(damages))
