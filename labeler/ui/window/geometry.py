"""Where the window starts, and how small it may become."""

from PySide6.QtCore import QPoint, QRect, QSize

LEAST = (850, 400)
"""Pixels of a page at least; half of a small screen at 200%."""
_USUAL = (1280, 800)
_FRAME = (16, 40)  # pixels that borders and title bar of a desktop take


def start_geometry(available: QRect) -> QRect:
    """Place and size of a new window on a screen, in its device-independent pixels.

    It has its usual size, or what there is room for beside the frame that a desktop draws.
    """
    room = available.size() - QSize(*_FRAME)
    size = QSize(*_USUAL).boundedTo(room).expandedTo(QSize(*LEAST))
    left = available.left() + max(available.width() - size.width(), 0) // 2
    top = available.top() + _FRAME[1] + max(room.height() - size.height(), 0) // 3
    return QRect(QPoint(left, top), size)
