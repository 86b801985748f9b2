"""Where the window starts, and how small it may become."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize

LEAST = (850, 400)
"""Pixels of a page at least; half of a small screen at 200%."""
_USUAL = (1280, 800)
_TITLE = 40  # pixels that the title bar of a desktop takes
_BORDER = 8  # pixels that its borders take on the other sides


def start_geometry(available: QRect) -> QRect:
    """Place and size of a new window on a screen, in its device-independent pixels.

    It has its usual size, or what there is room for beside the frame that a desktop draws.
    """
    room = available.size() - QSize(2 * _BORDER, _TITLE + _BORDER)
    size = QSize(*_USUAL).boundedTo(room).expandedTo(QSize(*LEAST))
    left = available.left() + max(available.width() - size.width(), 0) // 2
    top = available.top() + _TITLE + max(room.height() - size.height(), 0) // 3
    return QRect(QPoint(left, top), size)


def kept_geometry(place: QRect, areas: Sequence[QRect]) -> QRect | None:
    """A place that the window had, moved and shrunk into the screen that shows most of it.

    None where no screen shows any of it.
    """
    if not areas or not place.isValid():
        return None
    area = max(areas, key=lambda area: _pixels(area.intersected(place)))
    if not _pixels(area.intersected(place)):
        return None
    size = place.size().boundedTo(area.size()).expandedTo(QSize(*LEAST))
    left = max(min(place.left(), area.left() + area.width() - size.width()), area.left())
    top = max(min(place.top(), area.top() + area.height() - size.height()), area.top())
    return QRect(QPoint(left, top), size)


def _pixels(rect: QRect) -> int:
    return rect.width() * rect.height() if rect.isValid() else 0
