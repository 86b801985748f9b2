"""The probability as a bar, and over the last seconds, both with the threshold."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from labeler.contracts.events import FramePredicted
from labeler.ui.kit.theme import Colours, colours
from labeler.ui.watching.watching import TRACE

_BAR, _RISE = 16, 4  # pixels


class Trace(QWidget):
    """Bar above, curve below; the newest moment is at the right."""

    spoken_role = QAccessible.Role.Chart

    def __init__(self) -> None:
        super().__init__()
        self._past: Sequence[FramePredicted] = ()
        self._success = False
        self.threshold = 0.5
        self.setAccessibleName("Probability of success")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Bar and curve."""
        return QSize(400, _BAR + 2 * _RISE + 76)

    def show_past(self, past: Sequence[FramePredicted], threshold: float, *, success: bool) -> None:
        """Show what was predicted, the newest last, against a threshold, and what is decided."""
        self._past, self.threshold, self._success = past, threshold, success
        self.update()

    def spoken_value(self) -> str:
        """The newest probability, and what is decided."""
        if not self._past:
            return "nothing yet"
        word = "success" if self._success else "no success"
        return f"{self._past[-1].probability:.2f}, {word}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw both."""
        painter, theme = QPainter(self), colours(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_bar(painter, theme)
        room = QRectF(0, _BAR + 2 * _RISE + 2, self.width(), 74).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.setBrush(QColor(theme.raised))
        painter.drawRect(room)
        level = room.bottom() - self.threshold * room.height()
        painter.setPen(QPen(QColor(theme.warning), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(room.left(), level), QPointF(room.right(), level))
        if len(self._past) > 1:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 1.6))
            painter.drawPolyline(self._points(room))

    def _draw_bar(self, painter: QPainter, theme: Colours) -> None:
        bar = QRectF(0.5, _RISE + 0.5, self.width() - 1, _BAR - 1)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.setBrush(QColor(theme.raised))
        painter.drawRect(bar)
        if self._past:
            now = self._past[-1].probability
            colour = theme.success if self._success else theme.failure
            painter.fillRect(
                QRectF(bar.left(), bar.top(), bar.width() * now, bar.height()), QColor(colour)
            )
        mark = bar.left() + bar.width() * self.threshold
        painter.setPen(QPen(QColor(theme.warning), 2))
        painter.drawLine(QPointF(mark, 0), QPointF(mark, _BAR + 2 * _RISE))

    def _points(self, room: QRectF) -> QPolygonF:
        last = self._past[-1].seconds
        return QPolygonF(
            [
                QPointF(
                    room.right() - (last - one.seconds) / TRACE * room.width(),
                    room.bottom() - one.probability * room.height(),
                )
                for one in self._past
            ]
        )
