"""The field for an episode's note."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from labeler.ui.commands.deciding import Deciding
from labeler.ui.desk.desk import Desk


class NoteField(QPlainTextEdit):
    """Keeps what was typed when Enter is pressed, the focus leaves or another episode comes.

    Shift+Enter begins a new line, Escape gives the former note back.
    """

    def __init__(self, desk: Desk, deciding: Deciding) -> None:
        super().__init__()
        self._desk = desk
        self._deciding = deciding
        self._episode = -1  # whose note is in the field
        self.setPlaceholderText("N to write a note")
        self.setAccessibleName("Note")
        self.setTabChangesFocus(True)
        self.setFixedHeight(64)
        desk.playhead.episode_changed.connect(self._open)
        desk.bridge.labels_changed.connect(self._on_labels)

    def keep(self) -> None:
        """Write what was typed into the label of the episode that it was typed for."""
        if self._episode < 0 or not self.document().isModified():
            return  # Qt changes some characters of a note that is only looked at
        text = self.toPlainText().strip()
        self.document().setModified(False)
        if text == self._desk.session.label(self._episode).note:
            return
        self._deciding.note(self._episode, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter keeps and leaves; Escape forgets and leaves."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.clearFocus()
        elif event.key() == Qt.Key.Key_Escape:
            self._fill()
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed is kept."""
        super().focusOutEvent(event)
        self.keep()

    def _open(self, episode: int) -> None:
        self.keep()
        self._episode = episode
        self._fill()

    def _on_labels(self, episodes: tuple[int, ...]) -> None:
        if self._episode in episodes and not self.hasFocus():
            self._fill()

    def _fill(self) -> None:
        self.setPlainText(self._desk.session.label(self._episode).note)
