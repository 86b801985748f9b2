"""Buttons and boxes as this window wants them: named, reached by Tab, not focused by a click.

A click must not take the focus, or the next Space would press the button instead of playing.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QToolButton

_TAB = Qt.FocusPolicy.TabFocus
_SHORT = {"Return": "↵", "Backspace": "⌫"}


def action_button(action: QAction, text: str, *, with_key: bool = False) -> QToolButton:
    """A button for a command, with a text of its own and, if wanted, the key of the command."""
    button = QToolButton()
    button.setFocusPolicy(_TAB)
    button.setAccessibleName(action.text())
    button.clicked.connect(lambda: action.trigger())

    def follow() -> None:
        keys = action.shortcuts()
        shown = keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
        button.setText(f"{text}   {_SHORT.get(shown, shown)}" if with_key and shown else text)
        button.setEnabled(action.isEnabled())
        button.setToolTip(action.toolTip())

    action.changed.connect(follow)
    follow()
    return button


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


def muted(text: str = "") -> QLabel:
    """A line of text in the background, wrapped where it is long."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setProperty("muted", True)
    return label
