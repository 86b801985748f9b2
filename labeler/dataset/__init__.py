"""What a LeRobot dataset on disk says: layout per version, episodes, cameras, columns."""

from labeler.dataset.dataset import DONE, REWARD, SUCCESS, Dataset, open_dataset
from labeler.dataset.formats import Version
from labeler.dataset.layout import Camera, Column, Episode, VideoSegment
from labeler.remote import local_root

__all__ = [
    "DONE",
    "REWARD",
    "SUCCESS",
    "Camera",
    "Column",
    "Dataset",
    "Episode",
    "Version",
    "VideoSegment",
    "local_root",
    "open_dataset",
]
