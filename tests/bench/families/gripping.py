"""Success is what a gripper does with a thing: touches it, holds it up, loses it again."""

import numpy as np

from tests.bench.classifier.recordings import SIDE, Episode
from tests.bench.families.paths import Floats, eased, switches
from tests.bench.families.table import (
    COLOURS,
    Bar,
    Colour,
    Scene,
    Thing,
    colour_near,
    gripper,
    oblong,
    pictures,
    regular,
)

_UP = 26.0  # pixels by which a lifted thing has moved towards the gripper


def touches(dataset: int, index: int, length: int) -> Episode:
    """A finger comes close to a button from any side, and now and then presses on it."""
    task = np.random.default_rng([301, dataset])
    random = np.random.default_rng([301, dataset, 1 + index])
    size, region = task.uniform(10, 14), task.uniform(44, SIDE - 44, 2)
    colour = colour_near(random, COLOURS[int(task.integers(len(COLOURS)))])
    place = region + random.uniform(-12, 12, 2)
    pressed = random.random(9) < 0.5
    gaps = np.where(pressed, random.uniform(-3, -1, 9), random.uniform(7, 34, 9))
    gap = eased(gaps, length)
    gap = np.where(np.abs(gap - 2) < 3, np.where(gap < 2, -1.0, 5.0), gap)
    angle = eased(random.uniform(0.2, 2.9, 5), length)
    scenes: list[Scene] = []
    for frame in range(length):
        towards = np.array([np.cos(angle[frame]), np.sin(angle[frame])])
        tip = place + towards * (size + 5 + gap[frame])
        button = Thing(place + regular(24, size), colour)
        scenes.append([button, Bar(tip, tip + towards * 110, 5.0, (60, 62, 70))])
    return Episode(pictures(random, scenes), gap < 2)


def loses_and_regains(dataset: int, index: int, length: int) -> Episode:
    """A thing is held up, lost and picked up again; success is that it is held up."""
    task = np.random.default_rng([302, dataset])
    random = np.random.default_rng([302, dataset, 1 + index])
    held = switches(random, length)
    return _lifting(task, random, held, length)


def is_late(dataset: int, index: int, length: int) -> Episode:
    """A thing is approached, gripped and at last lifted: in the last tenth of the episode."""
    task = np.random.default_rng([303, dataset])
    random = np.random.default_rng([303, dataset, 1 + index])
    last = max(2, round(length * random.uniform(0.06, 0.14)))
    return _lifting(task, random, np.arange(length) >= length - last, length)


def _lifting(
    task: np.random.Generator, random: np.random.Generator, held: np.ndarray, length: int
) -> Episode:
    size, corners = float(task.uniform(9, 12)), int(task.choice([4, 6, 24]))
    colour = colour_near(random, COLOURS[int(task.integers(len(COLOURS)))])
    middle = random.uniform(46, SIDE - 46)
    ground = np.array([middle, 84.0]) + random.uniform(-8, 8, 2)
    hand = _hand(random, held, ground, length)
    drift = random.uniform(-10, 10, 2) * (1, 0.4)
    scenes = [
        _lifted(hand[frame], colour, size, corners)
        if held[frame]
        else _lying(hand[frame], ground + drift * _falls(held, frame), colour, size, corners)
        for frame in range(length)
    ]
    return Episode(pictures(random, scenes), held)


def _falls(held: np.ndarray, frame: int) -> int:
    """How often the thing was lost by then: it lies elsewhere each time."""
    return int((held[:frame].astype(int) - held[1 : frame + 1] > 0).sum()) % 3


def _hand(random: np.random.Generator, held: np.ndarray, ground: Floats, length: int) -> Floats:
    """Where the fingers' tips are (length, 2): up while holding, anywhere else before."""
    free = eased(ground + random.uniform(-1, 1, (7, 2)) * (26, 30) - (0, 14), length)
    carried = eased(ground - (0, _UP) + random.uniform(-8, 8, (7, 2)), length)
    return np.where(held[:, None], carried, free)


def _lifted(tip: Floats, colour: Colour, size: float, corners: int) -> Scene:
    """Between the closed fingers, with the shadow on the table far below."""
    below = tip + np.array([0, _UP])
    return [
        Thing(below + oblong(size * 1.6, size * 0.8), (104, 88, 70), shadow=False),
        Thing(tip + regular(corners, size * 1.1, np.pi / 4), colour, shadow=False),
        *gripper(tip, 2 * size - 6, np.pi),
    ]


def _lying(tip: Floats, place: Floats, colour: Colour, size: float, corners: int) -> Scene:
    """On the table, under open or closed fingers that do not hold it."""
    opening = 2 * size + 8 if np.hypot(*(tip - place)) < 30 else 2 * size - 6
    return [
        Thing(place + regular(corners, size, np.pi / 4), colour),
        *gripper(tip, opening, np.pi),
    ]
