"""Each moment predicted as the robot would, with how fast that goes."""

import time
from collections import deque
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from classifier.data.images import prepare_image
from classifier.likeness import TrainingLikeness
from classifier.model import RewardClassifier, frame_numbers, success_probability
from classifier.preview.sources import Shot
from labeler.decision import Decider, Rule
from labeler.errors import UsageError

_WINDOW = 30  # frames over which the rate is told
_LATELY = 300  # frames that are compared with the training


@dataclass(frozen=True)
class Prediction:
    """One moment.

    seconds: time in the source
    probability: of success
    success: whether success is decided
    latency: seconds from when the images had come until they were predicted
    rate: moments predicted per second, of late
    gates_open: whether all gates of the rule hold
    """

    index: int
    seconds: float
    probability: float
    success: bool
    latency: float
    rate: float
    gates_open: bool = True


class Predictor:
    """Predicts moment after moment with one classifier.

    Success is decided by a rule, if there is one, else by one probability above the threshold, as
    LeRobot does. Another `threshold` takes the place of the rule's.
    """

    def __init__(
        self,
        model: RewardClassifier,
        threshold: float,
        rule: Rule | None = None,
        fps: float = 30.0,
        likeness: TrainingLikeness | None = None,
    ) -> None:
        self.model, self.threshold = model, threshold
        self.fps = fps
        self.own_rule = rule
        self._decider = None if rule is None else Decider(rule, fps)
        self._likeness = likeness
        self._distances: deque[NDArray[np.float64]] = deque(maxlen=_LATELY)
        self.keys = tuple(camera.key for camera in model.cameras)
        self._device = next(model.parameters()).device
        self._ends: deque[float] = deque(maxlen=_WINDOW)

    @property
    def rule(self) -> Rule | None:
        """The rule with the threshold as it is now; None without one."""
        return None if self.own_rule is None else self.own_rule.at(self.threshold)

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
            features = self.model.encode(images)
            probability = float(success_probability(self.model, self.model.classify(features))[0])
        if self._likeness is not None:
            away = self._likeness.distances(frame_numbers(features, images))
            self._distances.append(away)
        now = time.monotonic()
        self._ends.append(now)
        passed = now - self._ends[0]
        rate = (len(self._ends) - 1) / passed if passed > 0 else 0.0
        rule = self.rule
        success = self._decide(shot, probability, rule)
        is_open = rule is None or rule.is_open(shot.values)
        latency = now - shot.taken
        return Prediction(shot.index, shot.seconds, probability, success, latency, rate, is_open)

    def difference(self, least: int = 1) -> str:
        """What is to be said where the images of late differ from the training; else empty.

        It is empty, too, where there were fewer than `least`: a few are like no whole episode.
        """
        if self._likeness is None or len(self._distances) < least:
            return ""
        return self._likeness.sentence([np.concatenate(list(self._distances))])

    def _decide(self, shot: Shot, probability: float, rule: Rule | None) -> bool:
        if self._decider is None or rule is None:
            return probability > self.threshold
        self._decider.rule = rule
        return self._decider(shot.seconds, probability, shot.values)

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
