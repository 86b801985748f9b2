"""Label values of an episode and of a dataset, pure operations on them, every file dialect."""

from labeler.labels.collection import Crop, DatasetIdentity, DatasetLabels
from labeler.labels.episode import EpisodeLabel, FrameRange, Origin, State

__all__ = [
    "Crop",
    "DatasetIdentity",
    "DatasetLabels",
    "EpisodeLabel",
    "FrameRange",
    "Origin",
    "State",
]
