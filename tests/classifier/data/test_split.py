"""Whatever the labels, a split keeps episodes together and both classes on both sides."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.cli.cures import hint
from classifier.data import LabelledFrames, folds_for_choosing, folds_of, split_of
from labeler.errors import LabelError


def frames_of(*episodes: list[int]) -> LabelledFrames:
    numbers = np.repeat(np.arange(len(episodes)) * 3, [len(e) for e in episodes])
    frames = np.concatenate([np.arange(len(e)) for e in episodes])
    return LabelledFrames(numbers, frames, np.concatenate(episodes).astype(np.int64))


@st.composite
def labelled(draw) -> LabelledFrames:
    episode = st.lists(st.integers(0, 1), min_size=1, max_size=8)
    plain = st.integers(1, 4).flatmap(lambda n: st.sampled_from([[0] * n, [1] * n]))
    return frames_of(*draw(st.lists(episode | plain, min_size=1, max_size=12)))


def complete(frames: LabelledFrames, split) -> None:
    joined = np.sort(np.concatenate([split.train, split.held_out]))
    assert joined.tolist() == list(range(len(frames)))
    for rows in (split.train, split.held_out):
        assert rows.dtype == np.int64
        assert (np.diff(rows) > 0).all()


@given(labelled(), st.sampled_from(["episode", "frame"]), st.floats(0.05, 0.9), st.integers(0, 9))
def test_both_parts_have_both_classes_or_it_is_refused(frames, by, part, seed) -> None:
    try:
        split = split_of(frames, by, part, seed)
    except LabelError as error:
        assert "cannot be split" in error.message
        return
    complete(frames, split)
    assert split.by == by
    for rows in (split.train, split.held_out):
        assert set(frames.success[rows].tolist()) == {True, False}
    train, held_out = split.episodes(frames)
    if by == "episode":
        assert not set(train) & set(held_out)
    again = split_of(frames, by, part, seed)
    assert again.held_out.tolist() == split.held_out.tolist()


@given(labelled(), st.integers(2, 5), st.integers(0, 9))
def test_folds_hold_every_row_out_once(frames, count, seed) -> None:
    try:
        folds = folds_of(frames, count, seed)
    except LabelError as error:
        assert "folds" in error.message
        return
    assert len(folds) == count
    for fold in folds:
        complete(frames, fold)
        train, held_out = fold.episodes(frames)
        assert not set(train) & set(held_out)
        assert set(frames.success[fold.train].tolist()) == {True, False}
    held = np.sort(np.concatenate([fold.held_out for fold in folds]))
    assert held.tolist() == list(range(len(frames)))


def test_usual_recordings_can_be_split() -> None:
    mixed, failure, success = [0, 0, 1], [0, 0, 0], [1, 1]
    ten = split_of(frames_of(*[mixed] * 10), "episode", 0.2, 1)
    assert len(ten.held_out) == 6
    both = split_of(frames_of(*[mixed] * 10, *[failure] * 5), "episode", 0.2, 1)
    assert len(both.held_out) == 9
    for episodes in ([mixed] * 2, [mixed] * 2 + [failure], [failure, failure, success, success]):
        for seed in range(5):
            split = split_of(frames_of(*episodes), "episode", 0.2, seed)
            assert len(split.held_out) > 0


def test_seeds_differ() -> None:
    frames = frames_of(*[[0, 1]] * 12)
    found = {tuple(split_of(frames, "episode", 0.3, seed).held_out) for seed in range(8)}
    assert len(found) > 4


@pytest.mark.parametrize("episodes", [[[0, 1]], [[0, 0], [0, 1]], [[0, 0], [1, 1]]])
def test_what_cannot_be_split_says_what_lacks(episodes) -> None:
    with pytest.raises(LabelError, match=r"labelled episodes? cannot be split") as error:
        split_of(frames_of(*episodes), "episode", 0.2, 0)
    # Neither another seed nor another share makes two episodes of one.
    assert ("train.held_out" in hint(error.value)) == (len(episodes) > 1)
    assert "seed" not in hint(error.value)


@given(labelled())
def test_few_episodes_are_held_out_one_by_one(frames) -> None:
    count = len(frames.episode_list())
    try:
        folds = folds_for_choosing(frames)
    except LabelError as error:
        assert "folds" in error.message
        return
    held = [fold.episodes(frames)[1] for fold in folds]
    assert sorted(np.concatenate(held).tolist()) == frames.episode_list()
    for left_out in frames.episode_list():
        rest = frames.success[frames.episodes != left_out]
        if rest.all() or not rest.any():  # nothing could be learnt without this one
            return
    assert len(held) == count


def test_many_episodes_are_dealt_in_their_order() -> None:
    folds = folds_for_choosing(frames_of(*[[0, 1]] * 13))
    assert [fold.episodes(frames_of(*[[0, 1]] * 13))[1] for fold in folds] == [
        [0, 15, 30],
        [3, 18, 33],
        [6, 21, 36],
        [9, 24],
        [12, 27],
    ]


def test_too_many_folds_are_refused() -> None:
    frames = frames_of([0, 1], [0, 0], [0, 1])
    with pytest.raises(LabelError, match="cannot make 4 folds") as error:
        folds_of(frames, 4, 0)
    assert "at most 3" in hint(error.value)
    with pytest.raises(LabelError, match="no success or no failure"):
        folds_of(frames_of([0, 1], [0, 0]), 2, 0)
