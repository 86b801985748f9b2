"""Each moment predicted as the robot would, with how fast that goes."""

import time
from collections import deque
from dataclasses import dataclass

import torch

from classifier.data.images import prepare_image
from classifier.model import RewardClassifier, success_probability
from classifier.preview.sources import Shot
from labeler.errors import UsageError

_WINDOW = 30  # frames over which the rate is told


@dataclass(frozen=True)
class Prediction:
    """One moment.

    seconds: time in the source
    probability: of success
    latency: seconds from when the images had come until they were predicted
    rate: moments predicted per second, of late
    """

    index: int
    seconds: float
    probability: float
    success: bool
    latency: float
    rate: float


class Predictor:
    """Predicts moment after moment with one classifier."""

    def __init__(self, model: RewardClassifier, threshold: float) -> None:
        self.model, self.threshold = model, threshold
        self.keys = tuple(camera.key for camera in model.cameras)
        self._device = next(model.parameters()).device
        self._ends: deque[float] = deque(maxlen=_WINDOW)

    def __call__(self, shot: Shot) -> Prediction:
        """Predict a moment.

        Raises:
            UsageError: a crop leaves an image.
        """
        self._check(shot)
        images = [
            prepare_image(shot.images[camera.key], camera)[None].to(self._device)
            for camera in self.model.cameras
        ]
        with torch.inference_mode():
            probability = float(success_probability(self.model, self.model(images))[0])
        now = time.monotonic()
        self._ends.append(now)
        passed = now - self._ends[0]
        rate = (len(self._ends) - 1) / passed if passed > 0 else 0.0
        success = probability > self.threshold
        return Prediction(shot.index, shot.seconds, probability, success, now - shot.taken, rate)

    def _check(self, shot: Shot) -> None:
        for camera in self.model.cameras:
            if camera.crop is None:
                continue
            top, left, height, width = camera.crop
            high, wide = shot.images[camera.key].shape[:2]
            if top + height > high or left + width > wide:
                raise UsageError(
                    f"The classifier cuts {list(camera.crop)} (top, left, height, width) out of "
                    f"{camera.key}, whose images are {high} x {wide} here.",
                    "Use images of the size that it was trained on.",
                )
