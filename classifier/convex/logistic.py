"""L2-regularised logistic regression in its dual, where its size is that of the frames.

A frame has ten times as many features as there are frames, so weights are found as a sum over the
frames: w = X^T a. What is solved for is `a`, by Newton's method as in C. E. Rasmussen, C. K. I.
Williams, Gaussian Processes for Machine Learning (MIT Press 2006), algorithm 3.1: the most probable
function of a Gaussian process with a linear kernel is that logistic regression.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Features = NDArray[np.float32]

_INTERCEPT = 100.0
"""Times as weakly as the weights the intercept is regularised: practically not at all."""
_MOST_STEPS = 60
_ENOUGH = 1e-7
"""Part of the objective by which a step has to lower it for another to be worth its time."""
_HALVINGS = 12
_MULTIPLES = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0)
"""Of a start: with a tenth of the strength, logits are about half as large again or twice."""


@dataclass(frozen=True)
class Kernel:
    """Products of frames, float64 (n, n), in units of the mean square of a frame."""

    products: Floats
    unit: float

    def __len__(self) -> int:
        return len(self.products)


@dataclass(frozen=True)
class Solution:
    """A logistic regression: logit = sum over the frames of `dual` * kernel + `intercept`.

    dual: float64 (n,)
    """

    dual: Floats
    intercept: float

    def logits(self, products: Floats) -> Floats:
        """Logits (m,) of frames whose products with the n frames are (m, n)."""
        result: Floats = products @ self.dual + self.intercept
        return result

    def weights(self, features: Features, unit: float) -> Floats:
        """Weights (d,) for features of frames; `features` (n, d) are those that were learnt from.

        `unit` is that of the kernel.
        """
        result: Floats = (self.dual.astype(np.float32) @ features).astype(np.float64) / unit
        return result


def kernel_of(features: Features) -> Kernel:
    """The kernel of standardised features, float32 (n, d).

    Raises:
        ValueError: a feature is not a finite number.
    """
    products = (features @ features.T).astype(np.float64)
    unit = max(float(np.trace(products)) / max(len(products), 1), 1e-12)
    if not np.isfinite(unit):
        raise ValueError("a feature is not a finite number")
    return Kernel(products / unit, unit)


def solve(
    products: Floats,
    success: Floats,
    strength: float,
    start: Floats | None = None,
    enough: float = _ENOUGH,
) -> Solution:
    """The minimum of: sum of the log losses + `strength` / 2 * |w|^2.

    Args:
        products: (n, n), of frames in the units of a kernel.
        success: 0 or 1 per frame, (n,).
        strength: of the regularisation, above 0.
        start: where to begin, a `dual` (n,) or what is best of its multiples; the result does not
            depend on it.
        enough: part of the objective by which a step has to lower it for another to follow.
    """
    covariance = (products + _INTERCEPT) / strength
    dual = np.zeros(len(success)) if start is None else start * strength
    logits = covariance @ dual
    if start is not None:
        values = [_objective(each * dual, each * logits, success) for each in _MULTIPLES]
        best = _MULTIPLES[int(np.argmin(values))]
        dual, logits = best * dual, best * logits
    value = _objective(dual, logits, success)
    for _ in range(_MOST_STEPS):
        towards = _newton(covariance, logits, success) - dual
        moved = covariance @ towards
        before = value
        for halving in range(_HALVINGS):
            part = 0.5**halving
            value = _objective(dual + part * towards, logits + part * moved, success)
            if value <= before:
                dual, logits = dual + part * towards, logits + part * moved
                break
        if before - value <= enough * (1 + abs(before)):
            break
    return Solution(dual / strength, float(_INTERCEPT * dual.sum() / strength))


def _newton(covariance: Floats, logits: Floats, success: Floats) -> Floats:
    """The dual to which a full step leads."""
    chance = 1 / (1 + np.exp(-np.clip(logits, -40, 40)))
    weight = np.maximum(chance * (1 - chance), 1e-12)
    root = np.sqrt(weight)
    inner = root[:, None] * covariance * root
    inner[np.diag_indices(len(inner))] += 1
    wanted = weight * logits + (success - chance)
    factor = torch.linalg.cholesky(torch.from_numpy(inner))
    asked = torch.from_numpy(root * (covariance @ wanted))[:, None]
    away = torch.cholesky_solve(asked, factor)[:, 0].numpy()
    result: Floats = wanted - root * away
    return result


def _objective(dual: Floats, logits: Floats, success: Floats) -> float:
    losses = np.logaddexp(0, logits) - success * logits
    return float(losses.sum() + dual @ logits / 2)
