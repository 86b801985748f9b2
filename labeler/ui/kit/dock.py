"""What stands below the labels when it is opened: Escape leads back to them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame

from labeler.ui.kit.controls import keep_keys
from labeler.ui.kit.question import Question


class Dock(QFrame):
    """Hidden at first; `question` is asked where the page puts it, also while this is closed."""

    opened = Signal(bool)
    left = Signal()
    """The focus goes back to the labels."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("panel", True)
        keep_keys(self)
        self.question = Question()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leads back to the labels."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def toggle(self) -> None:
        """Open or close it."""
        if self.isVisible():
            self.close_dock()
        else:
            self.open_dock()

    def open_dock(self) -> None:
        """Open it."""
        self.show()
        self.opened.emit(True)

    def close_dock(self) -> None:
        """Close it; what runs goes on."""
        self.hide()
        self.opened.emit(False)
