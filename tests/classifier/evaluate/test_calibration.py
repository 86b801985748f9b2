"""Figures of calibration, against their definitions."""

import numpy as np
import pytest

from classifier.evaluate import ScoredFrames, calibration_figures
from labeler.errors import LabelerError


def frames(probabilities, labels) -> ScoredFrames:
    count = len(labels)
    zeros = np.zeros(count, np.int64)
    return ScoredFrames(zeros, np.arange(count), np.array(labels, bool), np.array(probabilities))


def test_error_score_and_curve_are_those_of_their_definitions() -> None:
    found = calibration_figures(frames([0.02, 0.04, 0.62, 0.68, 0.9, 1.0], [0, 1, 1, 0, 1, 1]))
    assert [one.frames for one in found.bins] == [2, 2, 1, 1]
    assert [one.observed for one in found.bins] == [0.5, 0.5, 1, 1]
    assert [one.predicted for one in found.bins] == pytest.approx([0.03, 0.65, 0.9, 1])
    assert found.error == pytest.approx((2 * 0.47 + 2 * 0.15 + 0.1) / 6)
    squares = [0.02**2, 0.96**2, 0.38**2, 0.68**2, 0.1**2, 0]
    assert found.brier == pytest.approx(np.mean(squares))
    assert (found.error_before, found.brier_before) == pytest.approx((found.error, found.brier))
    assert (found.temperature, found.bias) == (1, 0)


def test_before_is_what_the_calibration_began_with() -> None:
    logits = np.array([-4.0, -1, 2, 6])
    labels = [0, 1, 0, 1]
    after = 1 / (1 + np.exp(-(0.5 * logits - 0.3)))
    found = calibration_figures(frames(after, labels), 0.5, -0.3)
    began = calibration_figures(frames(1 / (1 + np.exp(-logits)), labels))
    assert (found.temperature, found.bias) == (2, -0.3)
    assert found.error_before == pytest.approx(began.error)
    assert found.brier_before == pytest.approx(began.brier)
    assert found.brier < found.brier_before


def test_frames_of_one_class_and_none() -> None:
    assert calibration_figures(frames([0.0, 0.5, 1.0], [0, 0, 0])).brier == pytest.approx(1.25 / 3)
    with pytest.raises(LabelerError):
        calibration_figures(frames([], []))
