"""Small drawn signs: states, flag, note. Drawn as paths, so sharp at every scale."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from labeler.labels import State


def draw_state(painter: QPainter, box: QRectF, state: State, colour: QColor) -> None:
    """Tick for success, cross for never, two bars for skipped, empty ring for unlabeled."""
    side = min(box.width(), box.height())
    square = QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side)
    with _grid(painter, square, 16):
        if state is State.UNLABELED:
            painter.setPen(QPen(colour, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRectF(2.5, 2.5, 11, 11))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(QRectF(1, 1, 14, 14))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ink = QColor("#ffffff") if colour.lightness() < 130 else QColor("#0c0e11")
            round_cap, round_join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
            painter.setPen(QPen(ink, 2, Qt.PenStyle.SolidLine, round_cap, round_join))
            painter.drawPath(_MARKS[state])


def draw_flag(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """A pennant on a pole."""
    with _grid(painter, box, 12):
        painter.setPen(QPen(colour, 1.4))
        painter.drawLine(QPointF(3, 1), QPointF(3, 11))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([QPointF(3.5, 1.5), QPointF(10.5, 4), QPointF(3.5, 6.5)]))


def draw_note(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """A sheet with two lines."""
    with _grid(painter, box, 12):
        painter.setPen(QPen(colour, 1.2))
        painter.drawRoundedRect(QRectF(2, 1.5, 8, 9), 1.2, 1.2)
        painter.drawLine(QPointF(4, 4.5), QPointF(8, 4.5))
        painter.drawLine(QPointF(4, 7), QPointF(8, 7))


@contextmanager
def _grid(painter: QPainter, box: QRectF, units: int) -> Iterator[None]:
    """Coordinates from 0 to `units` across the box."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / units, box.height() / units)
    yield
    painter.restore()


def _path(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(QPointF(*point))
    return path


def _cross() -> QPainterPath:
    path = _path((5.3, 5.3), (10.7, 10.7))
    path.addPath(_path((10.7, 5.3), (5.3, 10.7)))
    return path


def _bars() -> QPainterPath:
    path = _path((6, 5), (6, 11))
    path.addPath(_path((10, 5), (10, 11)))
    return path


_MARKS = {
    State.SUCCESS: _path((4.6, 8.4), (7, 10.8), (11.4, 5.6)),
    State.NEVER: _cross(),
    State.SKIPPED: _bars(),
}
