"""Labels as per-frame arrays, and back."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from labeler.cures import RunInspect
from labeler.errors import LabelError
from labeler.labels.episode import EpisodeLabel, FrameRange, State, with_success
from labeler.labels.wording import plural


def exclusion_mask(label: EpisodeLabel) -> NDArray[np.bool_]:
    """Which frames training leaves out: bool, shape (length,)."""
    return _mask(label.excluded, label.length)


def success_mask(label: EpisodeLabel) -> NDArray[np.bool_]:
    """Which frames count as success: bool, shape (length,). Excluded frames never do.

    Frame t is `next.reward[t]` of a copy, as LeRobot's reward classifier reads it
    (LeRobot 0.6.1, rewards/classifier/modeling_classifier.py).
    """
    return _mask(label.success, label.length) & ~exclusion_mask(label)


def success_masks(labels: Sequence[EpisodeLabel]) -> NDArray[np.bool_]:
    """`success_mask` of many episodes, one behind the other: bool, shape (frames of all,)."""
    lengths = np.array([label.length for label in labels], dtype=np.int64)
    success = _join((label.success for label in labels), lengths)
    return success & ~_join((label.excluded for label in labels), lengths)


def from_rewards(column: NDArray[np.generic], template: EpisodeLabel) -> EpisodeLabel:
    """Label whose success ranges are the frames where `column` is 1.

    Raises:
        LabelError: a value is neither 0 nor 1 (NaN included), or the length is another one.
    """
    values = np.asarray(column)
    if values.shape != (template.length,):
        raise LabelError(
            f"{plural(values.size, 'reward')} {'does' if values.size == 1 else 'do'} not fit an "
            f"episode of {plural(template.length, 'frame')}.",
            "Check the dataset.",
            RunInspect(),
        )
    if values.dtype.kind not in "biuf" or not np.isin(values, (0, 1)).all():
        raise LabelError(
            "The reward column holds values other than 0 and 1.",
            "Only binary success rewards can be turned into labels.",
        )
    edges = np.flatnonzero(np.diff(np.concatenate(([0], values.astype(np.int8), [0]))))
    ranges = [
        FrameRange(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)
    ]
    return with_success(replace(template, state=State.UNLABELED, success=()), ranges)


def _join(
    ranges: Iterable[tuple[FrameRange, ...]], lengths: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Frames in the (disjoint) ranges of episodes that stand one behind the other."""
    steps = np.zeros(int(lengths.sum()) + 1, dtype=np.int8)
    firsts = (np.cumsum(lengths) - lengths).tolist()
    bounds = [
        (first + frames.start, first + frames.end)
        for first, of_episode in zip(firsts, ranges, strict=True)
        for frames in of_episode
    ]
    starts, ends = np.array(bounds, dtype=np.int64).reshape(-1, 2).T
    steps[starts] += 1
    steps[ends] -= 1  # where a range ends another may begin: of the next episode
    return np.cumsum(steps[:-1], dtype=np.int8).astype(np.bool_)


def _mask(ranges: tuple[FrameRange, ...], length: int) -> NDArray[np.bool_]:
    mask = np.zeros(length, dtype=np.bool_)
    for frames in ranges:
        mask[frames.start : frames.end] = True
    return mask
