"""How things move and change over an episode, and which frames nobody could label."""

import numpy as np
from numpy.typing import NDArray

from tests.bench.classifier.recordings import SIDE

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MARGIN = 2.0
"""Pixels from a target's edge at which nothing stays: nobody could label such a frame."""


def eased(values: Floats, length: int, rest: float = 0.5) -> Floats:
    """(length, …) from one of the values (n, …) to the next, resting at each for a `rest`."""
    times = np.linspace(0, len(values) - 1, length)
    leg = np.minimum(times.astype(int), len(values) - 2)
    part = np.clip((times - leg - rest / 2) / (1 - rest), 0, 1)
    part = part.reshape(-1, *[1] * (values.ndim - 1))
    result: Floats = values[leg] * (1 - part) + values[leg + 1] * part
    return result


def visits(
    random: np.random.Generator, length: int, target: Floats, reach: float, share: float = 0.5
) -> Floats:
    """A path (length, 2) between places, about a `share` of which are near the target."""
    knots = 7
    places = random.uniform(16, SIDE - 16, (knots, 2))
    near = random.permutation(knots)[: max(1, round(share * knots))]
    places[near] = target + _inside(random, len(near)) * (reach - MARGIN)
    away = np.setdiff1d(np.arange(knots), near)
    places[away] = outside(random, len(away), target, reach)
    return clear_of_edge(eased(places, length), target, reach)


def outside(random: np.random.Generator, count: int, target: Floats, reach: float) -> Floats:
    """Places (count, 2) in the picture further than `reach` from the target."""
    found = random.uniform(14, SIDE - 14, (count * 60, 2))
    far = found[np.hypot(*(found - target).T) > reach + 2 * MARGIN]
    return far[:count]


def _inside(random: np.random.Generator, count: int) -> Floats:
    """Points (count, 2) in the unit circle."""
    radius = np.sqrt(random.uniform(0, 1, count)) * 0.9
    angle = random.uniform(0, 2 * np.pi, count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def clear_of_edge(path: Floats, target: Floats, reach: float) -> Floats:
    """The path, pushed off the edge of a round target."""
    offset = path - target
    distance = np.maximum(np.hypot(*offset.T), 1e-6)
    inside = distance < reach
    edge = np.abs(distance - reach) < MARGIN
    wanted = np.where(inside, reach - MARGIN, reach + MARGIN)
    scale = np.where(edge, wanted / distance, 1.0)[:, None]
    result: Floats = target + offset * scale
    return result


def switches(random: np.random.Generator, length: int, share: float = 0.5) -> Flags:
    """Whether something is so, bool (length,): a few changes, about a `share` of the frames."""
    changes = int(random.integers(2, 6))
    weights = random.uniform(0.5, 1.5, changes + 1)
    first = bool(random.random() < 1 / 2)
    states = (np.arange(changes + 1) % 2 == 0) == first
    weights[states] *= share / weights[states].sum()
    weights[~states] *= (1 - share) / weights[~states].sum()
    ends = np.round(np.cumsum(weights) * length).astype(int)
    result: Flags = states[np.searchsorted(ends[:-1], np.arange(length), side="right")]
    return result


def wander(random: np.random.Generator, length: int, low: float, high: float) -> Floats:
    """A smooth value (length,) between two limits."""
    return eased(random.uniform(low, high, 6), length, rest=0.1)
