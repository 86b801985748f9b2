"""The solver finds what scikit-learn finds, and the strength that predicts other episodes."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from classifier.convex import (
    STRENGTHS,
    best_strength,
    kernel_of,
    out_of_fold_logits,
    solve,
    with_views,
)


def frames(count: int, features: int, noise: float, seed: int = 0):
    """Features of unit variance, and successes that depend on the first ones of them."""
    random = np.random.default_rng(seed)
    found = random.normal(size=(count, features)).astype(np.float32)
    logits = found[:, :5].sum(axis=1) + 1 + noise * random.normal(size=count)
    return found, logits > 0


@pytest.mark.parametrize("strength", [10.0, 0.1, 0.001])
def test_the_solution_is_that_of_scikit_learn(strength):
    found, success = frames(80, 300, 0.5)
    kernel = kernel_of(found)
    ours = solve(kernel.products, success.astype(float), strength)
    scaled = found.astype(np.float64) / np.sqrt(kernel.unit)
    theirs = LogisticRegression(C=1 / strength, tol=1e-10, max_iter=10_000).fit(scaled, success)
    other, _ = frames(20, 300, 0.5, seed=1)
    wanted = theirs.decision_function(other / np.sqrt(kernel.unit))
    logits = ours.logits((other @ found.T) / kernel.unit)
    assert logits == pytest.approx(wanted, abs=0.02 * np.abs(wanted).max())
    assert other @ ours.weights(found, kernel.unit) + ours.intercept == pytest.approx(
        logits, abs=1e-3
    )


def test_where_it_begins_makes_no_difference():
    found, success = frames(60, 200, 1.0)
    kernel = kernel_of(found)
    cold = solve(kernel.products, success.astype(float), 0.01)
    warm = solve(
        kernel.products,
        success.astype(float),
        0.01,
        solve(kernel.products, success.astype(float), 1.0).dual,
    )
    assert warm.dual == pytest.approx(cold.dual, abs=1e-3 * np.abs(cold.dual).max())


def test_noise_asks_for_more_strength():
    chosen = []
    for noise in (0.0, 20.0):
        found, success = frames(200, 40, noise)
        folds = [np.arange(start, 200, 5) for start in range(5)]
        tried = list(out_of_fold_logits(kernel_of(found), success, np.arange(200) // 10, folds))
        assert [each.strength for each in tried] == list(STRENGTHS)
        chosen.append(best_strength(tried))
    assert chosen[0].strength < chosen[1].strength
    assert chosen[0].loss < chosen[1].loss < 0.75


def test_a_fold_says_nothing_of_frames_that_it_learnt_from():
    found, _ = frames(100, 400, 0.0)
    success = np.random.default_rng(5).random(100) < 0.5  # nothing can be learnt
    folds = [np.arange(start, 100, 4) for start in range(4)]
    tried = list(out_of_fold_logits(kernel_of(found), success, np.arange(100), folds, [0.001]))
    assert ((tried[0].logits > 0) == success).mean() < 0.65


def test_views_that_change_nothing_say_nothing_new():
    found, success = frames(60, 200, 1.0)
    folds, episodes = [np.arange(start, 60, 3) for start in range(3)], np.arange(60) // 10
    once = out_of_fold_logits(kernel_of(found), success, episodes, folds)
    kernel = kernel_of(np.concatenate([found, found]))
    twice = out_of_fold_logits(kernel, success, episodes, folds, views=1)
    for plain, doubled in zip(once, twice, strict=True):
        most = np.abs(plain.logits).max()
        assert doubled.logits == pytest.approx(plain.logits, abs=5e-3 * most)
        assert len(doubled.solutions[0].dual) == 2 * len(plain.solutions[0].dual)


def test_a_view_of_a_frame_is_held_out_with_it():
    rows = with_views(np.array([0, 3]), 5, 2)
    assert rows.tolist() == [0, 3, 5, 8, 10, 13]
    found, _ = frames(60, 400, 0.0)
    success = np.random.default_rng(5).random(60) < 0.5  # nothing can be learnt but by heart
    folds = [np.arange(start, 60, 4) for start in range(4)]
    kernel = kernel_of(np.concatenate([found, found]))
    tried = out_of_fold_logits(kernel, success, np.arange(60), folds, [0.001], views=1)
    assert ((next(tried).logits > 0) == success).mean() < 0.7


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_features_that_are_no_numbers_are_refused(bad):
    found, _ = frames(4, 3, 0.0)
    found[2, 1] = bad
    with pytest.raises(ValueError):
        kernel_of(found)
