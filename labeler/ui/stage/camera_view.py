"""One camera's image of the frame shown: letterboxed, zoomed, or the reason why there is none."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QBrush,
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from labeler.ui.desk.desk import Desk
from labeler.ui.kit.side_panel import breakable
from labeler.ui.kit.theme import colours
from labeler.video import BgraConverter, Missing

_NEAREST_UP_TO = 256  # pixels: small images are scaled by whole numbers of the screen's pixels
_MOST_ZOOM = 16.0
_BESIDE_WORDS = (24, 10, -24, -10)  # pixels around what is said of a missing image
_NO_CAMERA = Missing("This recording has no camera.", "The signals below can be labelled.")


class CameraView(QWidget):
    """Paints the decoded frame of one camera; keeps the last image until the next one is there.

    `shown` is the (episode, frame) of the image at hand, `on_screen` of the one painted last;
    `place_for_words` tells where nothing lies over the view.
    """

    clicked = Signal()
    painted = Signal()

    def __init__(self, desk: Desk, camera: str, *, large: bool) -> None:
        super().__init__()
        role = QAccessible.Role
        self.spoken_role = role.Graphic if large else role.Button
        self._desk = desk
        self.camera = camera
        self.large = large
        self.shown = self.on_screen = (-1, -1)
        self._convert = BgraConverter()
        self._pixels: NDArray[np.uint8] | None = None
        self._image = QImage()
        self._missing: Missing | None = None
        self._zoom = 1.0
        self._centre = QPointF(0.5, 0.5)  # of the image, in the middle of the view
        self._grabbed: QPointF | None = None
        self._pressed: QPointF | None = None
        self.place_for_words: Callable[[], QRect] | None = None
        self.setAccessibleName(f"Camera {camera}" if camera else "No camera")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        policy = QSizePolicy.Policy.Ignored
        self.setSizePolicy(policy, policy)
        if not large:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setToolTip(f"Show {camera} large")

    def spoken_value(self) -> str:
        """The frame whose image is at hand, or why there is none."""
        if self._missing is not None:
            return self._missing.message
        return f"frame {self.shown[1]}" if self.shown[1] >= 0 else "no image yet"

    @property
    def waiting(self) -> bool:
        """Whether the image on the screen is still that of another frame."""
        return self.shown != (self._desk.playhead.episode, self._desk.playhead.frame)

    @property
    def image(self) -> QImage:
        """The image at hand, in pixels of the recording; null where there is none."""
        return QImage() if self._missing is not None else self._image

    def take(self) -> bool:
        """Fetch the image of the frame shown, if it is there; whether it is."""
        playhead = self._desk.playhead
        place = (playhead.episode, playhead.frame)
        if place == self.shown:
            return True
        found = self._desk.images.get(*place, self.camera) if self.camera else _NO_CAMERA
        if found is None:
            return False
        self.shown = place
        self._missing = None
        if isinstance(found, Missing):
            self._missing = found
            told = f"{found.message}\n{found.hint}"
        else:
            told = ""
            self._pixels = self._convert(found)
            height, width = self._pixels.shape[:2]
            layout = QImage.Format.Format_RGB32
            self._image = QImage(self._pixels.data, width, height, width * 4, layout)
        if self.large and told != self.toolTip():
            self.setToolTip(told)
        return True

    @property
    def shape(self) -> QSize:
        """Width and height of the image at hand, or those of a usual one."""
        return self._image.size() if not self._image.isNull() else QSize(4, 3)

    def fit(self) -> None:
        """Show the whole image."""
        self._zoom, self._centre = 1.0, QPointF(0.5, 0.5)
        self.update()

    def image_rect(self) -> QRectF:
        """Where the whole image lies, in the view's own coordinates."""
        size = self.shape
        scale = min(self.width() / size.width(), self.height() / size.height())
        small = max(size.width(), size.height()) <= _NEAREST_UP_TO
        ratio = self.devicePixelRatioF()
        if small and self.large and scale * ratio >= 1:
            scale = int(scale * ratio) / ratio
        scale *= self._zoom
        width, height = size.width() * scale, size.height() * scale
        left = self.width() / 2 - self._centre.x() * width
        top = self.height() / 2 - self._centre.y() * height
        return QRectF(left, top, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is there."""
        painter = QPainter(self)
        theme = colours(self)
        painter.fillRect(self.rect(), QColor(theme.stage))
        if self._missing is not None:
            self._draw_missing(painter, self._missing)
        elif not self._image.isNull():
            smooth = not self._desk.playhead.playing and not self._is_enlarged_small()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(self.image_rect(), self._image)
            self._draw_crop(painter)
        painter.end()
        self.on_screen = self.shown
        self.painted.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab a large view that is zoomed."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            if self.large and self._zoom > 1:
                self._grabbed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan; what is dragged is not clicked."""
        if self._pressed is not None and (event.position() - self._pressed).manhattanLength() > (
            QApplication.startDragDistance()
        ):
            self._pressed = None
        if self._grabbed is not None:
            moved = event.position() - self._grabbed
            self._grabbed = event.position()
            rect = self.image_rect()
            step = QPointF(moved.x() / rect.width(), moved.y() / rect.height())
            self._move_centre(self._centre - step)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go: a click shows a small view large, and plays or pauses in a large one."""
        clicked, self._pressed, self._grabbed = self._pressed is not None, None, None
        if clicked and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the whole image; the first click of the two counts for nothing."""
        self.fit()
        self.clicked.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        if not self.large:
            return
        before = self.image_rect()
        at = event.position()
        point = QPointF(
            (at.x() - before.left()) / before.width(), (at.y() - before.top()) / before.height()
        )
        factor = 1.25 ** (event.angleDelta().y() / 120)
        self._zoom = min(max(self._zoom * factor, 1.0), _MOST_ZOOM)
        after = self.image_rect()
        shift = QPointF(
            (after.left() + point.x() * after.width() - at.x()) / after.width(),
            (after.top() + point.y() * after.height() - at.y()) / after.height(),
        )
        self._move_centre(self._centre + shift)

    def _move_centre(self, centre: QPointF) -> None:
        half = 0.5 / self._zoom
        self._centre = QPointF(
            min(max(centre.x(), half), 1 - half), min(max(centre.y(), half), 1 - half)
        )
        self.update()

    def _is_enlarged_small(self) -> bool:
        size = self._image.size()
        return max(size.width(), size.height()) <= _NEAREST_UP_TO and self.large

    def _draw_crop(self, painter: QPainter) -> None:
        crop = self._desk.crops.get(self.camera)
        if crop is None:
            return
        top, left, height, width = crop
        image = self.image_rect()
        scale = image.width() / self._image.width()
        inner = QRectF(
            image.left() + left * scale,
            image.top() + top * scale,
            width * scale,
            height * scale,
        )
        painter.setClipRect(image)
        painter.setPen(QPen(QColor(colours(self).accent), 1.5))
        painter.drawRect(inner)
        painter.setClipping(False)

    def missing_text(self, missing: Missing, box: QRect) -> str:
        """As much as a box has room for of what is missing, why, and what helps."""
        what, hint = breakable(missing.message), breakable(missing.hint)
        texts = (f"No image\n{what}\n{hint}", f"No image\n{what}", "No image")
        if not self.large:
            return texts[-1]
        flags, room = Qt.TextFlag.TextWordWrap, QRect(0, 0, box.width(), 10_000)
        height = self.fontMetrics().boundingRect
        fitting = (one for one in texts if height(room, flags, one).height() <= box.height())
        return next(fitting, texts[-1])

    def _place_for_words(self) -> QRect:
        if self.place_for_words is not None:
            return self.place_for_words()
        return self.rect().adjusted(*_BESIDE_WORDS)

    def _draw_missing(self, painter: QPainter, missing: Missing) -> None:
        theme = colours(self)
        area = self.image_rect().toRect().intersected(self.rect())
        painter.fillRect(area, QColor(theme.panel))
        painter.fillRect(area, QBrush(QColor(theme.border), Qt.BrushStyle.BDiagPattern))
        box = self._place_for_words() if self.large else QRect(area)
        text = self.missing_text(missing, box)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        bounds = painter.boundingRect(box, flags, text).adjusted(-12, -6, 12, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(bounds, 6, 6)
        painter.setPen(QColor(theme.text))
        painter.drawText(box, flags, text)
