"""Whether the folders of what is open are still there: a disk may be pulled, a share go away."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from labeler.ui.desk.desk import Desk
from labeler.ui.kit.work import start_work

_EVERY = 2000  # ms


class Presence(QObject):
    """Looks every two seconds, off the window's thread: a share that is gone may answer late.

    What could not be read meanwhile stays unread, so once a folder was gone `sentence` tells to
    open the recording again, also when it is back.
    """

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._gone: tuple[Path, ...] = ()
        self._was_gone = False
        self._looking = False
        timer = QTimer(self, interval=_EVERY)
        timer.timeout.connect(self._look)
        timer.start()
        desk.closing.connect(timer.stop)

    @property
    def sentence(self) -> str:
        """What is gone, or was, and what that means for the labels; empty if nothing was."""
        if not self._was_gone:
            return ""
        if not self._gone:
            return "The recording is there again. Open it again to see all of its images."
        return (
            f"The recording is gone: there is no folder {self._gone[0]}. What you have decided is "
            "in the label file. Once the folder is back, open the recording again."
        )

    def _look(self) -> None:
        if self._looking:
            return
        self._looking = True
        collection = self._desk.session.collection
        sources = (
            [self._desk.source] if collection is None else [m.session for m in collection.members]
        )
        roots = tuple(source.dataset.root for source in sources)
        start_work(
            self,
            lambda work: tuple(root for root in roots if not root.is_dir()),
            name="presence",
            done=self._on_looked,
        )

    def _on_looked(self, gone: tuple[Path, ...]) -> None:
        self._looking = False
        if gone != self._gone:
            self._gone, self._was_gone = gone, True
            self.changed.emit()
