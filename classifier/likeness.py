"""How far images are from those that a classifier was trained on.

Numbers of frames are standardised by the training frames and projected at random onto fewer ones,
which keeps distances (W. Johnson and J. Lindenstrauss, 1984; with signs alone, D. Achlioptas, 2003)
in directions, too, in which the training frames do not differ. What counts is the distance to the
nearest training frames, in units of the same distance of episodes that were left out.

An episode is told by its median, a frame by itself, and frames differ more than medians do: each
has a limit of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]

NEAREST = 5
"""Training frames whose mean distance counts."""
_NUMBERS = 256
"""Numbers that those of a frame are projected onto."""
_LEAST = 0.1
"""Of the mean deviation: a number that hardly moves must not be blown up."""
_LEAST_EPISODES = 3
_SMALLEST = 1e-6
"""Stands for the distance of a frame that is there twice, which has no logarithm."""
_OUTLIER = 3.5 * 1.4826
"""Robust deviations beyond which a value is an outlier (B. Iglewicz and D. Hoaglin, 1993)."""


@dataclass(frozen=True, eq=False)
class KnownFrames:
    """What is known of the training frames, by numbers of one kind.

    mean, std: of each number, float32 (d,)
    frames: the training frames, standardised and projected, float32 (n, 256)
    usual: median distance of a frame to the frames of other episodes
    limit: distance of an episode, in units of `usual`, that episodes left out stay below
    frame_limit: the same of a frame; None where it was not kept
    """

    mean: Floats
    std: Floats
    frames: Floats
    usual: float
    limit: float
    frame_limit: float | None = None

    def distances(self, numbers: Floats) -> Numbers:
        """Distance of frames (n, d) to the training frames in units of `usual`, float64 (n,)."""
        return _nearest(_project((numbers - self.mean) / self.std), self.frames) / self.usual


def known_frames(numbers: Floats, episodes: Rows) -> KnownFrames | None:
    """What is to be kept of training frames; None of fewer than three episodes.

    The limits come from episodes, each left out in turn: the largest of their median distances and
    of their frames' distances, or the value beyond which the logarithm of one would be an outlier.

    numbers: (n, d); episodes: of each frame, int64 (n,)
    """
    names = np.unique(episodes)
    if len(names) < _LEAST_EPISODES:
        return None
    mean, std = numbers.mean(axis=0), numbers.std(axis=0)
    std = np.maximum(std, max(float(std.mean()) * _LEAST, 1e-6))
    frames = _project((numbers - mean) / std)
    found = np.zeros(len(frames))
    for episode in names:
        own = episodes == episode
        found[own] = _nearest(frames[own], frames[~own])
    usual = float(np.median(found))
    if not usual > 0:  # all frames are the same
        return None
    medians = np.array([np.median(found[episodes == one]) for one in names])
    limits = (_limit(medians / usual), _limit(found / usual))
    return KnownFrames(mean.astype(np.float32), std.astype(np.float32), frames, usual, *limits)


def _limit(distances: Numbers) -> float:
    """What distances that are as usual stay below."""
    logarithms = np.log(np.maximum(distances, _SMALLEST))
    middle = float(np.median(logarithms))
    spread = float(np.median(np.abs(logarithms - middle)))
    return float(np.exp(max(logarithms.max(), middle + _OUTLIER * spread)))


KINDS = {
    "features": "what the encoder makes of them",
    "pixels": "brightness and colours, coarsely",
}
"""What is compared, and how it is said."""


@dataclass(frozen=True, eq=False)
class TrainingLikeness:
    """The training frames by what the encoder makes of them, and by coarse pixels.

    An encoder may see no difference in a light that its classifier was never trained in, and pixels
    none in an image that another task gives, so both are looked at.
    """

    known: Mapping[str, KnownFrames]
    """By the names in `KINDS`."""

    def distances(self, numbers: Mapping[str, Floats]) -> Numbers:
        """Distances of frames by kind, float64 (n, kinds), each in units of its `usual`."""
        columns = [one.distances(numbers[name]) for name, one in self.known.items()]
        return np.stack(columns, axis=1)

    def largest(self, distances: Sequence[Numbers]) -> tuple[str, float]:
        """The kind that differs most, and the median distance in units of its limit."""
        medians = np.median(np.concatenate(distances), axis=0)
        shares = medians / [one.limit for one in self.known.values()]
        most = int(np.argmax(shares))
        return list(self.known)[most], float(shares[most])

    def of_frames(self, distances: Numbers) -> Numbers | None:
        """Distances of frames (n, kinds) as one number each, float64 (n,), above 1 if unlike.

        It is that of the kind that differs most, in units of its limit of a frame; None where a
        limit was not kept.
        """
        limits = [one.frame_limit for one in self.known.values()]
        known = [limit for limit in limits if limit is not None]
        if len(known) < len(limits):
            return None
        largest: Numbers = (distances / known).max(axis=1)
        return largest

    def sentence(self, distances: Sequence[Numbers]) -> str:
        """What is to be said of a recording, given the distances of each episode; or nothing."""
        if not distances:
            return ""
        kind, share = self.largest(distances)
        if share <= 1:
            return ""
        known = self.known[kind]
        beyond = sum(self.largest([one])[1] > 1 for one in distances)
        which = f" So do {beyond} of {len(distances)} episodes." if len(distances) > 1 else ""
        return (
            f"These images differ from the training in {KINDS[kind]}: median distance "
            f"{share * known.limit:.1f}×; episodes left out of the training stay below "
            f"{known.limit:.1f}×.{which} Exposure, crop, camera position or the task may be "
            "others, and probabilities may mean nothing."
        )

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Everything, to be kept; frames with 16 bits."""
        kept: dict[str, NDArray[np.generic]] = {}
        for name, one in self.known.items():
            kept |= {f"{name}.mean": one.mean, f"{name}.std": one.std}
            kept[f"{name}.frames"] = one.frames.astype(np.float16)
            kept[f"{name}.numbers"] = np.array([one.usual, one.limit], np.float64)
            if one.frame_limit is not None:  # beside the numbers, where earlier versions expect two
                kept[f"{name}.frame_limit"] = np.array([one.frame_limit], np.float64)
        return kept

    @classmethod
    def of_arrays(
        cls, arrays: Mapping[str, NDArray[np.generic]], widths: Mapping[str, int]
    ) -> "TrainingLikeness":
        """The same from `arrays`; `widths` says how many numbers there are of each kind.

        Raises:
            ValueError: they are no such arrays.
        """
        try:
            return cls({name: _known(arrays, name, width) for name, width in widths.items()})
        except (KeyError, TypeError) as error:
            raise ValueError("no likeness of training frames") from error


def _known(arrays: Mapping[str, NDArray[np.generic]], name: str, width: int) -> KnownFrames:
    mean, std, frames = (
        np.asarray(arrays[f"{name}.{part}"], np.float32) for part in ("mean", "std", "frames")
    )
    usual, limit = (float(one) for one in np.asarray(arrays[f"{name}.numbers"], np.float64))
    kept = arrays.get(f"{name}.frame_limit")
    frame_limit = None if kept is None else float(np.asarray(kept, np.float64).item())
    whole = mean.shape == std.shape == (width,) and frames.shape[1:] == (_NUMBERS,)
    positive = usual > 0 and limit > 0 and (frame_limit is None or frame_limit > 0)
    if not whole or not len(frames) or not positive:
        raise ValueError(f"the {name} are of other frames")
    return KnownFrames(mean, std, frames, usual, limit, frame_limit)


def _project(features: NDArray[np.floating]) -> Floats:
    projected: Floats = features.astype(np.float32) @ _signs(features.shape[1])
    return projected / np.float32(np.sqrt(features.shape[1] * _NUMBERS))


@lru_cache(maxsize=2)
def _signs(width: int) -> Floats:
    # The generator of old, whose numbers stay the same in every release of NumPy.
    drawn = np.random.RandomState(0).randint(0, 2, (width, _NUMBERS), dtype=np.int8)
    return 2 * drawn.astype(np.float32) - 1


def _nearest(frames: Floats, others: Floats) -> Numbers:
    """Mean distance of each frame to the nearest of others, float64 (n,)."""
    squares = (frames**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None]
    gaps = np.maximum(squares - 2 * frames @ others.T, 0)
    count = min(NEAREST, len(others))
    nearest = np.partition(gaps, count - 1, axis=1)[:, :count]
    found: Numbers = np.sqrt(nearest.astype(np.float64)).mean(axis=1)
    return found
