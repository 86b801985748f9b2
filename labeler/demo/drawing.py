"""Shapes with smooth edges, drawn by numpy alone.

Colours are RGB in 0 to 255; points are (x, y) in pixels, x to the right and y down.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Masks = NDArray[np.float32]
Packed = NDArray[np.uint32]
Colour = tuple[float, float, float]

_OUTER, _INNER = np.uint32(0xFF00FF), np.uint32(0x00FF00)  # first and third channel, second one


@dataclass(frozen=True, slots=True)
class Canvas:
    """An image that is being drawn: uint32 (height, width), each pixel red, green, blue, unused.

    Whole pixels are copied at once, which makes filling four times as fast as by channel.
    """

    packed: Packed

    @property
    def channels(self) -> NDArray[np.uint8]:
        """The same memory as uint8 (height, width, 4)."""
        return self.packed.view(np.uint8).reshape(*self.packed.shape, 4)

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """The same memory as an image, uint8 (height, width, 3)."""
        return self.channels[..., :3]


def pack_colours(colours: Floats) -> Packed:
    """Pixels (n,) of a `Canvas` for colours (n, 3)."""
    pixels = np.zeros((len(colours), 4), dtype=np.uint8)
    pixels[:, :3] = np.clip(colours, 0, 255)
    return pixels.view(np.uint32).ravel()


def fill_polygon(canvas: Canvas, corners: Floats, colour: Colour) -> None:
    """Fill a convex polygon (n, 2), its corners in either order."""
    box = _box(canvas, corners, 1)
    if box is not None:
        cover = _inside(corners, box) + np.float32(0.5)
        part = canvas.packed[box]
        np.copyto(part, pack_colours(np.array([colour]))[0], where=cover >= 1)
        _blend_edge(canvas, box, cover, np.array(colour))


def shade_polygon(canvas: Canvas, corners: Floats, strength: float, soft: float) -> None:
    """Darken a convex polygon by `strength` (0 to 1), fading over `soft` pixels at its edge."""
    box = _box(canvas, corners, soft)
    if box is not None:
        cover = np.clip(_inside(corners, box) / np.float32(soft) + np.float32(0.5), 0, 1)
        cover *= cover * (3 - 2 * cover)  # no visible beginning of the fade
        left = (256 - np.float32(256 * strength) * cover).astype(np.uint32)
        part = canvas.packed[box]
        outer = (part & _OUTER) * left >> 8 & _OUTER  # red and blue at once, then green
        np.bitwise_or(outer, (part & _INNER) * left >> 8 & _INNER, out=part)


def fill_capsule(
    canvas: Canvas, start: Floats, end: Floats, radii: tuple[float, float], colour: Colour
) -> None:
    """A thick line with round ends whose radius goes from `radii[0]` to `radii[1]` pixels.

    It is lit along its middle, so that it looks round.
    """
    box = _box(canvas, np.stack([start, end]), max(radii) + 1)
    if box is None:
        return
    x, y = _grid(box)
    x, y = x - np.float32(start[0]), y - np.float32(start[1])
    along = (end - start).astype(np.float32)
    share = np.clip((x * along[0] + y * along[1]) / max(float(along @ along), 1e-6), 0, 1)
    distance = np.hypot(x - share * along[0], y - share * along[1])
    radius = np.float32(radii[0]) + share * np.float32(radii[1] - radii[0])
    level = np.minimum(distance / radius * 31, 31).astype(np.intp)
    cover = radius - distance + np.float32(0.5)
    np.copyto(canvas.packed[box], _shades(colour)[level], where=cover >= 1)
    _blend_edge(canvas, box, cover, np.array(colour) * 0.65)


@cache
def _shades(colour: Colour) -> Packed:
    """Colours (32,) from the middle of a round bar to its rim."""
    steps = np.linspace(0, 1, 32)
    return pack_colours(np.minimum(np.outer(1.1 - 0.45 * steps**2, colour), 235))


@dataclass(frozen=True, slots=True)
class Sprite:
    """A drawing that is pasted many times: packed pixels, where they are solid, and the edge."""

    packed: Packed
    solid: NDArray[np.bool_]
    edge: tuple[NDArray[np.intp], NDArray[np.intp]]
    edge_cover: Floats
    edge_colour: Floats


def sprite(on_black: Canvas, on_white: Canvas) -> Sprite:
    """What the same drawing on a black and on a white canvas has in common."""
    dark, bright = on_black.rgb.astype(np.float64), on_white.rgb.astype(np.float64)
    cover = 1 - (bright - dark).mean(axis=-1) / 255
    rows, columns = np.nonzero((cover > 0.02) & (cover < 0.98))
    part = cover[rows, columns][:, None]
    colour = dark[rows, columns] / part
    return Sprite(on_black.packed, cover >= 0.98, (rows, columns), part, colour)


def paste(canvas: Canvas, drawing: Sprite, left: int) -> None:
    """Paste a sprite of the canvas's height so that its first column falls on `left`."""
    width = canvas.packed.shape[1]
    first, last = max(0, -left), min(drawing.packed.shape[1], width - left)
    if first >= last:
        return
    part = canvas.packed[:, left + first : left + last]
    np.copyto(part, drawing.packed[:, first:last], where=drawing.solid[:, first:last])
    rows, columns = drawing.edge
    seen = (columns >= first) & (columns < last)
    place = (rows[seen], columns[seen] + left)
    below = canvas.rgb[place]
    canvas.rgb[place] = below + drawing.edge_cover[seen] * (drawing.edge_colour[seen] - below)


def hull(points: Floats) -> Floats:
    """Corners of the convex hull of points (n, 2), in order (Andrew's monotone chain)."""
    ordered = sorted(map(tuple, points.tolist()))

    def half(sequence: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
        chain: list[tuple[float, ...]] = []
        for point in sequence:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        return chain[:-1]

    return np.array(half(ordered) + half(ordered[::-1]))


def _turn(a: tuple[float, ...], b: tuple[float, ...], c: tuple[float, ...]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def area(corners: Floats) -> float:
    """Area of a polygon (n, 2); positive if its corners go round clockwise on the screen."""
    points = corners.tolist()
    after = points[1:] + points[:1]
    return float(sum(x * b - a * y for (x, y), (a, b) in zip(points, after, strict=True))) / 2


_Box = tuple[slice, slice]


def _box(canvas: Canvas, points: Floats, margin: float) -> _Box | None:
    """Rows and columns of the canvas around the points; None if there are none."""
    height, width = canvas.packed.shape
    left, top = np.floor(points.min(axis=0) - margin).astype(int).tolist()
    right, bottom = np.ceil(points.max(axis=0) + margin).astype(int).tolist()
    rows = slice(max(top, 0), min(bottom + 1, height))
    columns = slice(max(left, 0), min(right + 1, width))
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None


def _grid(box: _Box) -> tuple[Masks, Masks]:
    """Coordinates of the pixels of a box: x (w,) and y (h, 1)."""
    rows, columns = box
    x = np.arange(columns.start, columns.stop, dtype=np.float32)
    return x, np.arange(rows.start, rows.stop, dtype=np.float32)[:, None]


def _inside(corners: Floats, box: _Box) -> Masks:
    """How far inside a convex polygon each pixel of a box is, in pixels; negative outside."""
    x, y = _grid(box)
    points = corners.tolist() if area(corners) > 0 else corners[::-1].tolist()
    result = np.full((len(y), len(x)), np.inf, dtype=np.float32)
    distance = np.empty_like(result)
    for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
        size = max(float(np.hypot(bx - ax, by - ay)), 1e-6)
        down, right = np.float32((bx - ax) / size), np.float32((by - ay) / size)
        np.subtract((y - np.float32(ay)) * down, (x - np.float32(ax)) * right, out=distance)
        np.minimum(result, distance, out=result)
    return result


def _blend_edge(canvas: Canvas, box: _Box, cover: Masks, colour: Floats) -> None:
    """Mix a colour into the pixels of a box that are partly covered."""
    place = np.nonzero((cover > 0) & (cover < 1))
    part = canvas.rgb[box]
    below = part[place]
    part[place] = below + cover[place][:, None] * (colour - below)
