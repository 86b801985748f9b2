"""A classifier at work on a film, an episode or a camera: judged as pictures come, and recorded."""

from classifier.preview.drawing import annotated
from classifier.preview.judging import Judge, Judged
from classifier.preview.live import LiveShots
from classifier.preview.sending import sent
from classifier.preview.sources import (
    Shot,
    episode_moments,
    episode_shots,
    film_moments,
    film_shots,
    is_device,
)

__all__ = [
    "Judge",
    "Judged",
    "LiveShots",
    "Shot",
    "annotated",
    "episode_moments",
    "episode_shots",
    "film_moments",
    "film_shots",
    "is_device",
    "sent",
]
