"""Probabilities that mean what they say: temperature and bias, fitted on out-of-fold logits.

C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, On calibration of modern neural networks (ICML 2017)
have the temperature; the bias makes it J. Platt's scaling (1999). Frames of an episode are alike,
so what is fitted is held to 1 and 0 as if each episode were a single observation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.convex.logistic import Floats

Rows = NDArray[np.int64]
Success = NDArray[np.bool_]


@dataclass(frozen=True)
class Calibration:
    """A calibrated logit is `scale` * logit + `bias`; the temperature is 1 / `scale`."""

    scale: float = 1.0
    bias: float = 0.0

    def logits(self, logits: Floats) -> Floats:
        """Calibrated logits (n,)."""
        result: Floats = self.scale * logits + self.bias
        return result


def fit_calibration(
    logits: Floats, success: Success, episodes: Rows, folds: Sequence[Rows]
) -> Calibration:
    """The calibration that out-of-fold logits (n,) ask for; none unless it helps other episodes.

    It is fitted on all folds but one and tried on that one, each in turn. Only if both log loss and
    Brier score of the frames tried on are lower than without, the calibration fitted on all frames
    comes back.

    Args:
        success: (n,).
        episodes: number of each frame's episode, (n,).
        folds: rows of each fold, together all rows.
    """
    tried = np.empty_like(logits)
    everything = np.arange(len(logits))
    for held in folds:
        others = np.setdiff1d(everything, held)
        tried[held] = _fit(logits[others], success[others], episodes[others]).logits(logits[held])
    helps = log_loss(tried, success) < log_loss(logits, success)
    helps = helps and _brier(tried, success) < _brier(logits, success)
    return _fit(logits, success, episodes) if helps else Calibration()


def loss_after_calibration(logits: Floats, success: Success, episodes: Rows) -> float:
    """Mean log loss of logits (n,) as if they were calibrated, with what the calibration costs.

    It says how well the logits tell success from failure, whatever they say of their own certainty.
    """
    return _lowest(logits, success, episodes)[1]


def log_loss(logits: Floats, success: Success) -> float:
    """Mean log loss of logits (n,)."""
    return float(np.mean(np.logaddexp(0, logits) - success * logits))


def _brier(logits: Floats, success: Success) -> float:
    return float(np.mean((_probabilities(logits) - success) ** 2))


def _probabilities(logits: Floats) -> Floats:
    result: Floats = 1 / (1 + np.exp(-np.clip(logits, -700, 700)))
    return result


def _fit(logits: Floats, success: Success, episodes: Rows) -> Calibration:
    return _lowest(logits, success, episodes)[0]


def _lowest(logits: Floats, success: Success, episodes: Rows) -> tuple[Calibration, float]:
    from scipy.optimize import minimize  # half a second, for a training that has folds only

    count = len(np.unique(episodes))

    def objective(point: Floats) -> tuple[float, Floats]:
        scale, bias = float(np.exp(point[0])), float(point[1])
        moved = scale * logits + bias
        error = _probabilities(moved) - success
        slope = np.array([np.mean(error * scale * logits), np.mean(error)]) + point / count
        return log_loss(moved, success) + float(point @ point) / (2 * count), slope

    found = minimize(objective, np.zeros(2), jac=True, method="BFGS")
    scale, bias = np.exp(found.x[0]), found.x[1]
    return Calibration(float(scale), float(bias)), float(found.fun)
