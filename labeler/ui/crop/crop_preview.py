"""What the classifier would be fed: the crop of the image shown, squeezed into its size."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from labeler.ui.desk.desk import Desk
from labeler.ui.kit.theme import colours
from labeler.ui.stage.stage import Stage

INPUT = 128  # pixels, height and width: LeRobot's reward classifier (CLASSIFIER: `image_size`)


class CropPreview(QWidget):
    """Follows the frame shown and the crops; every pixel of the input is a square.

    Qt's smooth scaling stands for torchvision's antialiased one; they differ by a shade.
    """

    spoken_role = QAccessible.Role.Graphic

    def __init__(self, desk: Desk, stage: Stage) -> None:
        super().__init__()
        self._desk, self._stage = desk, stage
        self.setAccessibleName("What the classifier sees")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        stage.refreshed.connect(self.update)
        desk.crops_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Room for the input, enlarged as far as the panel is wide."""
        return QSize(INPUT, 216)

    def spoken_value(self) -> str:
        """Size of the input, and of which camera."""
        return f"{INPUT}×{INPUT} pixels of {self._stage.large.camera or 'no camera'}"

    def classifier_input(self) -> QImage:
        """The crop of the large image as the classifier's input; null without an image."""
        image = self._stage.large.image
        crop = self._desk.crops.get(self._stage.large.camera)
        if image.isNull():
            return image
        if crop is not None:
            top, left, height, width = crop
            image = image.copy(QRect(left, top, width, height))
        return image.scaled(
            INPUT, INPUT,
            Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation,
        )  # fmt: skip

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the input large."""
        painter = QPainter(self)
        side = min(self.width(), self.height())
        place = QRect((self.width() - side) // 2, 0, side, side)
        seen = self.classifier_input()
        if seen.isNull():
            painter.fillRect(place, QColor(colours(self).stage))
        else:
            painter.drawImage(place, seen)
