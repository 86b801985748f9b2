"""The session's plain callbacks as Qt signals in the window's thread."""

from PySide6.QtCore import QObject, Signal

from labeler.session import Changed, SaveState
from labeler.session.any_session import AnySession
from labeler.ui.kit.relay import Relay


class SessionBridge(QObject):
    """`labels_changed` at once, in the thread of the decision; `saved` also from the saver."""

    labels_changed = Signal(object)  # tuple[int, ...]: episodes
    saved = Signal(object)  # SaveState

    def __init__(self, session: AnySession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._relay = Relay(self)
        self._relay.arrived.connect(self.saved)
        self._end = session.subscribe(self._on_event)

    def close(self) -> None:
        """Hear no more."""
        self._end()

    def _on_event(self, event: Changed | SaveState) -> None:
        if isinstance(event, Changed):
            self.labels_changed.emit(event.episodes)
        else:
            self._relay.send(event)
