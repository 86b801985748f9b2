"""A card over the window that is no dialog: Escape or a click beside it closes it."""

import shiboken6
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from labeler.ui.kit.focus import is_reached

_SHADE = QColor(0, 0, 0, 120)
MARGIN = 16
"""Pixels that the card keeps from the edges of the window."""


class Overlay(QWidget):
    """Lies over the whole window, so that no key reaches a command while it is open.

    The key that opened it closes it, too. The focus goes back to where it was.
    `card` is what is seen; it is `card_size` large where the window has the room.
    """

    def __init__(self, window: QWidget, action: QAction) -> None:
        super().__init__(window)
        self._action = action
        self._before: QWidget | None = None
        self.card = QFrame(self)
        self.card.setProperty("card", True)
        self.setAccessibleName(action.iconText())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()
        window.installEventFilter(self)

    def card_size(self) -> QSize:
        """How large the card is where there is room."""
        return self.card.sizeHint()

    def card_top(self, room: int) -> int:
        """Where the card begins, if `room` pixels of height are left over."""
        return room // 2

    def appear(self, focus: QWidget) -> None:
        """Open with the focus in one of its widgets."""
        if self.isHidden():
            self._before = QApplication.focusWidget()
        self.fit()
        self.show()
        self.fit()  # texts have got their fonts
        self.raise_()
        focus.setFocus()

    def dismiss(self) -> None:
        """Close and give the focus back."""
        if self.isHidden():
            return
        before, self._before = self._before, None
        self.hide()
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus()
        else:
            self.window().setFocus()

    def fit(self) -> None:
        """Place the card for the present size of the window."""
        area = self.window().rect()
        self.setGeometry(area)
        room = area.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        size = self.card_size().boundedTo(room.size())
        left = room.x() + (room.width() - size.width()) // 2
        top = room.y() + self.card_top(room.height() - size.height())
        self.card.setGeometry(left, top, size.width(), size.height())

    def eventFilter(self, target: QObject, event: QEvent) -> bool:
        """Follow the size of the window."""
        if event.type() == QEvent.Type.Resize and target is self.parent() and self.isVisible():
            self.fit()
        return False

    def event(self, event: QEvent) -> bool:
        """Keep every key from the commands of the window."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape, or the key that opened this, closes it."""
        plain = QKeySequence(event.keyCombination())
        symbol = QKeySequence(
            (event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier).value | event.key()
        )
        if event.key() == Qt.Key.Key_Escape or not {plain, symbol}.isdisjoint(
            self._action.shortcuts()
        ):
            self.dismiss()
        event.accept()

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Tab goes round in the card, and does not lead behind it."""
        parts = [part for part in self.card.findChildren(QWidget) if is_reached(part)]
        focus = QApplication.focusWidget()
        if parts:
            here = parts.index(focus) if focus in parts else -1
            step = 1 if forwards else -1
            parts[(here + step) % len(parts)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the card closes it."""
        if not self.card.geometry().contains(event.position().toPoint()):
            self.dismiss()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shade what lies behind."""
        QPainter(self).fillRect(self.rect(), _SHADE)
