"""Agreement of two operators is counted as by others, and disagreements are found."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from labeler.errors import LabelError
from labeler.labels import (
    DatasetIdentity,
    DatasetLabels,
    EpisodeLabel,
    FrameRange,
    Origin,
    State,
)
from labeler.labels.rewards import from_rewards, success_masks
from labeler.review.comparison import compare, same_decision
from labeler.review.merging import MergeRule, merge

LENGTHS = (10, 10, 10, 10, 10)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def cutoff(frame: int, **more: object) -> EpisodeLabel:
    return EpisodeLabel(10, State.SUCCESS, (FrameRange(frame, 10),), **more)


NEVER, SKIPPED, OPEN = (EpisodeLabel(10, s) for s in (State.NEVER, State.SKIPPED, State.UNLABELED))


def labels(told: Mapping[int, EpisodeLabel], fingerprint: str = "sha256:aa") -> DatasetLabels:
    return DatasetLabels(LENGTHS, told, DatasetIdentity(name="pick", fingerprint=fingerprint))


def test_figures_of_an_example() -> None:
    """Worked by hand."""
    first = labels({0: cutoff(3), 1: cutoff(4), 2: cutoff(8), 3: NEVER, 4: cutoff(1)})
    second = labels({0: cutoff(3), 1: cutoff(6), 2: NEVER, 3: cutoff(2), 4: OPEN})
    found = compare(first, second)
    frames = found.frames
    assert (frames.both, frames.only_first, frames.only_second, frames.neither) == (11, 4, 8, 17)
    chance = (15 * 19 + 25 * 21) / 40**2
    assert frames.agreement == 28 / 40
    assert frames.kappa == pytest.approx((28 / 40 - chance) / (1 - chance))
    assert found.cutoffs.tolist() == [0, 2]
    assert found.cutoff_difference == pytest.approx((1.0, 1.8))
    assert found.states_agreed == 2 / 4
    assert found.one_sided == (4,)
    assert [(d.episode, d.frames) for d in found.differences] == [(3, 8), (1, 2), (2, 2)]
    assert found.differences[0].words(("anna", "ben")) == "anna: never, ben: success from 2"


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_kappa_is_that_of_scikit_learn(pairs) -> None:
    a, b = np.array(pairs, np.float32).T
    told = [
        DatasetLabels((len(pairs),), {0: from_rewards(column, EpisodeLabel(len(pairs)))})
        for column in (a, b)
    ]
    found = compare(*told).frames
    assert found.total == len(pairs)
    if len({*a, *b}) == 1:
        assert found.kappa is None
    else:
        assert found.kappa == pytest.approx(cohen_kappa_score(a, b))


def test_excluded_frames_are_not_judged() -> None:
    one = cutoff(5, excluded=(FrameRange(0, 2),))
    found = compare(labels({0: one}), labels({0: cutoff(5, excluded=(FrameRange(8, 10),))}))
    assert found.frames.total == 6
    assert found.frames.agreement == 1.0
    assert found.differences[0].frames == 4
    assert "(2 frames excluded)" in found.differences[0].words(("a", "b"))


def test_nothing_to_compare() -> None:
    found = compare(labels({}), labels({}))
    assert (found.frames.kappa, found.frames.agreement) == (None, None)
    assert (found.cutoff_difference, found.states_agreed) == (None, None)
    assert found.differences == found.one_sided == ()


@pytest.mark.parametrize(("within", "equal"), [(0, False), (1, False), (2, True)])
def test_edges_may_be_some_frames_apart(within, equal) -> None:
    assert same_decision(cutoff(4), cutoff(6), within) is equal
    assert (
        not compare(labels({0: cutoff(4)}), labels({0: cutoff(6)}), within).differences
    ) is equal


def test_two_recordings_are_refused() -> None:
    with pytest.raises(LabelError, match=r"two recordings: pick \(aa\) and pick \(bb\)"):
        compare(labels({}), labels({}, "sha256:bb"))
    with pytest.raises(LabelError, match="other lengths"):
        compare(labels({}), DatasetLabels((10, 9), {}))
    compare(labels({}), labels({}, ""))


MIXED = (
    {0: cutoff(3, author="anna", origin=Origin.ACCEPTED), 1: cutoff(4, time=NOON, note="dark"),
     2: SKIPPED, 3: cutoff(7)},
    {0: cutoff(3, author="ben"), 1: cutoff(6, time=NOON + timedelta(hours=1), flag="sure?"),
     2: NEVER, 4: NEVER},
)  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "one", "two"),
    [
        (MergeRule.FIRST, cutoff(4).success, State.SKIPPED),
        (MergeRule.SECOND, cutoff(6).success, State.NEVER),
        (MergeRule.BOTH, cutoff(6).success, State.SKIPPED),
    ],
)
def test_disagreements_by_rule(rule, one, two) -> None:
    found = merge(*map(labels, MIXED), rule)
    assert (found.resolved, found.flagged) == ((1, 2), ())
    assert found.labels[1].success == one
    assert found.labels[2].state is two
    assert (found.labels[1].note, found.labels[1].flag) == ("dark", "sure?")


def test_the_later_decision_is_taken_where_times_tell_it_and_else_none() -> None:
    later = NOON + timedelta(hours=1)
    told = (
        {0: cutoff(4, time=NOON), 1: cutoff(4), 2: cutoff(4, time=later), 3: cutoff(4, time=NOON)},
        {0: cutoff(6, time=later), 1: cutoff(6), 2: cutoff(6), 3: cutoff(6, time=NOON)},
    )
    found = merge(*map(labels, told), MergeRule.NEWER)
    assert (found.resolved, found.flagged) == ((0,), (1, 2, 3))
    assert found.labels[0] == cutoff(6, time=later)
    assert [found.labels[e].state for e in (1, 2, 3)] == [State.UNLABELED] * 3
    assert found.labels[1].flag == "first: success from 4, second: success from 6"


def test_crops_are_kept_unless_they_differ() -> None:
    one = replace(labels({}), crops={"a": (0, 0, 8, 8), "b": (1, 1, 4, 4), "c": (0, 0, 2, 2)})
    two = replace(labels({}), crops={"a": (0, 0, 8, 8), "c": (0, 0, 3, 3), "d": (2, 2, 6, 6)})
    found = merge(one, two)
    assert found.labels.crops == {"a": (0, 0, 8, 8), "b": (1, 1, 4, 4), "d": (2, 2, 6, 6)}
    assert found.crops_apart == ("c",)


def test_open_disagreements_are_flagged_and_the_rest_is_taken() -> None:
    found = merge(*map(labels, MIXED), names=("anna", "ben"))
    assert (found.agreed, found.one_sided, found.resolved) == (1, 2, ())
    assert found.flagged == (1, 2)
    merged = found.labels
    assert merged[0] == cutoff(3, author="anna, ben", origin=Origin.ACCEPTED)
    assert merged[1].state is State.UNLABELED
    assert merged[1].flag == "anna: success from 4, ben: success from 6; sure?"
    assert (merged[1].note, merged[1].success) == ("dark", ())
    assert merged[3] == cutoff(7)
    assert merged[4] == NEVER
    assert merged.identity.fingerprint == "sha256:aa"


def test_success_only_where_both_say_so() -> None:
    ranges = EpisodeLabel(10, State.SUCCESS, (FrameRange(1, 4), FrameRange(6, 8)))
    other = cutoff(3, excluded=(FrameRange(9, 10),))
    found = merge(labels({0: ranges}), labels({0: other}), MergeRule.BOTH).labels
    assert found[0].success == (FrameRange(3, 4), FrameRange(6, 8))
    assert found[0].excluded == other.excluded
    nothing = merge(labels({0: cutoff(8)}), labels({0: NEVER}), MergeRule.BOTH).labels
    assert nothing[0].state is State.NEVER


TOLD = st.builds(
    lambda state, start, cut: EpisodeLabel(
        10,
        state,
        (FrameRange(start, 10),) if state is State.SUCCESS else (),
        (FrameRange(0, cut),) if cut else (),
    ),
    st.sampled_from(list(State)),
    st.integers(0, 9),
    st.integers(0, 2),
)


@given(st.lists(st.tuples(TOLD, TOLD), min_size=5, max_size=5), st.sampled_from(list(MergeRule)))
def test_merging_loses_nothing_and_invents_nothing(pairs, rule) -> None:
    first, second = (labels(dict(enumerate(column))) for column in zip(*pairs, strict=True))
    found = merge(first, second, rule)
    apart = {d.episode for d in compare(first, second).differences}
    for episode, (one, other) in enumerate(pairs):
        merged = found.labels[episode]
        if episode not in apart:
            assert merged.state in (one.state, other.state)
        elif rule is MergeRule.OPEN:
            assert merged.state is State.UNLABELED and merged.flag
        if merged.state is State.SUCCESS:
            said = success_masks([one]) | success_masks([other])
            assert not (success_masks([merged]) & ~said).any()
    assert found.agreed + found.one_sided + len(apart) <= 5
    assert merge(found.labels, found.labels).flagged == ()
