"""The choice of blind episodes, and what is told about speed and agreement."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labeler.labels import EpisodeLabel, FrameRange, Origin
from labeler.labels.episode import never, with_cutoff, with_success
from labeler.review.agreement import (
    DecisionPace,
    agreement,
    edge_distance,
    pace_of,
)
from labeler.review.blind import FEWEST, blind_episodes
from labeler.review.disagreement import Disagreements
from labeler.review.scores import Scores
from labeler.review.stable import stable_numbers

BLANK = EpisodeLabel(10)


@given(st.integers(FEWEST, 500), st.integers(0, 2**40), st.integers(1, 20))
def test_one_of_each_ten_is_blind_and_stays_so(count: int, seed: int, every: int) -> None:
    blind = blind_episodes(count, seed, every)
    whole = count // every * every
    assert (blind[:whole].reshape(-1, every).sum(axis=1) == 1).all()
    assert blind[whole:].sum() <= 1
    assert np.array_equal(blind_episodes(count + 57, seed, every)[:count], blind)


def test_small_recordings_and_zero_have_none() -> None:
    assert not blind_episodes(FEWEST - 1).any()
    assert not blind_episodes(1000, every=0).any()


def test_stable_numbers_do_not_change_with_versions() -> None:
    assert stable_numbers(2, 0).tolist() == [16294208416658607535, 7960286522194355700]
    assert len(set(stable_numbers(10_000, 3).tolist())) == 10_000


def test_distance_of_edges() -> None:
    ranges = with_success(BLANK, (FrameRange(1, 3), FrameRange(5, 9)))
    moved = with_success(BLANK, (FrameRange(1, 4), FrameRange(5, 9)))
    assert edge_distance(with_cutoff(BLANK, 3), with_cutoff(BLANK, 5)) == 2
    assert edge_distance(never(BLANK), never(BLANK)) == 0
    assert edge_distance(never(BLANK), with_cutoff(BLANK, 5)) == float("inf")
    assert edge_distance(ranges, moved) == 1


def test_agreement_of_suggestions_with_labels() -> None:
    edges = [5, 5, 5, 10]
    values = np.concatenate([np.where(np.arange(10) < at, 0.02, 0.98) for at in edges])
    labels = {
        0: with_cutoff(BLANK, 5),
        1: with_cutoff(BLANK, 7),
        2: never(BLANK),
        3: EpisodeLabel(10, never(BLANK).state, origin=Origin.ACCEPTED),
    }
    found = Disagreements(Scores(values, np.arange(5) * 10), labels)
    told = agreement(found, labels)
    assert told is not None
    assert (told.episodes, told.within, told.accepted) == (4, (0.5, 0.75, 0.75), 0.25)
    assert agreement(found, {}) is None


def test_seconds_per_decision_leave_breaks_out() -> None:
    times = np.array([0.0, 100, 102, 104, 104, 110, 900])
    assert pace_of(times) == DecisionPace(3, 2.0, float(np.percentile([2, 2, 6], 90)))
    assert pace_of(np.zeros(3)) is None
