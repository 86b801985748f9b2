"""Success is how a thing looks: its colour, its shape, how many there are, how fingers are held."""

import numpy as np

from tests.bench.classifier.recordings import SIDE, Episode
from tests.bench.families.paths import eased, switches, wander
from tests.bench.families.table import (
    COLOURS,
    Thing,
    colour_near,
    gripper,
    oblong,
    pictures,
    regular,
)


def _seeds(family: int, dataset: int, index: int) -> tuple[np.random.Generator, ...]:
    """What the dataset's task is drawn from, and what the episode is."""
    return np.random.default_rng([family, dataset]), np.random.default_rng(
        [family, dataset, 1 + index]
    )


def changes_colour(dataset: int, index: int, length: int) -> Episode:
    """A lamp changes from one colour to another; things of both colours lie about."""
    task, random = _seeds(201, dataset, index)
    off, on = (COLOURS[number] for number in task.permutation(len(COLOURS))[:2])
    place, radius = task.uniform(30, SIDE - 30, 2) + random.uniform(-5, 5, 2), task.uniform(7, 11)
    lit = switches(random, length)
    paints = [colour_near(random, off), colour_near(random, on)]
    crowd = []
    for number in range(4):
        path = eased(random.uniform(10, SIDE - 10, (5, 2)), length)
        far = path - place
        near = np.hypot(*far.T)[:, None] < radius + 18
        path = np.where(near, place + np.sign(far + 0.5) * (radius + 14), path)
        shape = regular(int(random.choice([3, 4, 24])), random.uniform(7, 11), random.uniform(0, 3))
        crowd.append((path, shape, paints[number % 2]))
    scenes = []
    for frame in range(length):
        others = [Thing(path[frame] + shape, paint) for path, shape, paint in crowd]
        case = Thing(place + oblong(radius * 3, radius * 3), (70, 72, 78))
        lamp = Thing(place + regular(24, radius), paints[int(lit[frame])], shadow=False)
        scenes.append([*others, case, lamp])
    return Episode(pictures(random, scenes), lit)


def changes_shape(dataset: int, index: int, length: int) -> Episode:
    """A thing of any colour is one of two shapes, of equal size, anywhere in a region."""
    task, random = _seeds(202, dataset, index)
    one, other = (int(n) for n in task.permutation([3, 4, 6, 24])[:2])
    region = task.uniform(44, SIDE - 44, 2)
    place = region + eased(random.uniform(-16, 16, (5, 2)), length)
    colour = colour_near(random, COLOURS[int(random.integers(len(COLOURS)))])
    turn, big = wander(random, length, 0, 1.5), switches(random, length)
    size = task.uniform(15, 19)
    shapes = [_of_area(one, size), _of_area(other, size)]
    scenes = []
    for frame in range(length):
        corners = len(shapes[int(big[frame])])
        radius = float(np.hypot(*shapes[int(big[frame])][0]))
        scenes.append([Thing(place[frame] + regular(corners, radius, turn[frame]), colour)])
    return Episode(pictures(random, scenes), big)


def _of_area(corners: int, radius: float) -> np.ndarray:
    """A regular polygon with the area of a circle of that radius."""
    whole = corners / 2 * np.sin(2 * np.pi / corners)
    return regular(corners, radius * np.sqrt(np.pi / whole))


def counts(dataset: int, index: int, length: int) -> Episode:
    """Blocks are put into a tray and taken out; success is that enough lie in it."""
    task, random = _seeds(203, dataset, index)
    wanted, blocks = int(task.integers(2, 4)), 5
    tray, radius = task.uniform(48, SIDE - 48, 2), float(task.uniform(6, 8))
    slots = tray + np.array([[-16, -16], [16, -16], [-16, 16], [16, 16], [0, 0]])
    slots = slots + random.uniform(-3, 3, slots.shape)
    inside = np.stack([switches(random, length, wanted / (blocks + 0.6)) for _ in range(blocks)])
    away = np.stack([_away(random, tray) for _ in range(blocks)])
    paint = colour_near(random, COLOURS[int(task.integers(len(COLOURS)))])
    turns = random.uniform(0, 1.5, blocks)
    scenes = []
    for frame in range(length):
        scene = [Thing(tray + oblong(58, 58), (206, 204, 196))]
        for block in range(blocks):
            place = slots[block] if inside[block, frame] else away[block]
            scene.append(Thing(place + oblong(2 * radius, 2 * radius, turns[block]), paint))
        scenes.append(scene)
    return Episode(pictures(random, scenes), inside.sum(axis=0) >= wanted)


def _away(random: np.random.Generator, tray: np.ndarray) -> np.ndarray:
    places = random.uniform(8, SIDE - 8, (200, 2))
    far = np.abs(places - tray).max(axis=1) > 40
    found: np.ndarray = places[far][0]
    return found


def opens_and_turns(dataset: int, index: int, length: int) -> Episode:
    """A gripper turns, opens and closes; success is that it is closed and stands as wanted."""
    task, random = _seeds(204, dataset, index)
    wanted, closed = float(task.uniform(-0.6, 0.6)), 9.0
    place = task.uniform(50, SIDE - 50, 2) + eased(random.uniform(-6, 6, (5, 2)), length)
    knots = 9
    right = random.random(knots) < 0.6
    side = random.choice([-1, 1], knots) * random.uniform(0.45, 1.0, knots)
    turn = eased(wanted + np.where(right, random.uniform(-0.12, 0.12, knots), side), length)
    shut = random.random(knots) < 0.75
    wide = np.where(shut, random.uniform(4, 7, knots), random.uniform(13, 26, knots))
    opening = eased(wide, length)
    turn = np.where(np.abs(np.abs(turn - wanted) - 0.25) < 0.08, wanted, turn)
    opening = np.where(np.abs(opening - closed) < 2, closed - 3, opening)
    scenes = [
        gripper(place[frame], float(opening[frame]), float(turn[frame])) for frame in range(length)
    ]
    return Episode(pictures(random, scenes), (np.abs(turn - wanted) < 0.25) & (opening < closed))
