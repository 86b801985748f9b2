"""Which frames are trained on and which are held out.

By episode, because neighbouring frames look alike: a split by frame puts near copies of the
held-out frames into training, and its figures flatter.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from classifier.data.labelled import LabelledFrames
from labeler.cures import Advice, SetSetting
from labeler.errors import LabelError

Rows = NDArray[np.int64]

_MOST_ALONE = 12
_FOLDS = 5


@dataclass(frozen=True)
class Split:
    """Rows of the labelled frames, ascending: int64 each."""

    train: Rows
    held_out: Rows
    by: Literal["episode", "frame"] = "episode"

    def episodes(self, frames: LabelledFrames) -> tuple[list[int], list[int]]:
        """Episodes in training and held out; a split by frame has the same ones in both."""
        train, held_out = (
            [int(episode) for episode in np.unique(frames.episodes[rows])]
            for rows in (self.train, self.held_out)
        )
        return train, held_out


def split_of(
    frames: LabelledFrames, by: Literal["episode", "frame"], part: float, seed: int
) -> Split:
    """A split that holds out about `part` of the episodes (or frames) of each kind.

    Kinds of episodes are: with success and failure, failure only, success only.

    Raises:
        LabelError: the episodes cannot be split so that both parts have both classes.
    """
    if by == "frame":
        return _by_frame(frames, part, seed)
    kinds = _kinds(frames)
    random = np.random.default_rng(seed)
    held: list[int] = []
    for episodes in kinds:
        count = round(len(episodes) * part)
        # One episode with both classes is enough; without any, one of each other kind is needed.
        if len(episodes) > 1 and (episodes is kinds[0] or not len(kinds[0])):
            count = min(max(count, 1), len(episodes) - 1)
        held += [int(episode) for episode in random.permutation(episodes)[:count]]
    split = _of_episodes(frames, held)
    _require_both(frames, split)
    return split


def folds_of(frames: LabelledFrames, count: int, seed: int | None) -> list[Split]:
    """`count` splits by episode; every row is held out in exactly one of them.

    A seed shuffles the episodes before they are dealt. Without one they are dealt in their order,
    so that every run has the same folds, and neighbours, recorded one after another, are apart.

    Raises:
        LabelError: there are fewer episodes than folds, or a fold's training lacks a class.
    """
    kinds = _kinds(frames)
    total = sum(len(episodes) for episodes in kinds)
    if total < count:
        raise LabelError(
            f"{total} labelled episodes cannot make {count} folds.",
            SetSetting(f"at most {total}, or label more episodes", setting="train.folds"),
        )
    if seed is not None:
        random = np.random.default_rng(seed)
        kinds = [random.permutation(episodes) for episodes in kinds]
    dealt = np.concatenate(kinds)
    splits = [_of_episodes(frames, [int(e) for e in dealt[fold::count]]) for fold in range(count)]
    for split in splits:
        if len(np.unique(frames.success[split.train])) < 2:
            raise LabelError(
                f"With {count} folds, one has no success or no failure to train on.",
                Advice(
                    "Use fewer folds, or label more episodes of the rarer kind.",
                    setting="train.folds",
                ),
            )
    return splits


def folds_up_to(frames: LabelledFrames, most: int, seed: int | None) -> list[Split]:
    """`most` splits by episode, or fewer where the episodes make no more; at least 2.

    Raises:
        LabelError: the episodes do not even make 2.
    """
    for count in range(min(most, len(frames.episode_list())), 2, -1):
        with suppress(LabelError):
            return folds_of(frames, count, seed)
    return folds_of(frames, 2, seed)


def folds_for_choosing(frames: LabelledFrames) -> list[Split]:
    """Splits that choose a recipe's numbers; no seed changes them.

    Each of a few episodes is held out by itself: there the deal would say much. Time grows with the
    number of splits, and with many episodes five say the same.

    Raises:
        LabelError: the episodes do not even make 2.
    """
    alone = len(frames.episode_list()) <= _MOST_ALONE
    return folds_up_to(frames, _MOST_ALONE if alone else _FOLDS, None)


def _by_frame(frames: LabelledFrames, part: float, seed: int) -> Split:
    random = np.random.default_rng(seed)
    held: list[Rows] = []
    for success in (True, False):
        rows = np.flatnonzero(frames.success == success)
        count = min(max(round(len(rows) * part), 1), len(rows) - 1)
        held.append(random.permutation(rows)[:count])
    chosen = np.zeros(len(frames), dtype=np.bool_)
    chosen[np.concatenate(held)] = True
    split = Split(np.flatnonzero(~chosen), np.flatnonzero(chosen), "frame")
    _require_both(frames, split)
    return split


def _kinds(frames: LabelledFrames) -> list[NDArray[np.int64]]:
    """Episodes with both classes, with failure only, with success only."""
    episodes, place = np.unique(frames.episodes, return_inverse=True)
    successes = np.bincount(place, frames.success)
    lengths = np.bincount(place)
    mixed = (successes > 0) & (successes < lengths)
    return [episodes[mixed], episodes[successes == 0], episodes[successes == lengths]]


def _of_episodes(frames: LabelledFrames, held: list[int]) -> Split:
    chosen = np.isin(frames.episodes, held)
    return Split(np.flatnonzero(~chosen), np.flatnonzero(chosen))


def _require_both(frames: LabelledFrames, split: Split) -> None:
    """Refuse a part without both classes; which episodes the seed draws changes no class.

    Raises:
        LabelError: naming the part, and what it lacks.
    """
    if len(frames.episode_list()) == 1 and split.by == "episode":
        raise LabelError(
            "1 labelled episode cannot be split into training and a held-out part.",
            Advice("Label another episode that shows success and failure.", setting="labels"),
        )
    for rows, name in ((split.train, "training"), (split.held_out, "the held-out part")):
        found = frames.success[rows]
        if found.all() or not found.any():
            only = "no frames" if not len(rows) else "only success" if found.all() else "no success"
            raise LabelError(
                f"{len(frames.episode_list())} labelled episodes cannot be split: "
                f"{name} would have {only}.",
                Advice(
                    "Label more episodes that show success and failure, or change train.held_out.",
                    setting="train.held_out",
                ),
            )
