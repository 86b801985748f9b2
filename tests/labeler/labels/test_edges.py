"""Where success begins and ends, and one of these places moved to another frame."""

import pytest

from labeler.labels.edges import edges_of, move_edge, nearest_edge
from labeler.labels.episode import EpisodeLabel, FrameRange, State, never

TWICE = EpisodeLabel(20, State.SUCCESS, (FrameRange(3, 8), FrameRange(12, 20)))


def ranges(label: EpisodeLabel | None) -> list[tuple[int, int]] | None:
    return None if label is None else [(part.start, part.end) for part in label.success]


def test_the_end_of_the_episode_is_no_edge() -> None:
    assert edges_of(TWICE) == [3, 8, 12]
    assert edges_of(never(TWICE)) == []


@pytest.mark.parametrize(("frame", "edge"), [(0, 3), (5, 3), (6, 8), (10, 8), (11, 12), (19, 12)])
def test_the_nearest_edge_is_the_earlier_of_two(frame: int, edge: int) -> None:
    assert nearest_edge(TWICE, frame) == edge


def test_without_success_no_edge_is_near() -> None:
    assert nearest_edge(never(TWICE), 5) is None


@pytest.mark.parametrize(
    ("edge", "to", "expected"),
    [
        (3, 0, [(0, 8), (12, 20)]),
        (8, 10, [(3, 10), (12, 20)]),
        (12, 19, [(3, 8), (19, 20)]),
        (12, 5, [(3, 20)]),
        (12, 8, [(3, 20)]),
    ],
)
def test_an_edge_moves_and_ranges_that_meet_become_one(
    edge: int, to: int, expected: list[tuple[int, int]]
) -> None:
    moved = move_edge(TWICE, edge, to)
    assert ranges(moved) == expected


@pytest.mark.parametrize(("edge", "to"), [(3, 8), (8, 3), (12, 20), (3, -1), (3, 21), (5, 6)])
def test_a_range_is_never_emptied_and_what_is_no_edge_does_not_move(edge: int, to: int) -> None:
    assert move_edge(TWICE, edge, to) is None
