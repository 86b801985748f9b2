"""From features to what the classifier says of each frame."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray
from torch import Tensor

from classifier.features import FeatureBank
from classifier.likeness import TrainingLikeness
from classifier.model import RewardClassifier, feature_numbers, success_probability

Rows = NDArray[np.int64]
PROBABILITIES = pa.schema(
    {
        "episode": pa.int64(),
        "frame": pa.int64(),
        "probability": pa.float32(),
        "fold": pa.int32(),
        "spread": pa.float32(),
        "distance": pa.float32(),
    }
)
_AT_ONCE = 512
_TWO = 2


def logits_of(model: RewardClassifier, bank: FeatureBank, episodes: Rows, frames: Rows) -> Tensor:
    """Logits of frames, float32 on the CPU: (n,), or (n, classes) for more than two classes."""
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    parts = []
    with torch.inference_mode():
        for start in range(0, len(frames), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            gathered = bank.gather(episodes[part], frames[part])
            inputs = [tensor.to(device) for tensor in gathered]
            found = model(inputs) if model.unfrozen else model.classify(inputs)
            parts.append(found.float().cpu())
    model.train(was_training)
    return torch.cat(parts)


def predict_classes(model: RewardClassifier, logits: Tensor) -> Tensor:
    """The class of each frame, int64 (n,), as LeRobot predicts: above one half, or the largest."""
    if model.settings.num_classes == _TWO:
        return (torch.sigmoid(logits) > 1 / 2).long()
    return logits.argmax(dim=-1)


def episode_probabilities(
    model: RewardClassifier, bank: FeatureBank, lengths: Mapping[int, int]
) -> dict[int, NDArray[np.float64]]:
    """Probability of success of every frame of episodes of these lengths, float64 (length,)."""
    if not lengths:
        return {}
    frames = np.concatenate([np.arange(length, dtype=np.int64) for length in lengths.values()])
    episodes = np.repeat(np.array(list(lengths), np.int64), list(lengths.values()))
    found = success_probability(model, logits_of(model, bank, episodes, frames))
    ends = np.cumsum(list(lengths.values()))[:-1]
    return dict(zip(lengths, np.split(found, ends), strict=True))


def episode_distances(
    likeness: TrainingLikeness | None, bank: FeatureBank, episode: int, length: int
) -> NDArray[np.float64] | None:
    """How far an episode's features are from those of `likeness`, float64 (length,).

    As `TrainingLikeness.of_frames` says it; None where nothing is known.
    """
    if likeness is None:
        return None
    parts = []
    for start in range(0, length, _AT_ONCE):
        frames = np.arange(start, min(start + _AT_ONCE, length), dtype=np.int64)
        numbers = feature_numbers(bank.gather(np.full_like(frames, episode), frames))
        parts.append(likeness.distances({"features": numbers}))
    return likeness.of_frames(np.concatenate(parts))


def probability_table(
    episode: int,
    fold: int,
    probabilities: NDArray[np.float64],
    spread: NDArray[np.float64] | None = None,
    distance: NDArray[np.float64] | None = None,
) -> pa.Table:
    """An episode in a table of probabilities; `fold` -1 is that of an episode without a label.

    Columns: `episode` and `frame` int64, `probability` float32, `fold` int32, and `spread` float32:
    the standard deviation among the classifiers of the folds, null where only one had not seen the
    episode; and `distance` float32: how far the features of a frame are from those of the labelled
    frames, above 1 if further than an episode that is like the others, null for labelled episodes.
    """
    frames = np.arange(len(probabilities), dtype=np.int64)
    columns = [
        np.full_like(frames, episode),
        frames,
        probabilities.astype(np.float32),
        np.full(len(frames), fold, dtype=np.int32),
        *(
            pa.nulls(len(frames), pa.float32()) if one is None else one.astype(np.float32)
            for one in (spread, distance)
        ),
    ]
    return pa.table(columns, schema=PROBABILITIES)
