"""The one line for messages."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QSizePolicy

from labeler.session.any_session import AnySession
from labeler.session.words import recovered_text
from labeler.ui.kit.elided import ElidedLabel

_STAYS = 8000  # ms


class StatusLine(ElidedLabel):
    """Shows the latest sentence for a while; assistive programs read it as a status."""

    def __init__(self) -> None:
        super().__init__(mode=Qt.TextElideMode.ElideRight)
        self.setAccessibleName("Messages")
        self.setContentsMargins(12, 3, 12, 4)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._end = QTimer(self, singleShot=True, interval=_STAYS)
        self._end.timeout.connect(lambda: self._show(""))

    def say(self, sentence: str) -> None:
        """Show a sentence."""
        self._show(sentence)
        self._end.start()

    def greet(self, session: AnySession) -> None:
        """Show what the reader of a session that was just opened should know."""
        recovered = session.save_state().recovered
        sentences = [*([recovered_text(recovered)] if recovered else []), *session.notes]
        if sentences:
            self.say(" ".join(sentences))

    def _show(self, sentence: str) -> None:
        self.setText(sentence)
        self.setAccessibleDescription(sentence)
