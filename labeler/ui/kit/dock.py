"""What stands below the labels when it is opened: Escape leads back to them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame

from labeler.ui.kit.controls import keep_keys
from labeler.ui.kit.focus import enter, keep
from labeler.ui.kit.question import Question

_LEAST = 130  # pixels


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
        self.entering = False
        """Whether this takes the focus when it opens: it is asked for by key."""

    def fit(self, room: int) -> None:
        """Never be lower than the content needs, unless there is less room, in pixels.

        What is squeezed then scrolls within itself.
        """
        layout = self.layout()
        needed = 0 if layout is None else layout.totalMinimumSize().height()
        self.setMinimumHeight(min(needed, max(room, _LEAST)))

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Keep the focus when the widget that has it goes away."""
        return keep(self) or super().focusNextPrevChild(forwards)

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
        self.enter_by_key()

    def enter_by_key(self) -> None:
        """Take the focus if a key asked for this."""
        if self.entering:
            self.entering = False
            self.focus_first()

    def focus_first(self) -> None:
        """Put the focus into the content."""
        enter(self)

    def close_dock(self) -> None:
        """Close it; what runs goes on."""
        self.hide()
        self.opened.emit(False)
