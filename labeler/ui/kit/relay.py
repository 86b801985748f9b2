"""Brings what another thread has to say into the window's thread."""

from contextlib import suppress

from PySide6.QtCore import QObject, Qt, Signal


class Relay(QObject):
    """`arrived` is emitted in the window's thread for each value that `send` was given.

    `send` may be called by any thread, and also once this is deleted: a worker that is in the
    middle of a frame ends later than the window, and nobody hears it any more.
    """

    arrived = Signal(object)
    _sent = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._sent.connect(self.arrived, Qt.ConnectionType.QueuedConnection)

    def send(self, value: object) -> None:
        """Say something, from any thread."""
        with suppress(RuntimeError):  # "Signal source has been deleted"
            self._sent.emit(value)
