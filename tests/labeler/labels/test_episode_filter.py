"""Counting frames, and the episodes that a user means by their labels, notes and tasks."""

import pytest

from labeler.errors import LabelError, UsageError
from labeler.labels import DatasetLabels, EpisodeLabel, FrameRange, State
from labeler.labels.episode import exclude, never, skip, with_cutoff
from labeler.labels.episode_filter import EpisodeFilter
from labeler.labels.summary import Frames, summarize

TASKS = (("Pick the cube",), ("Place it", "Fold the towel"), ("Pick",), ("Pick",), ("Pick",))


@pytest.fixture
def labels() -> DatasetLabels:
    """Ten frames each: success from 6 on with 5 and 6 excluded, never, skipped, none, always."""
    blank = EpisodeLabel(10)
    return DatasetLabels(
        [10] * 5,
        {
            0: exclude(with_cutoff(EpisodeLabel(10, note="Slow"), 6), FrameRange(5, 7)),
            1: never(EpisodeLabel(10, flag="look again")),
            2: skip(blank),
            4: with_cutoff(blank, 0),
        },
    )


def test_frames_are_counted(labels) -> None:
    summary = summarize(labels)
    assert summary.episodes == (
        Frames(3, 5, 2), Frames(0, 10, 0), Frames(0, 0, 10), Frames(0, 0, 10), Frames(10, 0, 0),
    )  # fmt: skip
    assert summary.total == Frames(13, 15, 22)
    assert summary.total.total == 50
    assert sum(summary.episodes[:2], Frames()) == Frames(3, 15, 2)
    assert summary.states == {
        State.SUCCESS: 2, State.NEVER: 1, State.SKIPPED: 1, State.UNLABELED: 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("conditions", "episodes"),
    [
        ({}, (0, 1, 2, 3, 4)),
        ({"episodes": (4, 1)}, (4, 1)),
        ({"states": (State.SUCCESS, State.NEVER)}, (0, 1, 4)),
        ({"share_from": 0.3}, (0, 4)),  # 3 of 8 frames of episode 0
        ({"share_to": 0.375}, (0, 1)),
        ({"share_from": 0.3, "share_to": 0.5}, (0,)),
        ({"task": "PICK"}, (0, 2, 3, 4)),
        ({"task": "towel"}, (1,)),
        ({"flagged": True}, (1,)),
        ({"flagged": False}, (0, 2, 3, 4)),
        ({"note": "slow"}, (0,)),
        ({"note": "again"}, (1,)),
        ({"states": (State.SUCCESS,), "note": "slow", "task": "cube"}, (0,)),
    ],
)
def test_all_conditions_hold(labels, conditions, episodes) -> None:
    assert EpisodeFilter(**conditions).choose(labels, TASKS) == episodes


def test_no_episode_is_an_error(labels) -> None:
    with pytest.raises(LabelError, match="No episode meets every condition; 5 were looked at"):
        EpisodeFilter(note="fast").choose(labels, TASKS)


@pytest.mark.parametrize("bounds", [(0.6, 0.5), (-0.1, None), (None, 1.1), (float("nan"), None)])
def test_bounds_that_hold_for_nothing_are_refused(bounds) -> None:
    with pytest.raises(UsageError, match="A share of success frames"):
        EpisodeFilter(share_from=bounds[0], share_to=bounds[1])
