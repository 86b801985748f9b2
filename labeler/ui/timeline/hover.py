"""The image and number of the frame under the pointer, above the timeline."""

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from labeler.ui.desk.desk import Desk
from labeler.ui.kit.theme import colours
from labeler.video import FrameKey

_TEXT = 20
_WIDTH = 176


class HoverPreview(QWidget):
    """A small window inside the window; it never takes the mouse or the focus."""

    spoken_role = QAccessible.Role.ToolTip

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._room = parent
        self._frame = -1
        self.setAccessibleName("Frame under the pointer")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(_WIDTH, desk.images.sheet.height + _TEXT + 4)
        desk.images.sheet.ready.connect(lambda key: self.update())
        self.hide()

    def spoken_value(self) -> str:
        """Its number."""
        return f"frame {self._frame}"

    def point(self, frame: int, at: QPoint) -> None:
        """Show a frame above a point of the parent; -1 hides."""
        self._frame = frame
        if frame < 0 or self._desk.episode < 0:
            self.hide()
            return
        if self._desk.camera and self._desk.images.sheet.get(self._key()) is None:
            self._desk.images.sheet.want([self._key()])
        left = min(max(at.x() - _WIDTH // 2, 0), self._room.width() - _WIDTH)
        self.move(left, max(at.y() - self.height() - 6, 0))
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw image and number."""
        theme = colours(self)
        painter = QPainter(self)
        painter.setPen(QColor(theme.border))
        painter.setBrush(QColor(theme.raised))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        area = QRect(2, 2, self.width() - 4, self.height() - _TEXT - 2)
        painter.fillRect(area, QColor(theme.stage))
        found = self._desk.images.sheet.get(self._key()) if self._desk.camera else None
        if isinstance(found, np.ndarray):
            height, width = found.shape[:2]
            image = QImage(found.data, width, height, width * 4, QImage.Format.Format_RGB32)
            size = image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(area.topLeft(), size)
            target.moveCenter(area.center())
            painter.drawImage(target, image)
        painter.setPen(QColor(theme.text))
        seconds = self._frame / self._desk.source.dataset.fps
        line = QRect(0, self.height() - _TEXT - 1, self.width(), _TEXT)
        painter.drawText(
            line, Qt.AlignmentFlag.AlignCenter, f"frame {self._frame}   {seconds:.2f} s"
        )

    def _key(self) -> FrameKey:
        return FrameKey(self._desk.episode, self._desk.camera, max(self._frame, 0))
