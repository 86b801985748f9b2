"""Buttons and boxes as this window wants them: named, reached by Tab, not focused by a click.

A click must not take the focus, or the next Space would press the button instead of playing.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QToolButton, QWidget

KEEPS_KEYS = "keepsKeys"
"""Property of widgets by `keep_keys`."""
_TAB = Qt.FocusPolicy.TabFocus
_SHORT = {"Return": "↵", "Backspace": "⌫"}


class ActionButton(QToolButton):
    """Does what its command does, and is enabled when that is."""

    def __init__(self, action: QAction, text: str, *, with_key: bool) -> None:
        super().__init__()
        self._action = action
        self._text = text
        self._with_key = with_key
        self.setFocusPolicy(_TAB)
        self.setAccessibleName(action.text())
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)  # a method: ends with the button, not with the action
        self._follow()

    def _follow(self) -> None:
        keys = self._action.shortcuts()
        shown = keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
        key = _SHORT.get(shown, shown) if self._with_key else ""
        self.setText(f"{self._text}   {key}" if key else self._text)
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())


def action_button(action: QAction, text: str, *, with_key: bool = False) -> QToolButton:
    """A button for a command, with a text of its own and, if wanted, the key of the command."""
    return ActionButton(action, text, with_key=with_key)


def toggle_button(text: str, name: str) -> QToolButton:
    """A small button that stays down; `name` says what it does."""
    button = QToolButton()
    button.setFocusPolicy(_TAB)
    button.setText(text)
    button.setCheckable(True)
    button.setToolTip(name)
    button.setAccessibleName(name)
    return button


def push_button(text: str, *, primary: bool = False) -> QPushButton:
    """A button with a word on it; a primary one stands out."""
    button = QPushButton(text)
    button.setFocusPolicy(_TAB)
    button.setProperty("primary", primary)
    return button


def combo_box(name: str) -> QComboBox:
    """A box to choose from; `name` says what."""
    box = QComboBox()
    box.setFocusPolicy(_TAB)
    box.setAccessibleName(name)
    return box


def keep_keys(widget: QWidget) -> None:
    """Keys that are pressed while the focus is in a widget neither label nor play."""
    widget.setProperty(KEEPS_KEYS, True)


def muted(text: str = "") -> QLabel:
    """A line of text in the background, wrapped where it is long."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setProperty("muted", True)
    return label
