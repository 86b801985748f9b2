"""Opening a recording off the window's thread, with steps, cancel and errors in place."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from labeler.errors import LabelerError
from labeler.session import Session
from labeler.session.recent import recent
from labeler.ui.work import Work, start_work


class Opening(QObject):
    """At most one recording is being opened; a newer wish ends an older one."""

    opened = Signal(object, int, object)  # Session, episode, frame or None
    started = Signal(object)  # Path
    stepped = Signal(str)
    failed = Signal(str, str)  # what, what to do
    ended = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work: Work | None = None

    def start(self, root: Path, labels: Path | None, author: str) -> None:
        """Open a recording; one of `opened`, `failed`, `ended` follows."""
        self.cancel()
        self.started.emit(root)
        work = start_work(
            self,
            lambda work: _open(work, root, labels, author),
            name="opening",
            done=lambda session: self._on_done(work, session),
            failed=lambda error: self._on_failed(work, error),
            cancelled=lambda: None,
            stepped=lambda step: self._on_step(work, step),
        )
        self._work = work

    def cancel(self) -> None:
        """Stop opening."""
        if self._work is not None:
            self._work.cancel()
            self._work = None
            self.ended.emit()

    def _on_done(self, work: Work, session: Session) -> None:
        if work is not self._work:
            session.close()
            return
        self._work = None
        self.ended.emit()
        known = next((one for one in recent() if one.root == session.dataset.root), None)
        inside = known is not None and known.place < len(session.dataset)
        if known is not None and inside:
            self.opened.emit(session, known.place, known.frame)
        else:
            self.opened.emit(session, 0, None)

    def _on_step(self, work: Work, step: object) -> None:
        if work is self._work:
            self.stepped.emit(str(step))

    def _on_failed(self, work: Work, error: BaseException) -> None:
        if work is not self._work:
            return
        self._work = None
        self.ended.emit()
        if not isinstance(error, LabelerError):
            raise error
        self.failed.emit(error.message, error.hint)


def _open(work: Work, root: Path, labels: Path | None, author: str) -> Session:
    return Session.open(root, labels, author=author, on_step=work.step)
