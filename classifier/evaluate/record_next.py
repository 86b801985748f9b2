"""What to record more of: false positives and undecided frames, grouped by likeness.

The words come from what is measured: probabilities, labels, the place in the episode, and columns
of the recording in which a group differs from all other frames.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.evaluate.mistakes import labelled_frame, severity_of
from classifier.evaluate.scored_frames import Integers, Mask, Numbers, ScoredFrames, runs
from classifier.evaluate.wording import percent, quantity
from labeler.contracts.report import LikeFrames

Columns = Mapping[str, Numbers]
Looks = NDArray[np.float32]
Kind = Literal["false positive", "undecided"]

UNDECIDED = 1.0
"""Difference in log-odds from the threshold below which a frame is undecided."""
_MOST_RUNS = 80  # of one kind; of more, those with the worst frames
_MOST_GROUPS = 10
_EXAMPLES = 4
_ALIKE_STATE = 1.0
"""Standard deviations by which the columns of two like frames differ, root mean square."""
_ALIKE_LOOKS = 0.1
"""The same of their images, whose values go from 0 to 1."""
_RARE = 0.5  # share of other frames: what most of them have, too, sets no group apart
_THIRDS = ("first", "middle", "last")


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What is known of frames beside their probabilities.

    lengths: frames of each episode of the recording, int64 (episodes,)
    columns: of episodes and frames, int64 (n,): numbers of the recording, float64 (n,) by name
    looks: of (episode, frame) pairs: their images made small, float32 (n, d) in [0, 1]
    """

    lengths: Integers
    columns: Callable[[Integers, Integers], Columns]
    looks: Callable[[Sequence[tuple[int, int]]], Looks]


def frames_to_record(
    scored: ScoredFrames, threshold: float, around: Surroundings
) -> tuple[LikeFrames, ...]:
    """Groups of like frames: false positives first, then undecided ones, the largest first."""
    false = scored.successes(threshold) & ~scored.labels
    masks: dict[Kind, Mask] = {
        "false positive": false,
        "undecided": (_log_odds_apart(scored, threshold) < UNDECIDED) & ~false,
    }
    if not any(mask.any() for mask in masks.values()):
        return ()
    columns = around.columns(scored.episodes, scored.frames)
    groups: list[LikeFrames] = []
    for kind, mask in masks.items():
        severity = severity_of(scored, threshold)
        severity = severity if kind == "false positive" else 1 - severity
        found = runs(scored, mask)
        found.sort(key=lambda run: -float(severity[run].max()))
        found = found[:_MOST_RUNS]
        worst = [int(run[np.argmax(severity[run])]) for run in found]
        told = [
            _group(kind, scored, [found[at] for at in group], [worst[at] for at in group],
                   columns, around.lengths)
            for group in _alike(scored, worst, columns, around)
        ]  # fmt: skip
        groups += sorted(told, key=lambda one: (-len(one.episodes), -one.frames))
    return tuple(groups[:_MOST_GROUPS])


def _log_odds_apart(scored: ScoredFrames, threshold: float) -> Numbers:
    least = 1e-9
    values = np.clip(scored.probabilities, least, 1 - least)
    own = min(max(threshold, least), 1 - least)
    apart: Numbers = np.abs(np.log(values / (1 - values)) - np.log(own / (1 - own)))
    return apart


def _alike(
    scored: ScoredFrames, chosen: list[int], columns: Columns, around: Surroundings
) -> list[list[int]]:
    """Positions in `chosen` that belong together: average linkage of states and images."""
    if len(chosen) < 2:
        return [[at] for at in range(len(chosen))]
    from scipy.cluster.hierarchy import fcluster, linkage  # half a second; a report needs it alone

    states = [values[chosen] / std for values in columns.values() if (std := _spread(values))]
    places = [(int(scored.episodes[at]), int(scored.frames[at])) for at in chosen]
    looks = around.looks(places)
    parts = [
        np.nan_to_num(part) / (np.sqrt(part.shape[1]) * limit)
        for part, limit in (
            (np.array(states).reshape(len(states), len(chosen)).T, _ALIKE_STATE),
            (looks.astype(np.float64), _ALIKE_LOOKS),
        )
        if part.shape[1]
    ]
    if not parts:
        return [list(range(len(chosen)))]
    names = fcluster(linkage(np.concatenate(parts, axis=1), "average"), 1.0, "distance")
    return [np.flatnonzero(names == name).tolist() for name in np.unique(names)]


def _spread(values: Numbers) -> float:
    """Standard deviation of what is a number; 0 where nothing differs."""
    known = values[np.isfinite(values)]
    return float(known.std()) if len(known) else 0.0


def _group(
    kind: Kind,
    scored: ScoredFrames,
    parts: list[Integers],
    worst: list[int],
    columns: Columns,
    lengths: Integers,
) -> LikeFrames:
    rows = np.concatenate(parts)
    episodes = np.unique(scored.episodes[rows])
    low, high = (f"{value:.2g}" for value in np.quantile(scored.probabilities[rows], (0, 1)))
    between = low if low == high else f"{low} to {high}"
    doing = "predicted success" if kind == "false positive" else "undecided"
    count = f"{quantity(len(rows), 'frame')} in {quantity(len(episodes), 'episode')}"
    words = [
        *_condition_words(rows, columns),
        _place_words(scored, rows, lengths),
        _label_words(scored, rows) if kind == "false positive" else "",
    ]
    what = ", ".join(filter(None, words)) or "nothing measured sets them apart"
    first: dict[int, int] = {}
    for at in worst:
        first.setdefault(int(scored.episodes[at]), at)
    chosen = [*first.values(), *(at for at in worst if at not in first.values())][:_EXAMPLES]
    return LikeFrames(
        kind,
        len(rows),
        tuple(episodes.tolist()),
        f"{count}, {doing} at {between}: {what}",
        tuple(labelled_frame(scored, at) for at in chosen),
    )


def _condition_words(rows: Integers, columns: Columns) -> list[str]:
    """Up to two bounds that hold for all of these frames, and for few of the others."""
    bounds = [bound for name, values in columns.items() for bound in _bounds(name, values, rows)]
    if not bounds:
        return []
    others = np.ones(len(bounds[0].holds), np.bool_)
    others[rows] = False
    left, told = others.copy(), list[_Bound]()
    for _ in range(2):
        best = min(bounds, key=lambda bound: int((left & bound.holds).sum()))
        rest = left & best.holds
        if not left.any() or rest.sum() > _RARE * left.sum():
            break
        left = rest
        told.append(best)
    if not told:
        return []
    share = percent(float(left.sum() / others.sum()))
    return [f"{_bounds_text(told)} (so are {share} of the other frames)"]


class _Bound(NamedTuple):
    column: str
    side: Literal["below", "above"]
    value: float
    holds: Mask

    @property
    def text(self) -> str:
        return f"{self.column} {self.side} {self.value:.6g}"


def _bounds_text(told: list[_Bound]) -> str:
    if len({bound.column for bound in told}) == len(told):
        return " and ".join(bound.text for bound in told)
    low, high = sorted(bound.value for bound in told)
    return f"{told[0].column} between {low:.6g} and {high:.6g}"


def _bounds(name: str, values: Numbers, rows: Integers) -> list[_Bound]:
    """Below the largest value of these frames, and above the smallest, in round numbers."""
    own, spread = values[rows], _spread(values)
    if not spread or not np.isfinite(own).all():
        return []
    step = 10.0 ** (np.floor(np.log10(spread)) - 1)
    below = (np.floor(own.max() / step) + 1) * step
    above = (np.ceil(own.min() / step) - 1) * step
    return [
        _Bound(name, "below", below, values < below),
        _Bound(name, "above", above, values > above),
    ]


def _place_words(scored: ScoredFrames, rows: Integers, lengths: Integers) -> str:
    thirds = np.unique(3 * scored.frames[rows] // lengths[scored.episodes[rows]])
    return f"in the {_THIRDS[int(thirds[0])]} third of the episode" if len(thirds) == 1 else ""


def _label_words(scored: ScoredFrames, rows: Integers) -> str:
    """Where false positives lie to the labelled success; empty if some here and some there."""
    first: dict[int, int] = {}
    for at in np.flatnonzero(scored.labels).tolist():
        first.setdefault(int(scored.episodes[at]), int(scored.frames[at]))
    gaps = [
        first[episode] - frame if episode in first else None
        for episode, frame in zip(
            scored.episodes[rows].tolist(), scored.frames[rows].tolist(), strict=True
        )
    ]
    if all(gap is None for gap in gaps):
        return "in episodes without success"
    known = [gap for gap in gaps if gap is not None and gap > 0]
    if len(known) < len(gaps):
        return ""
    near, far = min(known), max(known)
    count = quantity(far, "frame") if near == far else f"{near} to {quantity(far, 'frame')}"
    return f"{count} before the labelled success"
