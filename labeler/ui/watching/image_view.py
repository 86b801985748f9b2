"""The image that was scored last, with what is cut out of it."""

import base64
from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from labeler.contracts.events import JpegImage
from labeler.ui.kit.theme import colours

Crops = Mapping[str, list[int] | None]
_GAP = 4  # pixels between the images of several cameras


class ImageView(QWidget):
    """Images of all cameras side by side; a JPEG is read only when it is drawn."""

    spoken_role = QAccessible.Role.Graphic

    def __init__(self) -> None:
        super().__init__()
        self._shown: Mapping[str, JpegImage] = {}
        self._crops: Crops = {}
        self._read: dict[str, QImage] = {}
        self.words = ""
        """What stands in the place of an image."""
        self.success = False
        self.setAccessibleName("What the classifier is shown")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Room for an image of 4 to 3 above everything else of the panel."""
        return QSize(400, 276)

    def show_images(self, images: Mapping[str, JpegImage], crops: Crops, *, success: bool) -> None:
        """Show what was scored; crops are (top, left, height, width) in the source's pixels."""
        self._shown, self._crops, self.success = images, crops, success
        self._read.clear()
        self.update()

    def say(self, words: str) -> None:
        """Show no image but words."""
        self._shown, self.words = {}, words
        self._read.clear()
        self.update()

    def spoken_value(self) -> str:
        """The cameras that are shown, or the words in their place."""
        return ", ".join(self._shown) or self.words

    def images(self) -> Mapping[str, QImage]:
        """The images, read."""
        for key, jpeg in self._shown.items():
            if key not in self._read:
                self._read[key] = QImage.fromData(base64.b64decode(jpeg.jpeg))
        return self._read

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw images and crops, or the words."""
        painter, theme = QPainter(self), colours(self)
        painter.fillRect(self.rect(), QColor(theme.stage))
        if not self._shown:
            painter.setPen(QColor(theme.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(24, 12, -24, -12), flags, self.words)
            return
        images = self.images()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        width = (self.width() - _GAP * (len(images) - 1)) / len(images)
        for number, (key, image) in enumerate(images.items()):
            place = _fit(image, QRectF(number * (width + _GAP), 0, width, self.height()))
            painter.drawImage(place, image)
            self._draw_crop(painter, key, place)

    def _draw_crop(self, painter: QPainter, key: str, place: QRectF) -> None:
        crop, jpeg = self._crops.get(key), self._shown[key]
        if crop is None:
            return
        theme, scale = colours(self), place.width() / max(jpeg.width, 1)
        top, left, height, width = (number * scale for number in crop)
        painter.setPen(QPen(QColor(theme.success if self.success else theme.failure), 2))
        painter.drawRect(QRectF(place.left() + left, place.top() + top, width, height))


def _fit(image: QImage, room: QRectF) -> QRectF:
    """The largest place in the room with the image's proportions."""
    width, height = max(image.width(), 1), max(image.height(), 1)
    scale = min(room.width() / width, room.height() / height)
    place = QRectF(0, 0, width * scale, height * scale)
    place.moveCenter(room.center())
    return place
