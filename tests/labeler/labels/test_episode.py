import math
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.errors import LabelError
from labeler.labels import EpisodeLabel, FrameRange, State
from labeler.labels.episode import (
    clear,
    exclude,
    include,
    merge_ranges,
    never,
    skip,
    slice_label,
    with_cutoff,
    with_success,
    without,
)
from tests.labeler.labels.label_strategies import episode_labels, frame_ranges

LENGTH = 12


def covered(ranges):
    return {frame for frames in ranges for frame in range(frames.start, frames.end)}


@pytest.mark.parametrize("bounds", [(-1, 3), (3, 3), (4, 3), (0, 0)])
def test_an_empty_or_negative_range_is_refused(bounds):
    with pytest.raises(LabelError, match="empty or negative"):
        FrameRange(*bounds)


@pytest.mark.parametrize("odd", [math.nan, 1.0, 0.5, "1", None, True, math.inf])
def test_a_bound_that_is_no_whole_number_is_refused(odd):
    with pytest.raises(LabelError, match="whole number"):
        FrameRange(odd, 3)
    with pytest.raises(LabelError, match="whole number"):
        FrameRange(0, odd)
    with pytest.raises(LabelError, match="whole number"):
        with_cutoff(EpisodeLabel(9), odd)
    with pytest.raises(LabelError, match="whole number"):
        EpisodeLabel(odd)


def test_integers_of_numpy_become_plain_ones():
    frames = FrameRange(np.int64(1), np.int32(3))
    assert (type(frames.start), type(frames.end)) == (int, int)
    assert type(EpisodeLabel(np.int64(3)).length) is int


def test_a_range_holds_its_first_frame_and_not_its_end():
    frames = FrameRange(2, 4)
    assert [frame for frame in range(6) if frame in frames] == [2, 3]
    assert len(frames) == 2


@given(frame_ranges(LENGTH, max_size=6))
def test_merged_ranges_are_sorted_apart_and_cover_the_same_frames(ranges):
    result = merge_ranges(ranges)
    assert covered(result) == covered(ranges)
    assert all(one.end < other.start for one, other in pairwise(result))


@given(frame_ranges(LENGTH, max_size=6), frame_ranges(LENGTH, min_size=1, max_size=1))
def test_without_takes_away_exactly_the_frames_named(ranges, removed):
    assert covered(without(ranges, removed[0])) == covered(ranges) - covered(removed)


@given(episode_labels(LENGTH), frame_ranges(LENGTH, min_size=1, max_size=1))
def test_excluding_and_including_change_only_those_frames(label, frames):
    outside = covered(label.excluded) - covered(frames)
    assert covered(exclude(label, frames[0]).excluded) == outside | covered(frames)
    assert covered(include(label, frames[0]).excluded) == outside


@given(episode_labels(LENGTH), st.integers(0, LENGTH - 1))
def test_a_cutoff_is_success_from_there_to_the_end(label, cutoff):
    marked = with_cutoff(label, cutoff)
    assert (marked.state, marked.cutoff) == (State.SUCCESS, cutoff)
    assert covered(marked.success) == set(range(cutoff, LENGTH))
    assert marked.note == label.note


@pytest.mark.parametrize("cutoff", [-1, 10, 11])
def test_a_cutoff_outside_the_episode_is_refused(cutoff):
    with pytest.raises(LabelError, match=r"0 to 9"):
        with_cutoff(EpisodeLabel(10), cutoff)


@pytest.mark.parametrize("ranges", [[(2, 5)], [(1, 3), (5, 10)]])
def test_success_that_is_lost_again_has_no_cutoff(ranges):
    label = with_success(EpisodeLabel(10), [FrameRange(*pair) for pair in ranges])
    assert label.cutoff is None


def test_no_success_range_at_all_means_never():
    assert with_success(EpisodeLabel(10), []).state is State.NEVER


@given(episode_labels(LENGTH))
def test_decisions_replace_each_other_and_keep_the_rest(label):
    for decide, state in (
        (never, State.NEVER),
        (skip, State.SKIPPED),
        (clear, State.UNLABELED),
    ):
        after = decide(label)
        assert (after.state, after.success) == (state, ())
        assert (after.excluded, after.note, after.flag) == (label.excluded, label.note, label.flag)
        assert after.decided == (state is State.NEVER)


@pytest.mark.parametrize(
    ("state", "success"),
    [(State.SUCCESS, ()), (State.NEVER, ((0, 1),)), (State.SKIPPED, ((0, 1),))],
)
def test_a_state_that_contradicts_its_ranges_is_refused(state, success):
    with pytest.raises(LabelError, match="does not go with"):
        EpisodeLabel(10, state, tuple(FrameRange(*pair) for pair in success))


@pytest.mark.parametrize("field", ["success", "excluded"])
def test_a_range_beyond_the_episode_is_refused(field):
    with pytest.raises(LabelError, match="outside an episode of 10 frames"):
        EpisodeLabel(
            10, State.SUCCESS, **{"success": (FrameRange(0, 1),), field: (FrameRange(5, 11),)}
        )


def test_an_episode_without_frames_and_a_time_without_zone_are_refused():
    with pytest.raises(LabelError, match="at least one frame"):
        EpisodeLabel(0)
    with pytest.raises(LabelError, match="time zone"):
        EpisodeLabel(1, time=datetime(2026, 1, 1))


@given(episode_labels(LENGTH), st.integers(0, LENGTH - 1), st.integers(1, LENGTH))
def test_a_part_of_an_episode_keeps_what_is_said_of_its_frames(label, start, length):
    stop = min(start + length, LENGTH)
    part = slice_label(label, start, stop)
    frames = set(range(start, stop))
    assert part.length == stop - start
    assert covered(part.success) == {f - start for f in covered(label.success) & frames}
    assert covered(part.excluded) == {f - start for f in covered(label.excluded) & frames}
    lost = label.state is State.SUCCESS and not part.success
    assert part.state is (State.NEVER if lost else label.state)
    assert part.note == label.note


def test_a_part_without_the_success_never_succeeds():
    label = with_cutoff(EpisodeLabel(LENGTH), 8)
    assert slice_label(label, 0, 8).state is State.NEVER
    assert slice_label(label, 0, LENGTH) is label
