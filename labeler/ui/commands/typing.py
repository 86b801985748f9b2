"""Lets fields that are typed into keep keys that are commands elsewhere."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_FIELD = (*_ENTER, Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down)
_BUTTON = (*_ENTER, Qt.Key.Key_Space)
_COMBO = (*_BUTTON, Qt.Key.Key_Up, Qt.Key.Key_Down)


class TypingFilter(QObject):
    """Watches the widget that has the focus and lets it have the keys that it needs.

    Text fields take printable keys by themselves, but not Enter, Escape and the arrows up and
    down; a button reached by Tab is pressed by Space and Enter, which play and accept elsewhere.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.focusChanged.connect(self._watch)

    def _watch(self, before: QWidget | None, now: QWidget | None) -> None:
        if before is not None:
            before.removeEventFilter(self)
        if now is not None:
            now.installEventFilter(self)

    def eventFilter(self, target: QObject, event: QEvent) -> bool:
        """Claim a key for the focused widget before it is looked up as a shortcut."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        focus = QApplication.focusWidget()
        if (
            (
                isinstance(focus, QLineEdit | QPlainTextEdit | QAbstractSpinBox)
                and event.key() in _FIELD
            )
            or (isinstance(focus, QAbstractButton) and event.key() in _BUTTON)
            or (isinstance(focus, QComboBox) and event.key() in _COMBO)
            or isinstance(focus, QKeySequenceEdit)
        ):
            event.accept()
        return False
