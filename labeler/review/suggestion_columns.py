"""What probabilities say about all episodes at once: the columns behind `suggest`."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from math import inf

import numpy as np
from numpy.typing import NDArray

from labeler.review.suggestion import LOSS_COST, NEAR, Numbers, SuggestionKind

KINDS = tuple(SuggestionKind)
_CUTOFF, _NEVER, _RANGES = (
    KINDS.index(kind)
    for kind in (SuggestionKind.CUTOFF, SuggestionKind.NEVER, SuggestionKind.RANGES)
)
_AT_ONCE = 1 << 18  # frames whose columns a core's cache holds

Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SuggestionColumns:
    """Columns over all episodes, each of shape (episodes,); as `suggest` finds them one by one.

    kinds: int8, index into `KINDS`; -1 for an episode without a frame
    cutoffs: int64, the best cutoff, whether or not it wins
    gains: float64, log-likelihood of the suggestion over "never", in nats
    margins, sharpness: float64, nats; see `Suggestion`
    """

    kinds: NDArray[np.int8]
    cutoffs: Whole
    gains: Numbers
    margins: Numbers
    sharpness: Numbers

    @property
    def confidence(self) -> Numbers:
        """Nats by which each suggestion wins over any other one."""
        least: Numbers = np.minimum(self.margins, self.sharpness)
        return least


def suggest_all(odds: Numbers, starts: Whole) -> SuggestionColumns:
    """Suggest for episodes that stand one behind the other.

    `odds` (frames,) are log-odds, `starts` (episodes + 1,) the first frame of each episode. Takes
    time in proportion to the frames, and as many steps as a block's longest episode has frames.
    """
    count = len(starts) - 1
    found = SuggestionColumns(
        np.full(count, -1, np.int8), np.zeros(count, np.int64), np.zeros(count),
        np.zeros(count), np.full(count, inf),
    )  # fmt: skip
    for episodes in _blocks(starts):
        firsts, ends = starts[episodes], starts[episodes + 1]
        frames = odds[firsts[0] : ends[-1]]
        part = _suggest_block(frames, firsts - firsts[0], ends - firsts)
        for column in fields(SuggestionColumns):
            getattr(found, column.name)[episodes] = getattr(part, column.name)
    return found


def _blocks(starts: Whole) -> Iterator[Whole]:
    """Episodes that have frames, in blocks of neighbours with about `_AT_ONCE` frames."""
    episodes = np.flatnonzero(np.diff(starts) > 0)
    if len(episodes):
        block = starts[episodes] // _AT_ONCE
        yield from np.split(episodes, np.flatnonzero(np.diff(block)) + 1)


def _suggest_block(odds: Numbers, firsts: Whole, lengths: Whole) -> SuggestionColumns:
    sums = np.concatenate(([0.0], np.cumsum(odds)))
    cutoffs, cutoff_gains, sharpness = _best_cutoffs(sums, firsts, lengths)
    lossy = _best_losses(odds, firsts, lengths)
    simple = np.maximum(cutoff_gains, 0.0)
    kinds = np.where(cutoff_gains > 0, _CUTOFF, _NEVER)
    kinds = np.where(lossy > simple, _RANGES, kinds).astype(np.int8)
    gains = np.maximum(simple, lossy)
    second = np.select(
        [kinds == _RANGES, kinds == _CUTOFF],
        [simple, np.maximum(lossy, 0.0)],
        np.maximum(_serious_gains(sums, firsts, lengths), lossy),
    )
    sharpness[kinds != _CUTOFF] = inf
    return SuggestionColumns(kinds, cutoffs, gains, gains - second, sharpness)


def _best_cutoffs(sums: Numbers, firsts: Whole, lengths: Whole) -> tuple[Whole, Numbers, Numbers]:
    """The best cutoff per episode, the latest of equals; its gain; its lead over those elsewhere.

    `sums` (frames + 1,) are those of the log-odds before each frame: success from k on gains
    S(end) - S(k), so the best k is where S is least.
    """
    ends = firsts + lengths
    before = sums[:-1].copy()
    least = np.minimum.reduceat(before, firsts)
    at_least = before <= np.repeat(least, lengths)
    places = np.where(at_least, np.arange(len(before)), -1)
    best = np.maximum.reduceat(places, firsts)
    for step in range(-NEAR, NEAR + 1):
        near = best + step
        before[near[(near >= firsts) & (near < ends)]] = inf
    elsewhere = np.minimum.reduceat(before, firsts)
    return best - firsts, sums[ends] - least, elsewhere - least


def _serious_gains(sums: Numbers, firsts: Whole, lengths: Whole) -> Numbers:
    """What the best cutoff gains that leaves more than `NEAR` frames, in longer episodes."""
    ends = firsts + lengths
    before = sums[:-1].copy()
    for step in range(1, NEAR + 1):
        before[ends[lengths > NEAR] - step] = inf
    gains: Numbers = sums[ends] - np.minimum.reduceat(before, firsts)
    return gains


def _best_losses(odds: Numbers, firsts: Whole, lengths: Whole) -> Numbers:
    """What the best label that loses success gains; the steps of `best_ranges` side by side."""
    order = np.argsort(-lengths, kind="stable")
    firsts, lengths = firsts[order], lengths[order]
    longer = np.searchsorted(-lengths, -np.arange(int(lengths[0])), side="left")
    first, lost, again = (np.full(len(order), -inf) for _ in range(3))
    for frame, alive in enumerate(longer.tolist()):
        gain = odds[firsts[:alive] + frame]
        was_first, was_lost, was_again = first[:alive], lost[:alive], again[:alive]
        fallen = np.maximum(np.maximum(was_first, was_again) - LOSS_COST, was_lost)
        again[:alive] = np.maximum(was_again, was_lost) + gain
        first[:alive] = np.maximum(was_first, 0.0) + gain
        lost[:alive] = fallen
    result = np.empty(len(order))
    result[order] = np.maximum(lost, again)
    return result
