"""Calibration makes probabilities of other episodes mean more, and never less."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.convex import (
    Calibration,
    fit_calibration,
    kernel_of,
    out_of_fold_logits,
    solve,
)
from classifier.convex.calibration import log_loss

_EPISODES, _LENGTH, _FEATURES = 12, 30, 60


def recording(random, episodes=_EPISODES, told=1.0):
    """Features in which every episode has a look of its own; a tenth of the labels are wrong."""
    direction = np.random.default_rng(9).normal(size=_FEATURES) / np.sqrt(_FEATURES)
    number = np.repeat(np.arange(episodes), _LENGTH)
    success = random.random(len(number)) < 0.5
    look = random.normal(size=(episodes, _FEATURES)) * 1.5
    features = random.normal(size=(len(number), _FEATURES)) + look[number]
    features += told * 2 * (success[:, None] - 0.5) * direction * 4
    wrong = random.random(len(number)) < 0.1
    return features.astype(np.float32), success ^ wrong, number


def folds_of(number, count=4):
    return [np.flatnonzero(number % count == fold) for fold in range(count)]


def brier(logits, success):
    return float(np.mean((1 / (1 + np.exp(-logits)) - success) ** 2))


def test_over_confident_training_is_put_right_on_episodes_that_nobody_saw() -> None:
    """Hardly regularised, a regression of more features than episodes is far too sure."""
    scores = []
    for seed in range(4):
        random = np.random.default_rng(seed)
        features, success, number = recording(random)
        kernel, folds, weak = kernel_of(features), folds_of(number), 1e-6
        (found,) = out_of_fold_logits(kernel, success, number, folds, [weak])
        calibration = fit_calibration(found.logits, success, number, folds)
        assert calibration.scale < 0.7, "it was too sure of itself"
        unseen, truth, _ = recording(random, 20)
        whole = solve(kernel.products, success.astype(float), weak)
        before = whole.logits((unseen @ features.T).astype(float) / kernel.unit)
        after = calibration.logits(before)
        assert log_loss(after, truth) < log_loss(before, truth)
        scores.append((brier(before, truth), brier(after, truth)))
    # The folds learnt from fewer episodes than the whole, so one draw alone may gain nothing.
    before_mean, after_mean = np.mean(scores, axis=0)
    assert after_mean < before_mean


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000), scale=st.floats(0.05, 20), bias=st.floats(-3, 3),
    told=st.floats(0, 4),
)  # fmt: skip
def test_what_comes_back_is_no_worse_on_the_frames_that_it_was_tried_on(
    seed, scale, bias, told
) -> None:
    random = np.random.default_rng(seed)
    features, success, number = recording(random, told=told)
    logits = scale * features.astype(float).mean(axis=1) + bias
    folds = folds_of(number)
    found = fit_calibration(logits, success, number, folds)
    after = found.logits(logits)
    assert found.scale > 0 and np.isfinite([found.scale, found.bias]).all()
    assert log_loss(after, success) <= log_loss(logits, success) + 1e-9


def test_probabilities_that_mean_what_they_say_stay() -> None:
    random = np.random.default_rng(3)
    logits = random.normal(size=4000) * 2
    success = random.random(4000) < 1 / (1 + np.exp(-logits))
    number = np.repeat(np.arange(40), 100)
    found = fit_calibration(logits, success, number, folds_of(number))
    assert abs(np.log(found.scale)) < 0.1 and abs(found.bias) < 0.1


def test_a_perfect_separation_is_not_made_endlessly_sure() -> None:
    logits = np.tile([-0.2, 0.2], 60)
    number = np.repeat(np.arange(6), 20)
    found = fit_calibration(logits, logits > 0, number, folds_of(number, 3))
    assert 1 < found.scale < 10, "six episodes tell little"


def test_without_gain_on_other_episodes_there_is_none() -> None:
    """Each half of the episodes contradicts the other."""
    number = np.repeat(np.arange(4), 50)
    logits = np.random.default_rng(1).normal(size=200)
    success = (logits > 0) ^ (number % 2 == 1)
    assert fit_calibration(logits, success, number, folds_of(number, 2)) == Calibration()
