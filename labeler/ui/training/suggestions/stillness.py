"""How long nobody has touched keys or mouse."""

import time

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QWindow

_TOUCHES = {
    QEvent.Type.KeyPress,
    QEvent.Type.KeyRelease,  # all that comes of a key that ran a command
    QEvent.Type.MouseButtonPress,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}


class Stillness(QObject):
    """Watches one window; a filter on a window sees few events, unlike one on all widgets."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window: QWindow | None = None
        self._touched = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the last key, click or turn of the wheel."""
        return time.monotonic() - self._touched

    def follow(self, window: QWindow | None) -> None:
        """Watch another window."""
        if window is not self._window:
            if self._window is not None:
                self._window.removeEventFilter(self)
            if window is not None:
                window.installEventFilter(self)
            self._window = window

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the moment; everything goes its way."""
        if event.type() in _TOUCHES:
            self._touched = time.monotonic()
        return False
