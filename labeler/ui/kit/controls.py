"""Buttons and boxes as this window wants them: named, reached by Tab, not focused by a click.

A click must not take the focus, or the next Space would press the button instead of playing.
"""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QWidget,
)

from labeler.ui.kit.command_action import CommandAction

KEEPS_KEYS = "keepsKeys"
"""Property of widgets by `keep_keys`."""
_WIDEST = 420  # pixels that a box asks for at most
_ARROW = 22  # pixels
_TAB = Qt.FocusPolicy.TabFocus
_SHORT = {"Return": "↵", "Backspace": "⌫"}


class ActionButton(QToolButton):
    """Does what its command does, and is enabled when that is."""

    def __init__(self, action: CommandAction, text: str, *, with_key: bool) -> None:
        super().__init__()
        self._action = action
        self._text = text
        self._with_key = with_key
        self._forbidden = ""
        self.setFocusPolicy(_TAB)
        self.setAccessibleName(action.iconText())
        self.clicked.connect(lambda: _run(self, action))
        action.changed.connect(self._follow)  # a method: ends with the button, not with the action
        self._follow()

    def forbid(self, why: str) -> None:
        """Be of no use, and say why; an empty reason allows it again."""
        if why != self._forbidden:
            self._forbidden = why
            self._follow()

    def _follow(self) -> None:
        keys = self._action.shortcuts()
        shown = keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
        key = _SHORT.get(shown, shown) if self._with_key else ""
        self.setText(f"{self._text}   {key}" if key else self._text)
        self.setEnabled(self._action.isEnabled() and not self._forbidden)
        self.setToolTip(self._forbidden or self._action.toolTip())


def action_button(action: CommandAction, text: str, *, with_key: bool = False) -> QToolButton:
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


def action_push_button(action: CommandAction) -> QPushButton:
    """A button for a command, with its text."""
    button = push_button(action.iconText())
    button.clicked.connect(lambda: _run(button, action))
    button.setToolTip(action.toolTip())
    return button


def _run(button: QAbstractButton, action: CommandAction) -> None:
    """A button of ours has the focus only where Tab led to it: then a key pressed it."""
    if button.hasFocus():
        action.press()
    else:
        action.trigger()


class ElidedBox(QComboBox):
    """Can be narrower than its texts, of which it shows beginning and end; the tool tip has all."""

    def __init__(self) -> None:
        super().__init__()
        self.currentTextChanged.connect(self.setToolTip)

    def minimumSizeHint(self) -> QSize:
        """It can be narrow."""
        return QSize(72, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """Wide enough for usual texts, with the arrow beside them, which Qt's hint leaves out."""
        hint = super().sizeHint()
        return QSize(min(hint.width() + _ARROW, _WIDEST), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of the text as there is room for."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideMiddle, field.width() - 4
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


def combo_box(name: str) -> QComboBox:
    """A box to choose from; `name` says what."""
    box = ElidedBox()
    box.setFocusPolicy(_TAB)
    box.setAccessibleName(name)
    return box


def keep_keys(widget: QWidget) -> None:
    """Keys that are pressed while the focus is in a widget neither label nor play."""
    widget.setProperty(KEEPS_KEYS, True)


def shorten(text: str, most: int = 40) -> str:
    """A name with its beginning and its end, for a box or button whose tool tip has all of it."""
    if len(text) <= most:
        return text
    return f"{text[: most // 2]}…{text[-(most - most // 2 - 1) :]}"


def quiet_label(text: str = "") -> QLabel:
    """A line of text in the background, wrapped where it is long."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setProperty("muted", True)
    return label
