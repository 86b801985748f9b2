"""Labels beside probabilities: how much they differ, in words, and after a change."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.labels import EpisodeLabel, FrameRange, State
from labeler.labels.episode import clear, exclude, never, with_cutoff, with_success
from labeler.review.disagreement import Disagreements
from labeler.review.order import ReviewOrder, ranks
from labeler.review.scores import Scores
from labeler.review.suggestion import LOSS_COST, log_odds, suggest

LENGTH = 100
BLANK = EpisodeLabel(LENGTH)


def edge(at: int, low: float = 0.02, high: float = 0.98) -> np.ndarray:
    return np.where(np.arange(LENGTH) < at, low, high)


def scores_of(*episodes: np.ndarray) -> Scores:
    starts = np.concatenate(([0], np.cumsum([len(part) for part in episodes])))
    return Scores(np.concatenate(episodes), starts)


@pytest.fixture
def found() -> Disagreements:
    scores = scores_of(
        edge(61), edge(40), edge(54), edge(100), edge(30), np.full(100, np.nan), edge(50, 0.4, 0.6)
    )
    labels = {
        0: with_cutoff(BLANK, 53),
        1: never(BLANK),
        2: with_cutoff(BLANK, 53),
        3: with_cutoff(BLANK, 20),
        5: with_cutoff(BLANK, 5),
    }
    return Disagreements(scores, labels)


def test_what_is_said_of_a_label(found: Disagreements) -> None:
    assert found.reason(0) == "label 53, model says 61 with high confidence"
    assert found.reason(1) == "label never, model says success from 40 with high confidence"
    assert found.reason(3) == "label 20, model says never with high confidence"
    assert found.reason(4) == found.reason(5) == ""


def test_what_is_worth_a_look_comes_by_severity(found: Disagreements) -> None:
    assert found.worth_a_look().tolist() == [3, 1, 0]
    assert [found.is_worth_a_look(e) for e in range(7)] == [
        True,
        True,
        *[False] * 1,
        True,
        *[False] * 3,
    ]


def test_orders(found: Disagreements) -> None:
    def order(name: ReviewOrder) -> list[int]:
        keys = ranks(name, found)
        return [int(e) for e in np.argsort(keys, kind="stable") if not np.isnan(keys[e])]

    assert order(ReviewOrder.CONFIDENCE) == [6, 4]
    assert order(ReviewOrder.DISAGREEMENT) == [3, 1, 0, 2]
    assert order(ReviewOrder.STATE) == [3, 1]
    recheck = order(ReviewOrder.RECHECK)
    assert sorted(recheck) == [0, 1, 2, 3, 5]
    assert recheck == order(ReviewOrder.RECHECK)


def test_undecided_episodes_come_by_how_far_classifiers_differ(found: Disagreements) -> None:
    assert np.isnan(ranks(ReviewOrder.UNDECIDED, found)).all(), "nothing is known of several"
    spread = np.full(len(found.scores.values), np.nan)
    for episode, value in ((0, 0.3), (4, 0.1), (6, 0.2)):
        spread[found.scores.starts[episode] : found.scores.starts[episode + 1]] = value
    spread[found.scores.starts[6]] = np.nan
    scores = replace(found.scores, spread=spread)
    np.testing.assert_allclose(scores.doubt()[[0, 4, 6]], [0.3, 0.1, 0.2])
    assert scores.spreads(5) is None and scores.spreads(4) is not None
    again = Disagreements(scores, found._labels)
    keys = ranks(ReviewOrder.UNDECIDED, again)
    assert [int(e) for e in np.argsort(keys, kind="stable") if not np.isnan(keys[e])] == [6, 4]


def test_a_change_is_followed(found: Disagreements) -> None:
    found.update({0: with_cutoff(BLANK, 61), 3: clear(BLANK), 4: never(BLANK)})
    assert found.worth_a_look().tolist() == [4, 1]
    assert found.severity[0] == found.severity[3] == 0


def test_ranges_that_are_suggested_are_no_disagreement() -> None:
    parts = (FrameRange(20, 50), FrameRange(70, 100))
    lost = np.where(np.isin(np.arange(LENGTH), [*range(20, 50), *range(70, 100)]), 0.98, 0.02)
    scores = scores_of(lost, lost)
    found = Disagreements(scores, {0: with_success(BLANK, parts), 1: with_cutoff(BLANK, 20)})
    assert found.severity[0] == 0
    assert found.reason(1) == "label 20, model says success in 20–49, 70–99 with high confidence"
    assert found.worth_a_look().tolist() == [1]


LABELS = st.one_of(
    st.just(EpisodeLabel(8)),
    st.just(never(EpisodeLabel(8))),
    st.integers(0, 7).map(lambda k: with_cutoff(EpisodeLabel(8), k)),
    st.just(with_success(EpisodeLabel(8), (FrameRange(0, 2), FrameRange(5, 7)))),
)


@given(
    st.lists(st.tuples(LABELS, st.booleans()), min_size=1, max_size=6),
    st.integers(0, 2**32 - 1),
)
def test_severity_is_the_lead_over_the_label(
    told: list[tuple[EpisodeLabel, bool]], seed: int
) -> None:
    values = np.random.default_rng(seed).uniform(0, 1, (len(told), 8))
    labels = {
        index: exclude(label, FrameRange(2, 4)) if excluded else label
        for index, (label, excluded) in enumerate(told)
    }
    found = Disagreements(scores_of(*values), labels)
    for index, label in labels.items():
        excluded = np.isin(np.arange(8), [2, 3]) & bool(label.excluded)
        odds = log_odds(values[index], excluded)
        best = suggest(values[index], excluded).label(EpisodeLabel(8))
        lead = max(_gain(odds, best) - _gain(odds, label), 0)
        assert found.severity[index] == pytest.approx(lead if label.decided else 0)
    again = Disagreements(scores_of(*values), {})
    for index, label in labels.items():
        again.update({index: label})
    assert np.array_equal(again.severity, found.severity)
    assert np.array_equal(again.worth_a_look(), found.worth_a_look())
    differs = [
        label.decided
        and (label.state is State.NEVER) != (found.suggestion(i).label(label).state is State.NEVER)
        for i, label in labels.items()
    ]
    assert found.state_differs.tolist() == differs


def _gain(odds: np.ndarray, label: EpisodeLabel) -> float:
    inside = sum(float(odds[part.start : part.end].sum()) for part in label.success)
    return inside - LOSS_COST * sum(part.end < label.length for part in label.success)
