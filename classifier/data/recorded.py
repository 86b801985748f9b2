"""What the images of a recording are like, for the contract of a checkpoint."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Literal

from labeler.contracts.checkpoint import RecordedImages
from labeler.dataset import Dataset
from labeler.errors import DatasetError
from labeler.video.probe import VideoFacts, probe

_MATRICES: Mapping[int, Literal["bt601", "bt709", "bt2020"]] = {
    1: "bt709",
    5: "bt601",
    6: "bt601",
    9: "bt2020",
}
"""Matrix coefficients of ISO/IEC 23091-2, of which 5 and 6 are the same numbers."""
_RANGES: Mapping[int, Literal["limited", "full"]] = {1: "limited", 2: "full"}
"""AVColorRange of libav."""


def recorded_images(dataset: Dataset, key: str) -> RecordedImages | None:
    """Size and colours of a camera's images, as its first video says; None where nothing does."""
    camera = dataset.camera(key)
    facts = _first_video(dataset, key) if camera.kind == "video" else None
    height, width = (camera.height, camera.width) if facts is None else (facts.height, facts.width)
    if not height or not width:
        return None
    return RecordedImages(
        height=height,
        width=width,
        cut_before=camera.cut_before,
        matrix="" if facts is None else _MATRICES.get(facts.colorspace, ""),
        color_range="" if facts is None else _RANGES.get(facts.color_range, ""),
        turned=facts is not None and facts.rotated,
    )


def _first_video(dataset: Dataset, key: str) -> VideoFacts | None:
    with suppress(DatasetError):  # its images are read later, and the fault is named then
        for name in dataset.layout.video_files(key):
            return probe(dataset.root / name)
    return None
