"""What scores are worth beside labels, and where those that are no probabilities mean success."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from labeler.labels import EpisodeLabel, FrameRange
from labeler.labels.episode import exclude, never, skip, with_cutoff
from labeler.review.scores import Scores
from labeler.review.worth import fit, worth_of

LENGTH = 10


def scores_of(*episodes, **more):
    values = np.concatenate([np.asarray(one, np.float64) for one in episodes])
    starts = np.concatenate(([0], np.cumsum([len(one) for one in episodes])))
    return Scores(values, starts, name="model", **more)


def success(cutoff):
    return with_cutoff(EpisodeLabel(LENGTH), cutoff)


FAILED = never(EpisodeLabel(LENGTH))
RISE = np.linspace(0, 1, LENGTH)


def test_auc_is_that_of_sklearn_over_frames_that_count():
    random = np.random.default_rng(3)
    values = [np.round(random.random(LENGTH), 1) for _ in range(4)]  # with ties
    values[0][:2] = np.nan
    labels = {
        0: success(5),
        1: FAILED,
        2: exclude(success(3), FrameRange(8, LENGTH)),
        3: skip(EpisodeLabel(LENGTH)),
    }
    true = [np.arange(LENGTH) >= 5, np.zeros(LENGTH, bool), np.arange(LENGTH) >= 3]
    expected = roc_auc_score(
        np.concatenate([true[0][2:], true[1], true[2][:8]]),
        np.concatenate([values[0][2:], values[1], values[2][:8]]),
    )
    assert worth_of(scores_of(*values), labels).auc == pytest.approx(expected)


def test_episodes_are_counted_by_what_is_suggested():
    yes, no = [0.01] * 5 + [0.99] * 5, [0.01] * LENGTH
    unknown = [np.nan] * LENGTH
    found = worth_of(
        scores_of(yes, no, yes, no, unknown, yes),
        {0: success(5), 1: success(5), 2: FAILED, 3: FAILED, 4: FAILED},
    )
    assert (found.successes, found.missed) == (2, 1)
    assert (found.failures, found.false_successes) == (2, 1)
    assert found.sentence.startswith("model: AUC 0.")
    assert "suggests success in 1 of 2 failed episodes, misses 1 of 2 successful episodes" in (
        found.sentence
    )


def test_without_labels_there_is_nothing_to_say():
    nothing = worth_of(scores_of(RISE), {})
    assert nothing.auc is None
    assert nothing.sentence == "model: no labelled episode to measure it on."
    one_kind = worth_of(scores_of([0.01] * LENGTH), {0: FAILED})
    assert one_kind.sentence == (
        "model: no AUC, suggests success in 0 of 1 failed episode, misses 0 of 0 successful "
        "episodes."
    )


def test_progress_means_success_where_the_labels_begin():
    """Progress of 0.5 is half the way, not a probability of a half."""
    progress = scores_of(RISE, RISE * 0.7, RISE, calibrated=False)
    labels = {0: success(8), 1: FAILED}
    fitted = fit(progress, labels)
    assert fitted.suggestion(EpisodeLabel(LENGTH), 2).cutoff == 8
    before, after = (worth_of(one, labels) for one in (progress, fitted))
    assert (before.false_successes, after.false_successes) == (1, 0)
    assert after.auc == before.auc == 1.0
    assert fitted.values[[0, LENGTH - 1]].tolist() == [0, 1]


def test_gaps_stay_gaps_and_equal_values_stay_together():
    flat = np.array([np.nan] + [0.0] * 4 + [1.0] * 5)
    fitted = fit(scores_of(flat, calibrated=False), {0: success(6)})
    assert np.isnan(fitted.values[0])
    assert set(fitted.values[1:]) == {0.0, 1.0}


def test_probabilities_and_scores_without_two_kinds_of_frames_stay():
    probable = scores_of(RISE)
    assert fit(probable, {0: success(8)}) is probable
    progress = scores_of(RISE, calibrated=False)
    for labels in ({}, {0: FAILED}, {0: success(0)}):
        assert fit(progress, labels) is progress
