"""Lets fields that are typed into keep keys that are commands elsewhere."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QWidget,
)

from labeler.ui.kit.controls import KEEPS_KEYS

LABELS = "changesLabels"
"""Property of the actions whose keys act on labels."""
_MODIFIER = Qt.KeyboardModifier
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_FIELD = (*_ENTER, Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down)
_BUTTON = (*_ENTER, Qt.Key.Key_Space)
_COMBO = (*_BUTTON, Qt.Key.Key_Up, Qt.Key.Key_Down)
_SLIDER = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home,
    Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
)  # fmt: skip


class TypingFilter(QObject):
    """Watches the widget that has the focus and lets it have the keys that it needs.

    Text fields take everything that writes, Enter, Escape and the arrows up and down; a button
    reached by Tab is pressed by Space and Enter, which play and accept elsewhere; a slider is moved
    by the arrows; an open menu or list takes all keys. A widget made by `keep_keys` keeps from
    labels and image what is pressed while the focus is in it.
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
        kind = event.type()
        if kind == QEvent.Type.KeyPress:
            return isinstance(target, QAbstractButton) and _press_by_enter(target, event)
        if kind != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        focus = QApplication.focusWidget()
        popup = QApplication.activePopupWidget() is not None
        kept = _keeps(focus) and (_is_plain(event) or _labels(focus, event))
        if popup or kept or _needs(focus, event):
            event.accept()
        return False


def _keeps(focus: QWidget | None) -> bool:
    while focus is not None:
        if focus.property(KEEPS_KEYS):
            return True
        focus = None if focus.isWindow() else focus.parentWidget()
    return False


def _is_plain(event: QKeyEvent) -> bool:
    """Whether a key is pressed alone or with Shift; function keys open what is meant everywhere."""
    plain = _MODIFIER.ShiftModifier | _MODIFIER.KeypadModifier
    return not event.modifiers() & ~plain and not Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35


def _labels(focus: QWidget | None, event: QKeyEvent) -> bool:
    """Whether a key with modifiers is that of a command that changes a label."""
    pressed = QKeySequence(event.keyCombination())
    window = None if focus is None else focus.window()
    return window is not None and any(
        pressed in action.shortcuts() for action in window.actions() if action.property(LABELS)
    )


def _needs(focus: QWidget | None, event: QKeyEvent) -> bool:
    """Whether a key belongs to the widget that has the focus."""
    if isinstance(focus, QKeySequenceEdit):
        return True
    plain = not event.modifiers() & ~_MODIFIER.KeypadModifier
    if isinstance(focus, QLineEdit | QPlainTextEdit | QAbstractSpinBox):
        shifted = event.modifiers() == _MODIFIER.ShiftModifier
        return _writes(event) or ((plain or shifted) and event.key() in _FIELD)
    if isinstance(focus, QComboBox):
        return plain and event.key() in _COMBO
    if isinstance(focus, QSlider):
        return plain and event.key() in _SLIDER
    return isinstance(focus, QAbstractButton) and plain and event.key() in _BUTTON


def _writes(event: QKeyEvent) -> bool:
    """Whether a key puts a character into a text: also with AltGr, which may be Ctrl+Alt."""
    held = event.modifiers() & (
        _MODIFIER.ControlModifier | _MODIFIER.AltModifier | _MODIFIER.MetaModifier
    )
    alone = not held or held == _MODIFIER.ControlModifier | _MODIFIER.AltModifier
    return alone and bool(event.text()) and event.text().isprintable()


def _press_by_enter(button: QAbstractButton, event: QEvent) -> bool:
    """Press a button by Enter, which Qt does on some desktops only."""
    if not isinstance(event, QKeyEvent) or event.key() not in _ENTER:
        return False
    if event.modifiers() & ~_MODIFIER.KeypadModifier:
        return False
    if not event.isAutoRepeat():
        button.click()
    return True
