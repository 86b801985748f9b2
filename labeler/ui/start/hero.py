"""What the program is for, in an image and a sentence."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAccessible, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from labeler.ui.kit.theme import colours

PURPOSE = (
    "Show in which frames of your recorded episodes the robot succeeds, and get a dataset with "
    "rewards and a reward classifier. The recording itself is never changed."
)
_FRAMES = 9
_EDGE = 5  # first frame of success in the image
_SIZE = 26
_GAP = 6


class Hero(QWidget):
    """The product's mark, name and purpose."""

    def __init__(self) -> None:
        super().__init__()
        name = QLabel("Labeler")
        name.setProperty("hero", True)
        purpose = QLabel(PURPOSE)
        purpose.setWordWrap(True)
        purpose.setProperty("purpose", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(Mark())
        layout.addWidget(name)
        layout.addWidget(purpose)


class Mark(QWidget):
    """Frames of an episode, of which the last ones are a success."""

    spoken_role = QAccessible.Role.Graphic

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Labeler's sign")
        self.setFixedSize(_FRAMES * (_SIZE + _GAP), _SIZE + 14)

    def spoken_value(self) -> str:
        """What is drawn."""
        return "frames of an episode, the last ones a success"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frames, edge and playhead."""
        theme = colours(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for number in range(_FRAMES):
            painter.setBrush(QColor(theme.success if number >= _EDGE else theme.border))
            painter.drawRoundedRect(QRectF(number * (_SIZE + _GAP), 7, _SIZE, _SIZE), 5, 5)
        x = _EDGE * (_SIZE + _GAP) - _GAP / 2
        painter.setPen(QPen(QColor(theme.accent), 2.5, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(round(x), 2, round(x), _SIZE + 12)
