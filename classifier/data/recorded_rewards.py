"""Rewards that a recorder wrote, of which a classifier would learn something else than success."""

import numpy as np

from classifier.data.labelled import LabelledFrames
from labeler.dataset import Dataset

_LEAST = 2
"""Episodes with success that it takes to speak of all of them."""
_RECORDERS = "complementary_info."
"""What columns begin with that LeRobot's gym_manipulator writes (0.3.3, 0.4.4, 0.6.1)."""


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
