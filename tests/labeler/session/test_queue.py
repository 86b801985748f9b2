"""Which episodes are shown, in which order."""

from dataclasses import replace

import numpy as np
import pytest

from labeler.labels import FrameRange, Origin
from labeler.labels.episode import exclude, never, skip, with_cutoff, with_success
from labeler.session import Order, Show, queue

TASKS = ("pick up the red cube", "put it down")  # of even and odd episodes


@pytest.fixture
def session(session):
    """Lengths 12, 9, 15, 4; decided in the order 2, 0, 3."""
    session.decide(2, replace(with_cutoff(session.label(2), 8), note="Blurry"), frame=8, what="a")
    session.decide(0, replace(never(session.label(0)), flag=""), frame=0, what="b")
    session.decide(3, with_cutoff(session.label(3), 2), frame=2, what="c")
    return session


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        (Show.ALL, [0, 1, 2, 3]),
        (Show.UNLABELED, [1]),
        (Show.SUCCESS, [2, 3]),
        (Show.NEVER, [0]),
        (Show.SKIPPED, []),
        (Show.FLAGGED, [0]),
        (Show.NOTED, [2]),
    ],
)
def test_shown(session, show, expected):
    found = queue(session, show, Order.DATASET)
    assert found.dtype == np.int64 and found.tolist() == expected


@pytest.mark.parametrize(
    ("order", "rising", "falling"),
    [
        (Order.DATASET, [0, 1, 2, 3], [3, 2, 1, 0]),
        (Order.LENGTH, [3, 1, 0, 2], [2, 0, 1, 3]),
        (Order.CUTOFF, [3, 2, 0, 1], [2, 3, 0, 1]),
        (Order.STATE, [1, 2, 3, 0], [0, 2, 3, 1]),
        (Order.RECENT, [3, 0, 2, 1], [2, 0, 3, 1]),
    ],
)
def test_order(session, order, rising, falling):
    assert queue(session, Show.ALL, order).tolist() == rising
    assert queue(session, Show.ALL, order, descending=True).tolist() == falling


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("red", [0, 2]),
        ("RED cube", [0, 2]),
        ("blur", [2]),
        ("cube blurry", [2]),
        ("down", [1, 3]),
        ("cube down", []),
        ("   ", [0, 1, 2, 3]),
    ],
)
def test_search(session, search, expected):
    assert queue(session, Show.ALL, Order.DATASET, search).tolist() == expected


def test_the_queue_follows_the_labels(session):
    session.decide(1, skip(session.label(1)), frame=0, what="skip")
    assert queue(session, Show.SKIPPED, Order.DATASET).tolist() == [1]
    session.undo()
    assert queue(session, Show.SKIPPED, Order.DATASET).tolist() == []
    assert queue(session, Show.UNLABELED, Order.RECENT, "down").tolist() == [1]


def test_filters_go_by_exclusions_ranges_and_origin(session):
    session.decide(1, with_success(session.label(1), [FrameRange(2, 4)]), frame=2, what="ranges")
    session.decide(
        3, replace(exclude(session.label(3), FrameRange(0, 1)), origin=Origin.ACCEPTED), frame=0,
        what="accept",
    )  # fmt: skip
    session.decide(0, replace(session.label(0), origin=Origin.IMPORTED), frame=0, what="import")

    def shown(show, search=""):
        return queue(session, show, Order.DATASET, search).tolist()

    assert shown(Show.RANGES) == [1]
    assert shown(Show.EXCLUDED) == [3]
    assert shown(Show.ACCEPTED) == [3]
    assert shown(Show.IMPORTED) == [0]
    assert shown(Show.HUMAN) == [1, 2]
    session.undo()
    assert shown(Show.IMPORTED) == [] and shown(Show.HUMAN) == [0, 1, 2]


def test_labels_of_an_author_are_found(session):
    assert session.author == "operator"
    session.author = "Bo"
    session.decide(1, skip(session.label(1)), frame=0, what="skip")
    assert queue(session, search="by:bo").tolist() == [1]
    assert queue(session, search="by:operator").tolist() == [0, 2, 3]
    assert queue(session, search="by:operator red").tolist() == [0, 2]
    assert queue(session, search="by:nobody").tolist() == []
