"""A guess of the cutoff from signals of the robot, before there is any classifier.

The gripper closes and stays closed; where no gripper is named, the motion stops for good. It is
found without knowing units or which way is closed: what counts is the pose that lasts to the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from labeler.dataset import Dataset
from labeler.labels import FrameRange
from labeler.review.suggestion import Basis, Numbers, Suggestion, SuggestionKind

LIFT_SECONDS = 0.5
"""From closed fingers to a success that is to be seen, as long as no label says otherwise."""
_COLUMNS = ("observation.state", "action")
_WORDS = (("gripper",), ("hand", "finger", "claw"))
_ENDS = 0.1  # share of an episode whose median is its first, or its last, pose
_CLOSED = 0.2  # of the way from the furthest pose to the last one that may be left
_MOVED = 0.35  # of the range of poses that first and last one are apart at least
_STILL = 0.35  # of the usual speed
_HELD = 0.05  # of the way from the furthest pose, by which fingers that hold still tremble
_STEP = 0.85  # of the variance that closing explains: a gripper is open, then it is closed
_NOISE = 4.0  # a pose that differs has to be that many times the trembling away
_REST_SECONDS = 0.5
_FEWEST = 8  # frames from which a guess is worth anything


@dataclass(frozen=True, slots=True)
class GuessSource:
    """Where a guess comes from: dimensions of a column, of a gripper or of the whole robot."""

    column: str
    dimensions: tuple[int, ...]
    gripper: bool


def source_of(dataset: Dataset) -> GuessSource | None:
    """The gripper of the state or of the action by its name, else the whole state; None without."""
    columns = {column.name: column for column in dataset.columns if len(column.shape) == 1}
    for words in _WORDS:
        for name in _COLUMNS:
            names = columns[name].names if name in columns else ()
            found = [i for i, part in enumerate(names) if any(w in part.lower() for w in words)]
            if found:
                return GuessSource(name, tuple(found), gripper=True)
    for name in _COLUMNS:
        if name in columns:
            return GuessSource(name, tuple(range(columns[name].shape[0])), gripper=False)
    return None


def read_signal(dataset: Dataset, source: GuessSource, episode: int) -> Numbers:
    """The signals of an episode: float64, shape (length, dimensions).

    Raises:
        DatasetError: the rows cannot be read.
    """
    rows = dataset.rows(episode, [source.column])[source.column].to_pylist()
    values = np.array([np.ravel(row) for row in rows], dtype=np.float64)
    signal: Numbers = values[:, list(source.dimensions)]
    return signal


def turning_point(signal: Numbers, fps: float, *, gripper: bool) -> int | None:
    """The frame at which the gripper has closed for good, or motion has stopped; None if neither.

    `signal` has the shape (length, dimensions).
    """
    if len(signal) < _FEWEST or not np.isfinite(signal).all():
        return None
    return _closing_frame(signal) if gripper else _stopping_frame(signal, fps)


def guess(turn: int | None, length: int, delay: int) -> Suggestion | None:
    """Success `delay` frames after the turning point; None without one, or after the end."""
    if turn is None or turn + delay >= length:
        return None
    cutoff = max(turn + delay, 0)
    return Suggestion(SuggestionKind.CUTOFF, (FrameRange(cutoff, length),), 0.0, inf, Basis.SIGNALS)


def usual_delay(turns: Mapping[int, int | None], cutoffs: Mapping[int, int], default: int) -> int:
    """Frames from the turning point to the cutoff: the median over labelled episodes.

    `default` counts as one label, so that the first one does not decide alone.
    """
    told = [
        cutoffs[episode] - turn
        for episode, turn in turns.items()
        if turn is not None and episode in cutoffs
    ]
    return round(float(_median(np.array([default, *told], dtype=np.float64))))


def _closing_frame(signal: Numbers) -> int | None:
    """First frame from which the gripper stays near its last pose, which is not the first one.

    The closing itself begins where the furthest pose is left for the last time.
    """
    edge = max(round(len(signal) * _ENDS), 3)
    last = _median(signal[-edge:])
    away = _smooth(np.linalg.norm(signal - last, axis=1), 3)
    furthest = float(away.max())
    trembling = float(_median(np.abs(np.diff(away))))
    if furthest <= _NOISE * trembling or furthest <= 0:
        return None
    first = float(_median(away[:edge]))
    if first < _MOVED * furthest:  # opens again at the end
        return None
    near = _from_then_on(away <= _CLOSED * furthest)
    if near is None or not 0 < near <= len(signal) - edge:
        return None
    before = np.flatnonzero(away[:near] <= _CLOSED * furthest)
    opened = int(before[-1]) + 1 if len(before) else 0  # after an earlier attempt
    holds = float(away[near + 1 :].std()) <= _HELD * furthest
    return near if holds and _step_share(away[opened:], near - opened) >= _STEP else None


def _median(values: Numbers) -> Numbers:
    """Along the first axis, of finite numbers.

    `numpy.median` imports masked arrays, which takes the window longer than all its medians.
    """
    ordered = np.sort(values, axis=0)
    middle: Numbers = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    return middle


def _step_share(away: Numbers, near: int) -> float:
    """How much of the signal's variance a single step at `near` explains, 0 to 1."""
    parts = away[:near], away[near:]
    unexplained = sum(float(part.var()) * len(part) for part in parts)
    return 1 - unexplained / (float(away.var()) * len(away))


def _stopping_frame(signal: Numbers, fps: float) -> int | None:
    """First frame from which the robot rests to the end, after it has moved."""
    window = max(round(0.3 * fps), 1)
    spread = signal.std(axis=0)
    scaled = signal / np.where(spread > 0, spread, 1.0)
    speed = _smooth(np.linalg.norm(np.diff(scaled, axis=0), axis=1), window)
    usual = float(np.percentile(speed, 75))
    still = _from_then_on(speed <= _STILL * usual)
    rest = max(round(_REST_SECONDS * fps), 3)
    return still if still is not None and 0 < still <= len(signal) - rest else None


def _from_then_on(holds: NDArray[np.bool_]) -> int | None:
    """First index from which it holds to the end; None if it does not hold there."""
    broken = np.flatnonzero(~holds)
    start = int(broken[-1]) + 1 if len(broken) else 0
    return start if start < len(holds) else None


def _smooth(values: Numbers, window: int) -> Numbers:
    """The median over a window around each frame: single frames that jump vanish, edges stay."""
    half = window // 2
    padded = np.pad(values, half, mode="edge")
    return _median(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1).T)
