"""A classifier that is found by solving a convex problem: logistic regression on frozen features.

Its solution depends on no seed, is the only one there is, and is written exactly into the layers of
LeRobot's architecture.
"""

from classifier.convex.calibration import Calibration, fit_calibration
from classifier.convex.layers import calibrate, write_linear
from classifier.convex.logistic import Kernel, Solution, kernel_of, solve
from classifier.convex.strength import (
    STRENGTHS,
    OutOfFold,
    best_strength,
    out_of_fold_logits,
    with_views,
)

__all__ = [
    "STRENGTHS",
    "Calibration",
    "Kernel",
    "OutOfFold",
    "Solution",
    "best_strength",
    "calibrate",
    "fit_calibration",
    "kernel_of",
    "out_of_fold_logits",
    "solve",
    "with_views",
    "write_linear",
]
