"""Thumbnails along the timeline; they fill in as they are decoded."""

import numpy as np
from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QAccessible, QBrush, QColor, QImage, QPainter

from labeler.ui.desk.desk import Desk
from labeler.ui.desk.images import STRIP_HEIGHT
from labeler.ui.kit.theme import colours
from labeler.ui.timeline.lane import Lane
from labeler.ui.timeline.scale import MARGIN, TimeScale
from labeler.video import FrameKey

_SOON = 30  # ms: several thumbnails that have come are drawn together


class Filmstrip(Lane):
    """As many thumbnails as fit beside each other, each at the frame in its middle."""

    spoken_role = QAccessible.Role.Graphic

    def __init__(self, desk: Desk, scale: TimeScale) -> None:
        super().__init__(desk, scale, STRIP_HEIGHT, "Filmstrip")
        self._redraw = QTimer(self, singleShot=True, interval=_SOON)
        self._redraw.timeout.connect(self._draw_content)
        self._asked: list[FrameKey] = []
        desk.images.strip.ready.connect(lambda key: self._redraw.start())
        desk.playhead.episode_changed.connect(self._fetch)
        desk.camera_changed.connect(self._fetch)

    def spoken_value(self) -> str:
        """Frames in sight, and the camera."""
        return f"{super().spoken_value()}, {self.desk.camera or 'no camera'}"

    def refresh(self) -> None:
        """Other frames may be in sight: ask for their thumbnails, then draw."""
        self._fetch()

    def draw(self, painter: QPainter) -> None:
        """Draw the thumbnails that are there."""
        theme = colours(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self._strip(), QColor(theme.stage))
        cell = self._cell_width()
        for number, key in enumerate(self._keys()):
            pixels = self.desk.images.strip.get(key)
            if not isinstance(pixels, np.ndarray):
                if pixels is not None:
                    brush = QBrush(QColor(theme.border), Qt.BrushStyle.BDiagPattern)
                    painter.fillRect(QRectF(MARGIN + number * cell, 0, cell, self.height()), brush)
                continue
            height, width = pixels.shape[:2]
            image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
            target = QRectF(MARGIN + number * cell, 0, cell, self.height())
            part = min(width, height * cell / max(self.height(), 1))
            painter.drawImage(target, image, QRectF((width - part) / 2, 0, part, height))

    def _strip(self) -> QRectF:
        return QRectF(MARGIN, 0, self.width() - 2 * MARGIN, self.height())

    def _cell_width(self) -> float:
        count = max(round((self.width() - 2 * MARGIN) / (STRIP_HEIGHT * 4 / 3)), 1)
        return (self.width() - 2 * MARGIN) / count

    def _keys(self) -> list[FrameKey]:
        """The frame in the middle of every cell."""
        desk, cell = self.desk, self._cell_width()
        if desk.episode < 0 or not desk.camera:
            return []
        count = max(round((self.width() - 2 * MARGIN) / cell), 1)
        middles = (MARGIN + (number + 0.5) * cell for number in range(count))
        # The camera may be that of another recording already, whose episode is about to be shown.
        camera = desk.camera_for(desk.episode, desk.camera)
        return [
            FrameKey(desk.episode, camera, self.scale.frame_at(x, self.width())) for x in middles
        ]

    def _fetch(self, *_: object) -> None:
        keys = self._keys()
        if keys != self._asked:
            self._asked = keys
            self.desk.images.strip.want(list(dict.fromkeys(keys)))
        self._draw_content()

    def _draw_content(self) -> None:
        super().refresh()
