"""A classifier at work on a video, an episode or a camera, live and recorded."""

from classifier.preview.drawing import annotate, jpeg_images
from classifier.preview.live import LiveShots
from classifier.preview.predicting import Prediction, Predictor
from classifier.preview.sources import (
    Shot,
    episode_moments,
    episode_shots,
    is_device,
    video_moments,
    video_shots,
)

__all__ = [
    "LiveShots",
    "Prediction",
    "Predictor",
    "Shot",
    "annotate",
    "episode_moments",
    "episode_shots",
    "is_device",
    "jpeg_images",
    "video_moments",
    "video_shots",
]
