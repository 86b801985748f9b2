"""What all lanes of the timeline have in common: playhead, scrubbing, hover, zoom."""

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QEnterEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from labeler.ui.desk.desk import Desk
from labeler.ui.kit.theme import REDRAWN_AT, colours
from labeler.ui.timeline.scale import TimeScale


class Lane(QWidget):
    """A lane draws its content once (`draw`), then only blits it under the moving playhead."""

    spoken_role = QAccessible.Role.Chart

    hovered = Signal(int, float)
    """Frame under the pointer and its x in this lane; -1 when the pointer has left."""

    def __init__(self, desk: Desk, scale: TimeScale, height: int, name: str) -> None:
        super().__init__()
        self.desk = desk
        self.scale = scale
        self._height = height
        self._content: QPixmap | None = None
        self._hover = -1
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        desk.playhead.moved.connect(self.update)
        scale.changed.connect(self.refresh)

    def spoken_value(self) -> str:
        """The frames in sight; each lane adds what it shows of them."""
        if self.desk.episode < 0:
            return ""
        last = min(math.ceil(self.scale.last), self.desk.playhead.length) - 1
        return f"frames {math.floor(self.scale.first)} to {last}"

    def draw(self, painter: QPainter) -> None:
        """Draw everything but playhead and pointer; overridden by each lane."""
        raise NotImplementedError

    def sizeHint(self) -> QSize:
        """As high as the lane was made."""
        return QSize(200, self._height)

    def refresh(self) -> None:
        """Draw the content anew."""
        self._content = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Content, playhead, pointer."""
        if self._content is None:
            ratio = self.devicePixelRatioF()
            self._content = QPixmap(self.size() * ratio)
            self._content.setDevicePixelRatio(ratio)
            self._content.fill(QColor(colours(self).window))
            inner = QPainter(self._content)
            inner.setFont(self.font())
            self.draw(inner)
            inner.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._content)
        self._draw_playhead(painter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size needs another drawing."""
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Other colours, or another font, need another drawing."""
        super().changeEvent(event)
        if event.type() in REDRAWN_AT:
            self.refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Scrub."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._scrub(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scrub while the button is down, else show what is under the pointer."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._scrub(event.position().x())
        self._point_at(event.position().x())

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer is here."""
        self._point_at(event.position().x())

    def leaveEvent(self, event: object) -> None:
        """The pointer is gone."""
        self._hover = -1
        self.hovered.emit(-1, 0.0)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer with Ctrl; else move along where there is something to see."""
        turns = (event.angleDelta().y() or event.angleDelta().x()) / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.scale.zoom(1.3**turns, self.scale.frame_at(event.position().x(), self.width()))
        else:
            self.scale.scroll(-turns * (self.scale.last - self.scale.first) / 10)

    def span(self, start: float, end: float) -> QRectF:
        """Where frames `start <= frame < end` lie, over the whole height."""
        left = self.scale.x(start, self.width())
        return QRectF(left, 0, self.scale.x(end, self.width()) - left, self.height())

    def _scrub(self, x: float) -> None:
        self.desk.playhead.pause()
        self.desk.playhead.go(self.scale.frame_at(x, self.width()))

    def _point_at(self, x: float) -> None:
        self._hover = self.scale.frame_at(x, self.width())
        self.hovered.emit(self._hover, x)
        self.update()

    def _draw_playhead(self, painter: QPainter) -> None:
        theme = colours(self)
        frame = self.desk.playhead.frame
        box = self.span(frame, frame + 1)
        if self._hover >= 0:
            middle = self.span(self._hover, self._hover + 1).center().x()
            painter.setPen(QPen(QColor(theme.muted), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(middle, 0), QPointF(middle, self.height()))
        colour = QColor(theme.text)
        if box.width() >= 5:
            colour.setAlpha(50)
            painter.fillRect(box, colour)
            colour.setAlpha(255)
        painter.setPen(QPen(colour, 2))
        painter.drawLine(QPointF(box.center().x(), 0), QPointF(box.center().x(), self.height()))
