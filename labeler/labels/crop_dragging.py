"""What dragging makes of a crop: edges, corners, the whole, or a new one. No Qt here."""

from enum import Flag, auto

from labeler.labels import Crop

LEAST = 8  # pixels of the image; less is a slip of the hand


class Grip(Flag):
    """The edges that follow the hand; all four move the crop as it is."""

    NONE = 0
    TOP = auto()
    LEFT = auto()
    BOTTOM = auto()
    RIGHT = auto()
    ALL = TOP | LEFT | BOTTOM | RIGHT


def drag(
    crop: Crop, grip: Grip, by: tuple[int, int], size: tuple[int, int], *, square: bool = False
) -> Crop:
    """The crop after `grip` was dragged by (rows, columns), inside an image of (height, width).

    `square` keeps height and width alike; the opposite edges stay.
    """
    top, left, height, width = crop
    down, right = by
    if grip is Grip.ALL:
        return (
            min(max(top + down, 0), size[0] - height),
            min(max(left + right, 0), size[1] - width),
            height,
            width,
        )
    rows = _span(top, top + height, down, size[0], Grip.TOP in grip, Grip.BOTTOM in grip)
    columns = _span(left, left + width, right, size[1], Grip.LEFT in grip, Grip.RIGHT in grip)
    if square:
        rows, columns = _square(rows, columns, grip, size)
    return rows[0], columns[0], rows[1] - rows[0], columns[1] - columns[0]


def span(
    start: tuple[int, int], to: tuple[int, int], size: tuple[int, int], *, square: bool = False
) -> Crop:
    """The crop between two points (row, column) of an image of (height, width)."""
    down, right = to[0] - start[0], to[1] - start[1]
    if square:
        room = (_room(start[0], down, size[0]), _room(start[1], right, size[1]))
        side = min(max(abs(down), abs(right)), *room)
        down, right = (side if down >= 0 else -side), (side if right >= 0 else -side)
    rows = sorted((_inside(start[0], size[0]), _inside(start[0] + down, size[0])))
    columns = sorted((_inside(start[1], size[1]), _inside(start[1] + right, size[1])))
    return rows[0], columns[0], rows[1] - rows[0], columns[1] - columns[0]


def centre_square(size: tuple[int, int]) -> Crop:
    """The largest square in the middle of an image of (height, width)."""
    side = min(size)
    return (size[0] - side) // 2, (size[1] - side) // 2, side, side


Span = tuple[int, int]


def _span(low: int, high: int, by: int, limit: int, first: bool, last: bool) -> Span:
    """Two opposite edges, of which one follows."""
    if first:
        low = min(max(low + by, 0), high - LEAST)
    if last:
        high = max(min(high + by, limit), low + LEAST)
    return max(low, 0), min(high, limit)


def _square(rows: Span, columns: Span, grip: Grip, size: tuple[int, int]) -> tuple[Span, Span]:
    height, width = rows[1] - rows[0], columns[1] - columns[0]
    upright, across = bool(grip & (Grip.TOP | Grip.BOTTOM)), bool(grip & (Grip.LEFT | Grip.RIGHT))
    side = max(height, width) if upright and across else height if upright else width
    up, back = Grip.TOP in grip, Grip.LEFT in grip
    side = min(
        side, rows[1] if up else size[0] - rows[0], columns[1] if back else size[1] - columns[0]
    )
    return (
        (rows[1] - side, rows[1]) if up else (rows[0], rows[0] + side),
        (columns[1] - side, columns[1]) if back else (columns[0], columns[0] + side),
    )


def _inside(at: int, limit: int) -> int:
    return min(max(at, 0), limit)


def _room(start: int, by: int, limit: int) -> int:
    return limit - _inside(start, limit) if by >= 0 else _inside(start, limit)
