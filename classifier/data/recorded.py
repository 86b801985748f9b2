"""What a recorder wrote: images of a certain kind, and rewards that teach little."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Literal

import numpy as np

from classifier.data.labelled import LabelledFrames
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

_LEAST = 2
"""Episodes with success that it takes to speak of all of them."""
_RECORDERS = "complementary_info."
"""What columns begin with that LeRobot's gym_manipulator writes (0.3.3, 0.4.4, 0.6.1)."""


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
            return probe(dataset.local_file(name))
    return None


def last_frame_note(dataset: Dataset, frames: LabelledFrames) -> str:
    """What is to be said where success is the last frame of each episode and nothing else.

    Empty where some episode has more success than that, or too few episodes have any.
    """
    rows = frames.success
    succeeding = np.unique(frames.episodes[rows])
    ends = dataset.lengths[frames.episodes[rows]] - 1
    alone = len(succeeding) == int(rows.sum()) and bool((frames.frames[rows] == ends).all())
    if len(succeeding) < _LEAST or not alone:
        return ""
    note = (
        f"In all {len(succeeding)} episodes with success, success is the last frame alone. The "
        "frames just before it look much the same and count as failure, so the classifier learns "
        "little: label success from the frame on where it begins."
    )
    if any(column.name.startswith(_RECORDERS) for column in dataset.columns):
        note += (
            " LeRobot's gym_manipulator, which records such columns, writes a reward beside the "
            "image before the one it was given for: the image that was rewarded is in no row."
        )
    return note
