"""Keys drawn as on a keyboard."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter

from labeler.ui.kit.theme import Colours

_INSIDE = 7  # px left and right of the text
_BETWEEN = 5


def chips_width(metrics: QFontMetrics, keys: Sequence[str]) -> int:
    """Pixels that some keys need side by side."""
    widths = [_width(metrics, key) for key in keys]
    return sum(widths) + _BETWEEN * max(len(keys) - 1, 0)


def draw_chips(
    painter: QPainter,
    box: QRect,
    keys: Sequence[str],
    theme: Colours,
    *,
    left: bool = False,
    wrong: Sequence[str] = (),
) -> None:
    """Draw keys at the right, or left, end of a box; those in `wrong` in the colour of errors."""
    metrics = painter.fontMetrics()
    height = metrics.height() + 4
    x = box.left() if left else box.right() + 1 - chips_width(metrics, keys)
    for key in keys:
        chip = QRect(x, box.center().y() - height // 2 + 1, _width(metrics, key), height)
        ink = theme.error if key in wrong else theme.text
        painter.setPen(QColor(theme.error if key in wrong else theme.border))
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(chip, 4, 4)
        painter.setPen(QColor(ink))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, key)
        x = chip.right() + 1 + _BETWEEN


def _width(metrics: QFontMetrics, key: str) -> int:
    return max(metrics.horizontalAdvance(key) + 2 * _INSIDE, metrics.height() + 4)
