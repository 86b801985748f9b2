"""Success is where a thing is: on a mark, whatever else is seen."""

from dataclasses import dataclass

import numpy as np

from tests.bench.classifier.recordings import SIDE, Episode
from tests.bench.families.paths import Floats, eased, visits
from tests.bench.families.table import (
    COLOURS,
    Bar,
    Colour,
    Light,
    Thing,
    colour_near,
    gripper,
    oblong,
    pictures,
    regular,
    ring,
)

_CORNERS = (3, 4, 5, 24)  # a triangle, a square, a pentagon, a disc
_SHARES = (0.1, 0.9, 0.3, 0.7, 0.5)


@dataclass(frozen=True)
class _Task:
    """What has to be where: a polygon of `corners` within `reach` of `target`."""

    target: Floats
    reach: float
    corners: int
    colour: int
    radius: float = 12.0

    def thing(self, place: Floats, turn: float, colour: Colour) -> Thing:
        return Thing(place + regular(self.corners, self.radius, turn), colour)


def _task(family: int, dataset: int, reach: tuple[float, float] = (16, 24)) -> _Task:
    random = np.random.default_rng([family, dataset])
    return _Task(
        random.uniform(40, SIDE - 40, 2),
        float(random.uniform(*reach)),
        int(random.choice(_CORNERS)),
        int(random.integers(len(COLOURS))),
    )


def _random(family: int, dataset: int, index: int) -> np.random.Generator:
    return np.random.default_rng([family, dataset, 1 + index])


def _placed(
    random: np.random.Generator,
    task: _Task,
    length: int,
    light: Light | None = None,
    camera: Floats | None = None,
    crowd: int = 1,
) -> Episode:
    """The task's thing and a crowd of others are moved about."""
    path = visits(random, length, task.target, task.reach)
    success = np.hypot(*(path - task.target).T) < task.reach
    turn, spin = random.uniform(0, np.pi), random.uniform(-0.02, 0.02)
    colour = colour_near(random, COLOURS[task.colour])
    others = [_other(random, task, length) for _ in range(crowd)]
    mark = ring(task.target, task.reach + 4)
    scenes = [
        [
            *mark,
            *(other[frame] for other in others),
            task.thing(path[frame], turn + spin * frame, colour),
        ]
        for frame in range(length)
    ]
    return Episode(pictures(random, scenes, light, camera), success)


def _other(random: np.random.Generator, task: _Task, length: int) -> list[Thing]:
    """Something of another colour, and perhaps of another shape, which may lie on the mark."""
    colour = (task.colour + int(random.integers(1, len(COLOURS)))) % len(COLOURS)
    painted = colour_near(random, COLOURS[colour])
    shape = regular(int(random.choice(_CORNERS)), random.uniform(8, 12), random.uniform(0, 3))
    path = visits(random, length, task.target, task.reach, share=0.4)
    return [Thing(place + shape, painted) for place in path]


def is_placed(dataset: int, index: int, length: int) -> Episode:
    """A thing on a mark; another thing is moved, too."""
    return _placed(_random(101, dataset, index), _task(101, dataset), length)


def is_crowded(dataset: int, index: int, length: int) -> Episode:
    """A thing on a mark among five others, some of them on the mark as well."""
    return _placed(_random(102, dataset, index), _task(102, dataset), length, crowd=5)


def is_lit(dataset: int, index: int, length: int) -> Episode:
    """A thing on a mark under light of another strength, colour and side in each episode."""
    random = _random(103, dataset, index)
    slope = (float(random.uniform(-0.6, 0.6)), float(random.uniform(-0.6, 0.6)))
    light = Light(random.uniform(0.45, 1.35) * random.uniform(0.85, 1.15, 3), slope)
    return _placed(random, _task(103, dataset), length, light)


def is_seen_from_a_moving_camera(dataset: int, index: int, length: int) -> Episode:
    """A thing on a mark, seen by a camera that drifts."""
    random = _random(104, dataset, index)
    camera = eased(random.uniform(-22, 22, (4, 2)), length, rest=0.0)
    return _placed(random, _task(104, dataset), length, camera=camera)


def is_tiny(dataset: int, index: int, length: int) -> Episode:
    """A thing of seven pixels on a mark of twice its size, carried by a gripper."""
    random, task = _random(105, dataset, index), _task(105, dataset, (7, 9))
    path = visits(random, length, task.target, task.reach)
    success = np.hypot(*(path - task.target).T) < task.reach
    colour = colour_near(random, COLOURS[task.colour])
    small = regular(task.corners, 3.5, random.uniform(0, 3))
    mark = ring(task.target, task.reach + 3)
    held = random.uniform(-0.4, 0.4)
    scenes = [
        [*mark, *gripper(place + np.array([0.0, 9.0]), 14, held), Thing(place + small, colour)]
        for place in path
    ]
    return Episode(pictures(random, scenes), success)


def is_occluded(dataset: int, index: int, length: int) -> Episode:
    """A thing on a mark, across which an arm sweeps and hides up to two thirds of it."""
    random, task = _random(106, dataset, index), _task(106, dataset)
    path = visits(random, length, task.target, task.reach)
    success = np.hypot(*(path - task.target).T) < task.reach
    colour, turn = colour_near(random, COLOURS[task.colour]), random.uniform(0, np.pi)
    mark = ring(task.target, task.reach + 4)
    ends = _sweep(random, path, length)
    base = np.array([random.uniform(20, SIDE - 20), SIDE + 20.0])
    scenes = [
        [*mark, task.thing(path[frame], turn, colour), Bar(base, ends[frame], 9.0, (204, 150, 58))]
        for frame in range(length)
    ]
    return Episode(pictures(random, scenes), success)


def _sweep(random: np.random.Generator, path: Floats, length: int) -> Floats:
    """The arm's end (length, 2): never so close to the thing's middle that it is all hidden."""
    ends = eased(random.uniform(20, SIDE - 20, (8, 2)), length, rest=0.2)
    offset = ends - path
    distance = np.maximum(np.hypot(*offset.T), 1e-6)[:, None]
    result: Floats = np.where(distance < 10, path + offset / distance * 10, ends)
    # From below, the arm lies over what is above its end unless the end stays below the thing.
    result[:, 1] = np.maximum(result[:, 1], path[:, 1] + 4)
    return result


def is_shared_out(dataset: int, index: int, length: int) -> Episode:
    """A drawer is pushed in and pulled out; it is closed in 10 to 90% of a dataset's frames."""
    random, task = _random(107, dataset, index), np.random.default_rng([107, dataset])
    share, edge, width = _SHARES[dataset % len(_SHARES)], task.uniform(50, 70), task.uniform(30, 60)
    knots = 11
    closed = random.permutation(knots) < max(1, round(share * knots))
    out = np.where(closed, random.uniform(-3, 0, knots), random.uniform(10, 40, knots))
    drawn = eased(out, length, rest=0.6)
    drawn = np.where(np.abs(drawn - 5) < 3, np.where(drawn < 5, 2.0, 8.0), drawn)
    middle = random.uniform(54, SIDE - 54)
    front = colour_near(random, COLOURS[int(task.integers(len(COLOURS)))])
    scenes = []
    for depth in drawn:
        chest = Thing(np.array([middle, edge / 2]) + oblong(width + 16, edge), (120, 92, 70))
        box = Thing(
            np.array([middle, edge + depth / 2]) + oblong(width, depth + 6), (168, 150, 120)
        )
        face = Thing(np.array([middle, edge + depth + 4]) + oblong(width + 4, 8), front)
        hand = gripper(np.array([middle, edge + depth + 16]), 12, 0.0)
        scenes.append([chest, box, face, *hand])
    return Episode(pictures(random, scenes), drawn < 5)
