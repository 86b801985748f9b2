"""A table from above, in 128 x 128 pixels, and the things on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeler.demo.drawing import Canvas, fill_capsule, fill_polygon, shade_polygon
from tests.bench.classifier.recordings import SIDE, Picture

Floats = NDArray[np.float64]
Colour = tuple[float, float, float]

_ROOM = 40  # pixels of table around the picture, for cameras that move
_SHADOW = np.array([3.0, 4.0])

RED, GREEN, BLUE, YELLOW, PURPLE, ORANGE = range(6)
COLOURS: tuple[Colour, ...] = (
    (196, 48, 44),
    (52, 150, 66),
    (48, 84, 180),
    (216, 190, 60),
    (130, 60, 150),
    (224, 130, 50),
)
STEEL: Colour = (92, 94, 102)


@dataclass(frozen=True)
class Thing:
    """A polygon (n, 2) on the table, x to the right and y down, in pixels."""

    corners: Floats
    colour: Colour
    shadow: bool = True


@dataclass(frozen=True)
class Bar:
    """A thick line with round ends."""

    start: Floats
    end: Floats
    radius: float
    colour: Colour


@dataclass(frozen=True)
class Light:
    """What multiplies colours: (3,) everywhere, and a slope along x and y from edge to edge."""

    colour: Floats
    slope: tuple[float, float] = (0.0, 0.0)


Scene = Sequence[Thing | Bar]


def usual_light(random: np.random.Generator) -> Light:
    """As a room's light differs from episode to episode."""
    return Light(random.uniform(0.85, 1.1) * random.uniform(0.97, 1.03, 3))


def pictures(
    random: np.random.Generator,
    scenes: Sequence[Scene],
    light: Light | None = None,
    camera: Floats | None = None,
) -> Iterator[Picture]:
    """Pictures of scenes; `camera` (n, 2) is how far the camera has moved, in pixels."""
    light = light or usual_light(random)
    ground = _ground(random)
    moved = np.zeros((len(scenes), 2)) if camera is None else camera
    shade = _shade(light)
    for scene, shift in zip(scenes, moved, strict=True):
        left, top = (_ROOM + shift).round().astype(int)
        canvas = Canvas(np.zeros((SIDE, SIDE), dtype=np.uint32))
        canvas.rgb[:] = ground[top : top + SIDE, left : left + SIDE]
        for item in scene:
            _draw(canvas, item, shift.round())
        seen = canvas.rgb * shade + random.normal(0, 2.5, (SIDE, SIDE, 1))
        yield np.clip(seen, 0, 255).astype(np.uint8)


def _shade(light: Light) -> Floats:
    across = np.linspace(-0.5, 0.5, SIDE)
    slope = 1 + light.slope[0] * across[None, :] + light.slope[1] * across[:, None]
    return slope[..., None] * light.colour


def _ground(random: np.random.Generator) -> Floats:
    """A table of its own for each episode: grain, and a few planks."""
    side = SIDE + 2 * _ROOM
    planks = np.repeat(random.normal(0, 7, side // 26 + 1), 26)[:side]
    base = np.array([150.0, 126.0, 98.0]) + random.uniform(-10, 10, 3)
    grain = random.normal(0, 4, (side, side, 1))
    return np.clip(base + planks[:, None, None] + grain, 0, 255)


def _draw(canvas: Canvas, item: Thing | Bar, shift: Floats) -> None:
    if isinstance(item, Bar):
        start, end = item.start - shift, item.end - shift
        fill_capsule(canvas, start, end, (item.radius, item.radius), item.colour)
        return
    corners = item.corners - shift
    if item.shadow:
        shade_polygon(canvas, corners + _SHADOW, 0.4, 4.0)
    fill_polygon(canvas, corners, item.colour)


def regular(corners: int, radius: float, turn: float = 0.0) -> Floats:
    """A regular polygon (corners, 2) around the origin."""
    angles = turn + np.arange(corners) * 2 * np.pi / corners
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def oblong(width: float, height: float, turn: float = 0.0) -> Floats:
    """A rectangle (4, 2) around the origin."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (width / 2, height / 2)
    cos, sin = np.cos(turn), np.sin(turn)
    turned: Floats = corners @ np.array([[cos, sin], [-sin, cos]])
    return turned


def ring(centre: Floats, radius: float, colour: Colour = (222, 222, 214)) -> list[Thing]:
    """A mark on the table: a circle's outline, of sixteen strokes."""
    points = centre + regular(16, radius)
    return [
        Thing(middle + oblong(length, 2.0, turn), colour, shadow=False)
        for middle, length, turn in _strokes(points)
    ]


def _strokes(points: Floats) -> Iterator[tuple[Floats, float, float]]:
    for start, end in zip(points, np.roll(points, -1, axis=0), strict=True):
        along = end - start
        yield (start + end) / 2, float(np.hypot(*along)), float(np.arctan2(along[1], along[0]))


def gripper(tip: Floats, opening: float, turn: float, colour: Colour = STEEL) -> list[Thing]:
    """Two fingers from above, `opening` pixels apart, and the palm behind them."""
    cos, sin = np.cos(turn), np.sin(turn)
    axes = np.array([[cos, sin], [-sin, cos]])
    parts = [
        (np.array([-opening / 2 - 4, 8.0]), oblong(7, 30)),
        (np.array([opening / 2 + 4, 8.0]), oblong(7, 30)),
        (np.array([0.0, 26.0]), oblong(44, 12)),
    ]
    return [Thing(tip + (shape + offset) @ axes, colour) for offset, shape in parts]


def colour_near(random: np.random.Generator, colour: Colour, spread: float = 12.0) -> Colour:
    """A colour as paint and camera make it differ."""
    red, green, blue = np.clip(np.array(colour) + random.uniform(-spread, spread, 3), 8, 240)
    return float(red), float(green), float(blue)
