"""Opening a recording off the window's thread, with steps, cancel and errors in place."""

from collections.abc import Callable
from pathlib import Path

from platformdirs import user_data_path
from PySide6.QtCore import QObject, Signal

from labeler.errors import LabelerError
from labeler.session import Session
from labeler.session.recent import recent
from labeler.ui.work import Cancelled, Work, start_work

Job = Callable[[Work], Session]

_DEMO = "pick_lift_v3.0"
_PATIENCE = 5.0  # s that the end of the program waits for a thread


class Opening(QObject):
    """At most one recording is being opened, or made; a newer wish ends an older one."""

    opened = Signal(object, int, object)  # Session, episode, frame or None
    started = Signal(str)
    stepped = Signal(str)
    advanced = Signal(int, int)  # done, of
    failed = Signal(str, str)  # what, what to do
    ended = Signal()
    cancelled = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.author = ""
        self._work: Work | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being opened."""
        return self._work is not None

    def start(self, root: Path, labels: Path | None = None) -> None:
        """Open a recording; one of `opened`, `failed`, `cancelled` follows."""
        author = self.author
        self._start(f"Opening {root.name or root}…", lambda work: _open(work, root, labels, author))

    def start_demo(self, root: Path) -> None:
        """Make the demo recording at `root` unless it is there, and open it."""
        author = self.author
        self._start("Making the demo recording…", lambda work: _demo(work, root, author))

    def cancel(self) -> None:
        """Stop opening."""
        if self._work is not None:
            self._work.cancel()
            self._work = None
            self.ended.emit()
            self.cancelled.emit()

    def close(self) -> None:
        """Stop opening, and wait until the thread has tidied up."""
        work = self._work
        self.cancel()
        if work is not None:
            work.join(_PATIENCE)

    def _start(self, what: str, job: Job) -> None:
        if self._work is not None:
            self._work.cancel()
        self.started.emit(what)
        work = start_work(
            self,
            job,
            name="opening",
            done=lambda session: self._on_done(work, session),
            failed=lambda error: self._on_failed(work, error),
            cancelled=lambda: None,
            stepped=lambda step: self._on_step(work, step),
        )
        self._work = work

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
        if work is not self._work:
            return
        if isinstance(step, tuple):
            self.advanced.emit(*step)
        else:
            self.stepped.emit(f"{step}…")

    def _on_failed(self, work: Work, error: BaseException) -> None:
        if work is not self._work:
            return
        self._work = None
        self.ended.emit()
        if not isinstance(error, LabelerError):
            raise error
        self.failed.emit(error.message, error.hint)


def demo_root() -> Path:
    """Where the demo recording of this user lies, or will lie."""
    return user_data_path("labeler", appauthor=False) / "demo" / _DEMO


def _open(work: Work, root: Path, labels: Path | None, author: str) -> Session:
    session = Session.open(root, labels_file=labels, author=author, on_step=work.step)
    try:
        work.check()
    except Cancelled:
        session.close()
        raise
    return session


def _demo(work: Work, root: Path, author: str) -> Session:
    from labeler.demo import true_labels, write_demo

    if not (root / "meta" / "info.json").is_file():
        count = len(true_labels())
        work.step("Drawing and filming the episodes")
        work.step((0, count))
        write_demo(root, on_progress=lambda episode: work.step((episode + 1, count)))
        work.step((0, 0))
    return _open(work, root, None, author)
