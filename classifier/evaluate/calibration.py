"""How far probabilities mean what they say."""

import numpy as np

from classifier.evaluate.scored_frames import ScoredFrames, require_frames
from labeler.contracts.report import CalibrationFigures, ReliabilityBin

_BINS = 10


def calibration_figures(
    scored: ScoredFrames, scale: float = 1.0, bias: float = 0.0
) -> CalibrationFigures:
    """Calibration error, Brier score and reliability curve of probabilities.

    Args:
        scored: frames with calibrated probabilities, whose logits are `scale` times those before
            calibration, plus `bias`.

    Raises:
        LabelerError: there is no frame.
    """
    require_frames(scored)
    after = scored.probabilities.astype(np.float64)
    with np.errstate(divide="ignore", over="ignore"):  # probabilities of 0 and 1 stay what they are
        logits = (np.log(after) - np.log1p(-after) - bias) / scale
        before = 1 / (1 + np.exp(-logits))
    return CalibrationFigures(
        temperature=1 / scale,
        bias=bias,
        error=_error(_curve(after, scored.labels)),
        error_before=_error(_curve(before, scored.labels)),
        brier=float(np.mean((after - scored.labels) ** 2)),
        brier_before=float(np.mean((before - scored.labels) ** 2)),
        bins=_curve(after, scored.labels),
    )


def _curve(probabilities: np.ndarray, labels: np.ndarray) -> tuple[ReliabilityBin, ...]:
    """Bins of equal width that have a frame, by rising probability."""
    from sklearn.calibration import calibration_curve  # takes a second, at a training's end

    observed, predicted = calibration_curve(labels, probabilities, n_bins=_BINS)
    edges = np.linspace(0, 1, _BINS + 1)[1:-1]
    frames = np.bincount(np.searchsorted(edges, probabilities), minlength=_BINS)
    of_bins = zip(predicted.tolist(), observed.tolist(), frames[frames > 0].tolist(), strict=True)
    return tuple(ReliabilityBin(*values) for values in of_bins)


def _error(bins: tuple[ReliabilityBin, ...]) -> float:
    """Expected calibration error: the mean distance from the diagonal, by frames."""
    total = sum(one.frames for one in bins)
    return sum(one.frames * abs(one.predicted - one.observed) for one in bins) / total
