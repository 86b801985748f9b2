import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.errors import LabelError
from labeler.labels import EpisodeLabel, FrameRange, State
from labeler.labels.episode import exclude, with_cutoff
from labeler.labels.rewards import exclusion_mask, from_rewards, success_mask, success_masks
from tests.labeler.labels.label_strategies import episode_labels, frames_where

CUTOFFS = (53, 36, 43, 40, 40, 44, 44, 39, 43, 34)


def test_the_reference_case_has_584_success_frames():
    columns = [success_mask(with_cutoff(EpisodeLabel(100), cutoff)) for cutoff in CUTOFFS]
    assert sum(int(column.sum()) for column in columns) == 584
    assert {column.dtype for column in columns} == {np.dtype(np.bool_)}
    assert {column.shape for column in columns} == {(100,)}


@given(episode_labels(12))
def test_a_frame_is_rewarded_if_it_is_a_success_and_not_excluded(label):
    for frame, value in enumerate(success_mask(label)):
        inside = any(frame in frames for frames in label.success)
        left_out = any(frame in frames for frames in label.excluded)
        assert value == float(inside and not left_out)
        assert exclusion_mask(label)[frame] == left_out


@given(
    st.lists(st.booleans(), min_size=1, max_size=30),
    st.sampled_from([np.float32, np.float64, np.int64, np.uint8, np.bool_]),
)
def test_labels_from_a_column_give_the_column_back(column, dtype):
    values = np.array(column, dtype=dtype)
    label = from_rewards(values, EpisodeLabel(len(column), note="kept"))
    assert frames_where(success_mask(label)) == frames_where(values)
    assert label.state is (State.SUCCESS if any(column) else State.NEVER)
    assert label.note == "kept"


@given(episode_labels(12))
def test_the_column_of_a_label_tells_its_success_again(label):
    again = from_rewards(success_mask(label), label)
    assert success_mask(again).tolist() == success_mask(label).tolist()
    assert again.excluded == label.excluded


@pytest.mark.parametrize(
    "values", [[0.5, 1], [np.nan, 1], [2, 0], [-1, 0], ["0", "1"], [None, 1], [0j, 1]]
)
def test_values_other_than_0_and_1_are_refused(values):
    with pytest.raises(LabelError, match="other than 0 and 1"):
        from_rewards(np.array(values), EpisodeLabel(2))


@pytest.mark.parametrize("shape", [(1,), (3,), (2, 1), ()])
def test_a_column_of_another_length_is_refused(shape):
    with pytest.raises(LabelError, match=r"do(es)? not fit"):
        from_rewards(np.zeros(shape), EpisodeLabel(2))


def test_an_excluded_success_frame_counts_as_failure():
    label = exclude(with_cutoff(EpisodeLabel(10), 4), FrameRange(8, 10))
    assert frames_where(success_mask(label)) == [4, 5, 6, 7]


@given(st.lists(episode_labels(12), max_size=5))
def test_many_episodes_have_the_frames_of_each(labels):
    each = [success_mask(label) for label in labels]
    together = success_masks(labels)
    assert together.dtype == np.bool_
    assert together.tolist() == [bool(value) for mask in each for value in mask]
