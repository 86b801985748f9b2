"""A hand on the crop of the camera that is shown large: draw, move, drag its edges."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from labeler.labels import Crop
from labeler.labels.crop_dragging import LEAST, Grip, drag, span
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.theme import colours
from labeler.ui.stage.stage import Stage

_NEAR = 9  # pixels of the screen from an edge
_KNOB = 7
_SHADE = QColor(0, 0, 0, 130)
_SHAPES = {
    Grip.NONE: Qt.CursorShape.CrossCursor,
    Grip.ALL: Qt.CursorShape.SizeAllCursor,
    Grip.TOP: Qt.CursorShape.SizeVerCursor,
    Grip.BOTTOM: Qt.CursorShape.SizeVerCursor,
    Grip.LEFT: Qt.CursorShape.SizeHorCursor,
    Grip.RIGHT: Qt.CursorShape.SizeHorCursor,
    Grip.TOP | Grip.LEFT: Qt.CursorShape.SizeFDiagCursor,
    Grip.BOTTOM | Grip.RIGHT: Qt.CursorShape.SizeFDiagCursor,
    Grip.TOP | Grip.RIGHT: Qt.CursorShape.SizeBDiagCursor,
    Grip.BOTTOM | Grip.LEFT: Qt.CursorShape.SizeBDiagCursor,
}


class CropTool(QWidget):
    """Lies over the large image while it is shown; the wheel still zooms the image."""

    spoken_role = QAccessible.Role.Graphic

    def __init__(self, desk: Desk, stage: Stage) -> None:
        super().__init__()
        self._desk, self._stage = desk, stage
        self.square = True
        self._from: QPointF | None = None
        self._grip = Grip.NONE
        self._before: Crop | None = None
        self.setMouseTracking(True)
        self.setAccessibleName("Crop of the large image")
        self.hide()
        stage.put_over(self)
        desk.crops_changed.connect(self.update)

    def spoken_value(self) -> str:
        """The crop in pixels; it is typed in the panel."""
        if self.crop is None:
            return "no crop"
        top, left, height, width = self.crop
        return f"top {top}, left {left}, height {height}, width {width}"

    @property
    def crop(self) -> Crop | None:
        """The crop of the camera that is shown large."""
        return self._desk.crops.get(self._stage.large.camera)

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width of the image in pixels."""
        image = self._stage.large.image
        return image.height(), image.width()

    def at(self, row: float, column: float) -> QPointF:
        """Where a place of the image lies on this widget."""
        rect, scale = self._stage.large.image_rect(), self._scale()
        return QPointF(rect.left() + column * scale, rect.top() + row * scale)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of an edge, a corner or the whole; elsewhere begin a new crop."""
        if event.button() != Qt.MouseButton.LeftButton or not all(self.image_size):
            return
        self._from, self._before = event.position(), self.crop
        self._grip = self._grip_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the hand."""
        if self._from is None:
            self.setCursor(_SHAPES[self._grip_at(event.position())])
            return
        start, here = self._place(self._from), self._place(event.position())
        if self._grip is Grip.NONE or self._before is None:
            crop = span(start, here, self.image_size, square=self.square)
            if min(crop[2:]) < LEAST:
                return
        else:
            by = here[0] - start[0], here[1] - start[1]
            crop = drag(self._before, self._grip, by, self.image_size, square=self.square)
        self._desk.show_crops({**self._desk.crops, self._stage.large.camera: crop}, keep=False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go: what was drawn is kept, as one step."""
        if self._from is not None:
            self._desk.show_crops(self._desk.crops)
        self._from = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom the image below."""
        self._stage.large.wheelEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shade around the crop, knobs on it; the image itself draws the frame."""
        if self.crop is None:
            return
        box = self._box(self.crop)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        around = QPainterPath()  # odd-even: what lies inside both is left out
        around.addRect(self._box((0, 0, *self.image_size)))
        around.addRect(box)
        painter.fillPath(around, _SHADE)
        painter.setPen(QPen(QColor("#ffffff"), 1.5))
        painter.setBrush(QColor(colours(self).accent))
        for x in (box.left(), box.center().x(), box.right()):
            for y in (box.top(), box.center().y(), box.bottom()):
                if QPointF(x, y) != box.center():
                    painter.drawEllipse(QPointF(x, y), _KNOB / 2, _KNOB / 2)

    def _scale(self) -> float:
        return self._stage.large.image_rect().width() / max(self.image_size[1], 1)

    def _box(self, crop: Crop) -> QRectF:
        top, left, height, width = crop
        return QRectF(self.at(top, left), self.at(top + height, left + width))

    def _place(self, at: QPointF) -> tuple[int, int]:
        """Row and column of the image, which may lie outside it."""
        away = (at - self.at(0, 0)) / self._scale()
        return round(away.y()), round(away.x())

    def _grip_at(self, at: QPointF) -> Grip:
        if self.crop is None:
            return Grip.NONE
        box = self._box(self.crop)
        if not box.adjusted(-_NEAR, -_NEAR, _NEAR, _NEAR).contains(at):
            return Grip.NONE
        grip = Grip.NONE
        if min(at.y() - box.top(), box.bottom() - at.y()) < _NEAR:
            grip |= Grip.TOP if at.y() < box.center().y() else Grip.BOTTOM
        if min(at.x() - box.left(), box.right() - at.x()) < _NEAR:
            grip |= Grip.LEFT if at.x() < box.center().x() else Grip.RIGHT
        return grip or Grip.ALL
