"""How the learning rate goes."""

import math

from classifier.config import TrainConfig

_WARM_UP = 0.02  # part of the steps during which the rate rises
_FLOOR = 0.05  # part of the rate that a cosine schedule ends with


def learning_rate(config: TrainConfig, step: int, steps: int) -> float:
    """Rate of a step, counted from 0, of `steps`: constant, or a cosine after a short rise."""
    rate = config.reward_model.learning_rate
    if config.train.schedule == "constant":
        return rate
    rise = max(1, math.ceil(_WARM_UP * steps))
    if step < rise:
        return rate * (step + 1) / rise
    done = (step - rise) / max(1, steps - rise)
    return rate * (_FLOOR + (1 - _FLOOR) * 0.5 * (1 + math.cos(math.pi * done)))
