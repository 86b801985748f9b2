"""What stands above the page: a question, and what needs attention."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

_LEAST = 40  # pixels: a line of text, or a button
_SHOWN = (QEvent.Type.ShowToParent, QEvent.Type.HideToParent)


class Strips(QScrollArea):
    """Strips under each other, as high as they are; where a low window has no room, they scroll.

    Without that they would push the label out of it. `changed` says that they are others now, and
    `fit` has to be called.
    """

    changed = Signal()

    def __init__(self, parent: QWidget, *strips: QWidget) -> None:
        super().__init__(parent, widgetResizable=True)  # by itself it would be a window
        self._strips = strips
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QFrame()
        inside.setProperty("panel", True)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for strip in strips:
            self._column.addWidget(strip)
            strip.installEventFilter(self)
        inside.installEventFilter(self)
        self.setWidget(inside)
        self.hide()

    def eventFilter(self, target: QObject, event: QEvent) -> bool:
        """A strip came or went, or says something else."""
        if event.type() is QEvent.Type.LayoutRequest or event.type() in _SHOWN:
            self.setVisible(any(not strip.isHidden() for strip in self._strips))
            self.changed.emit()
        return super().eventFilter(target, event)

    def wanted(self, width: int) -> int:
        """Pixels of height that all strips have at this width."""
        return 0 if self.isHidden() else self._column.totalHeightForWidth(width)

    def fit(self, width: int, room: int) -> None:
        """Be as high as the strips are at this width, within the room that there is."""
        if not self.isHidden():
            height = self.wanted(width)
            self.setFixedHeight(max(min(height, room), min(height, _LEAST)))
