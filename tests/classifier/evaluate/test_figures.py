"""Figures against cases computed by hand."""

import numpy as np
import pytest
from hypothesis import given
from sklearn import metrics

from classifier.evaluate import ScoredFrames, curves, figures
from labeler.contracts.report import Confusion
from tests.classifier.evaluate.cases import any_order, frames, one_episode


def test_a_case_computed_by_hand() -> None:
    found = figures(one_episode("...###", 0.1, 0.6, 0.2, 0.9, 0.4, 0.7), 0.5)
    assert found.confusion == Confusion(tn=2, fp=1, fn=1, tp=2)
    assert (found.frames, found.positives, found.threshold) == (6, 3, 0.5)
    assert found.accuracy == pytest.approx(4 / 6)
    assert found.precision == pytest.approx(2 / 3)
    assert found.recall == pytest.approx(2 / 3)
    assert found.f1 == pytest.approx(2 / 3)
    # By falling probability: success, success, failure, success, failure, failure.
    assert found.average_precision == pytest.approx((1 + 1 + 3 / 4) / 3)
    assert found.roc_auc == pytest.approx(8 / 9)  # one of nine pairs is the wrong way round


def test_only_failures_leave_recall_undefined() -> None:
    found = figures(one_episode("..", 0.1, 0.9), 0.5)
    assert (found.precision, found.recall) == (0, None)
    assert (found.average_precision, found.roc_auc) == (None, None)
    assert found.accuracy == 0.5


def test_only_successes_leave_the_ranking_undefined() -> None:
    found = figures(one_episode("##", 0.1, 0.9), 0.5)
    assert (found.precision, found.recall) == (1, 0.5)
    assert (found.average_precision, found.roc_auc) == (None, None)


def test_nothing_judged_a_success_leaves_precision_undefined() -> None:
    found = figures(one_episode(".#", 0.1, 0.2), 0.5)
    assert (found.precision, found.recall, found.f1) == (None, 0, 0)


def test_nothing_right_and_nothing_wrong_about_successes_leaves_f1_undefined() -> None:
    assert figures(one_episode("..", 0.1, 0.2), 0.5).f1 is None


@given(frames)
def test_figures_are_those_of_scikit_learn(scored: ScoredFrames) -> None:
    found, predicted = figures(scored, 0.5), scored.probabilities > 0.5
    told = found.confusion
    expected = metrics.confusion_matrix(scored.labels, predicted, labels=[False, True])
    assert (told.tn, told.fp, told.fn, told.tp) == tuple(expected.ravel())
    assert found.accuracy == pytest.approx(metrics.accuracy_score(scored.labels, predicted))
    for name in ("precision", "recall", "f1"):
        score = getattr(metrics, f"{name}_score")
        theirs = score(scored.labels, predicted, zero_division=np.nan)
        ours = getattr(found, name)
        assert (np.nan if ours is None else ours) == pytest.approx(theirs, nan_ok=True)
    if len(set(scored.labels.tolist())) > 1:
        ranked = scored.labels, scored.probabilities
        assert found.average_precision == pytest.approx(metrics.average_precision_score(*ranked))
        assert found.roc_auc == pytest.approx(metrics.roc_auc_score(*ranked))


@given(frames)
def test_curves_are_those_of_scikit_learn(scored: ScoredFrames) -> None:
    found = curves(scored)
    if found is None:
        assert len(set(scored.labels.tolist())) == 1 or not scored.probabilities.any()
        return
    precision, recall, _ = metrics.precision_recall_curve(scored.labels, scored.probabilities)
    if not scored.probabilities.all():
        precision, recall = precision[1:], recall[1:]  # 0 is never above a threshold
    assert found.precision == pytest.approx(precision[:-1])  # theirs adds an end without a frame
    assert found.recall == pytest.approx(recall[:-1])


@given(frames)
def test_each_point_of_a_curve_is_what_its_threshold_does(scored: ScoredFrames) -> None:
    found = curves(scored)
    for at, threshold in enumerate(found.thresholds if found else ()):
        there = figures(scored, threshold)
        assert found is not None
        assert found.precision[at] == pytest.approx(there.precision)
        assert found.recall[at] == pytest.approx(there.recall)
        assert found.f1[at] == pytest.approx(there.f1)


def test_a_long_curve_is_thinned_out_and_keeps_its_ends() -> None:
    random = np.random.default_rng(0)
    labels = random.random(5000) < 0.4
    full = any_order(np.zeros(5000), np.arange(5000), labels, random.random(5000))
    thin, whole = curves(full, 100), curves(full, 9999)
    assert thin is not None and whole is not None
    assert len(thin.thresholds) == 100
    for name in ("thresholds", "precision", "recall", "f1"):
        thinned, complete = getattr(thin, name), getattr(whole, name)
        assert (thinned[0], thinned[-1]) == (complete[0], complete[-1])
        assert set(thinned) <= set(complete)
