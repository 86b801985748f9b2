"""An action that knows whether a key runs it, and the menu that tells it so."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu


class CommandAction(QAction):
    """`by_key` is true while a key runs it: its own, or one in a menu or on a button."""

    def __init__(self, text: str, parent: QObject) -> None:
        super().__init__(text, parent)
        self.by_key = False

    def press(self) -> None:
        """Run it as its key does."""
        self.by_key = True
        self.trigger()
        self.by_key = False

    def event(self, event: QEvent) -> bool:
        """Its key is pressed."""
        self.by_key = event.type() == QEvent.Type.Shortcut
        done = super().event(event)
        self.by_key = False
        return done


class CommandMenu(QMenu):
    """A menu of such actions."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, or the letter of an action, runs it by key."""
        actions = [action for action in self.actions() if isinstance(action, CommandAction)]
        for action in actions:
            action.by_key = True
        super().keyPressEvent(event)
        for action in actions:
            action.by_key = False
