"""Which episodes are shown, in which order."""

from dataclasses import replace

import numpy as np
import pytest

from labeler.labels.episode import never, skip, with_cutoff
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
