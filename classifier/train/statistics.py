"""What features are like over the training frames."""

import numpy as np
import torch
from numpy.typing import NDArray

from classifier.data import LabelledFrames, frame_images
from classifier.features import FeatureBank
from classifier.likeness import TrainingLikeness, known_frames
from classifier.model import (
    FeatureStatistics,
    RewardClassifier,
    feature_numbers,
    frame_numbers,
)
from classifier.train.preflight import Prepared

Rows = NDArray[np.int64]

_AT_ONCE = 512
_COMPARED = 256
"""Evenly spaced labelled frames that other images are compared with."""
_LEAST = 0.1  # of a camera's mean deviation: a feature that hardly moves must not be blown up


def feature_statistics(
    model: RewardClassifier, bank: FeatureBank, frames: LabelledFrames, rows: np.ndarray
) -> dict[str, FeatureStatistics]:
    """Mean and deviation per channel and place of each camera's features, by camera key; float32.

    `rows` int64 (n,) are those of the labelled frames that count.
    """
    # Counted from one frame's features, 32 bits are enough for a block, at a tenth of the time.
    first = rows[:1]
    origins = bank.gather(frames.episodes[first], frames.frames[first])
    sums = [torch.zeros(origin.shape[1:], dtype=torch.float64) for origin in origins]
    squares = [torch.zeros_like(total) for total in sums]
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        for number, found in enumerate(bank.gather(frames.episodes[part], frames.frames[part])):
            values = found - origins[number]
            sums[number] += values.sum(0)
            squares[number] += values.square_().sum(0)
    result = {}
    of_cameras = zip(model.cameras, origins, sums, squares, strict=True)
    for camera, origin, total, square in of_cameras:
        mean = total / len(rows)
        std = (square / len(rows) - mean.square()).clamp_(min=0).sqrt()
        floor = max(float(std.mean()) * _LEAST, 1e-6)
        whole = (origin[0] + mean).float()
        result[camera.key] = FeatureStatistics(whole, std.clamp(min=floor).float())
    return result


def labelled_likeness(prepared: Prepared, bank: FeatureBank) -> TrainingLikeness | None:
    """What some of the labelled frames look like; None of fewer than three episodes.

    Their images are decoded once more.
    """
    episodes, numbers = _compared(prepared)
    wanted = list(zip(episodes.tolist(), numbers.tolist(), strict=True))
    images = [
        torch.stack(list(frame_images(prepared.dataset, camera, wanted)))
        for camera in prepared.cameras
    ]
    kinds = frame_numbers(bank.gather(episodes, numbers), images)
    known = {name: known_frames(found, episodes) for name, found in kinds.items()}
    whole = {name: one for name, one in known.items() if one is not None}
    return TrainingLikeness(whole) if len(whole) == len(kinds) else None


def labelled_features(prepared: Prepared, bank: FeatureBank) -> TrainingLikeness | None:
    """The same by features alone, for which no image is decoded.

    None also where the encoder moves, so that the bank holds images instead of features.
    """
    if prepared.config.train.unfreeze:
        return None
    episodes, numbers = _compared(prepared)
    known = known_frames(feature_numbers(bank.gather(episodes, numbers)), episodes)
    return None if known is None else TrainingLikeness({"features": known})


def _compared(prepared: Prepared) -> tuple[Rows, Rows]:
    """Episodes and frames that others are compared with."""
    frames = prepared.frames
    rows = np.unique(np.linspace(0, len(frames) - 1, _COMPARED).round().astype(np.int64))
    return frames.episodes[rows], frames.frames[rows]
