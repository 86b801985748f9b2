"""What happens in an episode: where gripper and cube are in every frame.

Table coordinates in metres: x away from the robot's base, y to its left, z up; the table is z = 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CUBE = 0.025  # edge of the cube
OPEN, HELD, CLOSED = 0.046, CUBE, 0.002  # distance between the fingers
LIFTED = 0.025  # a held cube counts as lifted when its lower face is this high

_RISE = ((-5, 0.0), (-1, 0.013), (0, 0.029), (7, 0.09), (16, 0.105))  # height around a cutoff
_TREMOR = 0.0002  # how unsteady the gripper is, standard deviation (m)


@dataclass(frozen=True, slots=True)
class Placing:
    """Where the cube lies at first, and where the gripper starts; `seed` is that of its tremor."""

    cube: tuple[float, float]
    yaw: float
    start: tuple[float, float]
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Motion:
    """Gripper and cube over time.

    `tip` (n, 3) is the point between the finger tips, `opening` (n,) the distance of the fingers,
    `cube` (n, 3) the middle of the cube's lower face, `yaw` (n,) its angle in radians.
    """

    tip: Floats
    opening: Floats
    cube: Floats
    yaw: Floats

    @property
    def lifted(self) -> NDArray[np.bool_]:
        """Frames in which the cube is held and lifted."""
        return self.cube[:, 2] >= LIFTED


@dataclass(frozen=True, slots=True)
class _Key:
    """Pose of the gripper at a frame; between two keys it moves evenly."""

    frame: float
    x: float
    y: float
    z: float
    opening: float


def lifting(place: Placing, cutoff: int, length: int) -> Motion:
    """The gripper closes on the cube and lifts it; success from frame `cutoff` on."""
    keys = [*_approach(place, cutoff - 5), *_lift(place, cutoff, HELD)]
    keys.append(_Key(length, place.cube[0] - 0.01, place.cube[1] + 0.02, 0.1, HELD))
    return _motion(place, keys, [(cutoff - 6, length)], length)


def closing_on_air(place: Placing, close: int, length: int) -> Motion:
    """The gripper closes beside the cube at frame `close` and rises without it."""
    beside = replace(place, cube=(place.cube[0] + 0.034, place.cube[1] + 0.006))
    keys = [*_approach(beside, close, CLOSED), *_lift(beside, close + 7, CLOSED)]
    keys.append(_Key(length, beside.cube[0] - 0.02, beside.cube[1], 0.1, CLOSED))
    return _motion(place, keys, [], length)


def slipping(place: Placing, slip: int, length: int) -> Motion:
    """The gripper closes on the cube's edge; the cube slips out at frame `slip`, barely raised."""
    edge = replace(place, cube=(place.cube[0] + 0.008, place.cube[1]))
    keys = _approach(edge, slip - 7)
    keys += [_Key(slip - 3, *edge.cube, 0.002, HELD), _Key(slip - 1, *edge.cube, 0.012, HELD)]
    keys += [_Key(slip, *edge.cube, 0.015, CLOSED), _Key(slip + 4, *edge.cube, 0.02, CLOSED)]
    keys += [_Key(slip + 16, *edge.cube, 0.1, CLOSED), _Key(length, *edge.cube, 0.1, OPEN)]
    motion = _motion(place, keys, [(slip - 6, slip)], length)
    motion.yaw[slip:] += 0.35
    return motion


def losing_and_regaining(place: Placing, ranges: Sequence[tuple[int, int]], length: int) -> Motion:
    """The cube is lifted during each of `ranges` [start, end) and falls down in between."""
    (first, lost), (second, _) = ranges
    x, y = place.cube[0] + 0.006, place.cube[1] - 0.012  # where it falls
    keys = [*_approach(place, first - 5), *_lift(place, first, HELD)[:-1]]
    keys += [_Key(lost - 4, x, y, 0.055, HELD), _Key(lost - 1, x, y, 0.05, HELD)]
    keys += [_Key(lost + 0.5, x, y, 0.05, OPEN), _Key(lost + 2, x, y, 0.05, OPEN)]
    keys += [_Key(second - 9, x, y, 0.0, OPEN), _Key(second - 6, x, y, 0.0, HELD)]
    keys += [*_lift(replace(place, cube=(x, y)), second, HELD), _Key(length, x, y, 0.11, HELD)]
    return _motion(place, keys, [(first - 6, lost), (second - 6, length)], length)


def _approach(place: Placing, close: int, closed: float = HELD) -> list[_Key]:
    """From the start down to the cube; the fingers are closed at frame `close` - 1."""
    over = max(close - 11, 6)
    return [
        _Key(0, *place.start, 0.105, OPEN * 0.8),
        _Key(4, *place.start, 0.105, OPEN),
        _Key(over - 2, *place.cube, 0.05, OPEN),
        _Key(over, *place.cube, 0.045, OPEN),
        _Key(close - 5, *place.cube, 0.0, OPEN),
        _Key(close - 1, *place.cube, 0.0, closed),
    ]


def _lift(place: Placing, cutoff: int, opening: float) -> list[_Key]:
    return [_Key(cutoff + after, *place.cube, height, opening) for after, height in _RISE]


def _motion(
    place: Placing, keys: Sequence[_Key], held: Sequence[tuple[int, int]], length: int
) -> Motion:
    times = [key.frame for key in keys]
    poses = np.array([(key.x, key.y, key.z, key.opening) for key in keys])
    frames = np.arange(length)
    tip = np.stack([np.interp(frames, times, poses[:, axis]) for axis in range(3)], axis=1)
    tip[:, :2] += np.random.default_rng(place.seed).normal(0, _TREMOR, (length, 2))
    cube = np.tile(np.array([*place.cube, 0.0]), (length, 1))
    for start, end in held:
        offset = cube[start - 1] - tip[start - 1]
        cube[start:end] = tip[start:end] + offset
        cube[end:, :2] = cube[end - 1, :2]
    opening = np.interp(frames, times, poses[:, 3])
    yaw = np.full(length, place.yaw)
    for start, _ in held:  # closing fingers turn the cube until its faces lie flat on them
        yaw[start:] = 0
        yaw[start - 1] *= 0.4
    return Motion(tip, opening, cube, yaw)
