"""Opening a recording off the window's thread, with steps, cancel and errors in place."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from platformdirs import user_data_path
from PySide6.QtCore import QObject, Signal

from labeler.dataset.labels_of import ColumnReading
from labeler.errors import LabelerError
from labeler.labels import State
from labeler.progress import Cancelled
from labeler.review.audit import sampled_episodes
from labeler.session import Session
from labeler.session.any_session import AnySession
from labeler.session.exchange import fill_in, read_column
from labeler.session.joined import JoinedSession
from labeler.session.opening_together import open_together, take_carried
from labeler.session.recent import recent
from labeler.ui.kit.work import Work, start_work

Job = Callable[[Work], AnySession]

_DEMO = "pick_lift_v3.0"
_TOGETHER = tuple(
    f"labeler.ui.collection.{name}"
    for name in ("balance_panel", "merge_panel", "merging", "training")
)
_PATIENCE = 5.0  # s that the end of the program waits for a thread


class Opening(QObject):
    """At most one recording is being opened, or made; a newer wish ends an older one."""

    opened = Signal(object, int, object)  # AnySession, episode, frame or None
    started = Signal(str)
    stepped = Signal(str)
    advanced = Signal(int, int)  # done, of
    failed = Signal(object)  # LabelerError
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

    def start(
        self,
        root: Path,
        labels: Path | None = None,
        column: ColumnReading | None = None,
        *,
        carried: bool = False,
    ) -> None:
        """Open a recording; one of `opened`, `failed`, `cancelled` follows.

        Where nothing is decided yet, `carried` labels are those that it brings along. Episodes
        without a label get that of a `column`.
        """
        author = self.author
        self._start(
            f"Opening {root.name or root}…",
            lambda work: _open(work, root, labels, author, column, carried=carried),
        )

    def start_together(self, paths: Sequence[Path], column: ColumnReading | None = None) -> None:
        """Open the recordings of a collection file, or several folders, as one; see `start`."""
        author, name = self.author, paths[0].name
        what = name if len(paths) == 1 else f"{name} and {len(paths) - 1} more"
        self._start(f"Opening {what}…", lambda work: _open_together(work, paths, author, column))

    def start_again(self, session: AnySession) -> None:
        """Open once more what a session was opened from."""
        if session.collection is not None:
            self.start_together(session.places)
        else:
            self.start(session.dataset.root, None if session.by_default else session.file)

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

    def _on_done(self, work: Work, session: AnySession) -> None:
        if work is not self._work:
            session.close()
            return
        self._work = None
        self.ended.emit()
        if (first := _first_of_sample(session)) is not None:
            self.opened.emit(session, first, None)
            return
        place = session.places
        known = next((one for one in recent() if one.places == place), None)
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
        self.failed.emit(error)


def _first_of_sample(session: AnySession) -> int | None:
    """Where an audit begins, or goes on; None where the labels are none of an audit."""
    sample = sampled_episodes(session.table.touched)
    waiting = [e for e in sample if session.label(e).state is State.UNLABELED]
    return next(iter((*waiting, *sample)), None)


def demo_root() -> Path:
    """Where the demo recording of this user lies, or will lie."""
    return user_data_path("labeler", appauthor=False) / "demo" / _DEMO


def _open(
    work: Work,
    root: Path,
    labels: Path | None,
    author: str,
    column: ColumnReading | None = None,
    *,
    carried: bool = False,
) -> Session:
    session = Session.open(root, labels_file=labels, author=author, on_step=work.step)
    try:
        if carried:
            take_carried(session, renew=True)
        if column is not None:
            work.step(f"Reading {column.name}")
            found = read_column(session.dataset, column)
            session.notes += fill_in(session, found, column.name)
        work.check()
    except (Cancelled, LabelerError):
        session.close()
        raise
    return session


def _open_together(
    work: Work, paths: Sequence[Path], author: str, column: ColumnReading | None
) -> JoinedSession:
    from labeler.collection import CollectionSpec, SourceSpec, read_spec
    from labeler.collection.document import give_names

    for module in _TOGETHER:  # in this thread, or they would hold the window up
        import_module(module)
    if len(paths) == 1:
        spec = read_spec(paths[0])
    else:
        spec = CollectionSpec(give_names([SourceSpec(path) for path in paths]))
    return open_together(
        spec,
        paths,
        author=author,
        column=column,
        on_step=work.step,
        on_advance=lambda done, total: work.step((done, total)),
    )


def _demo(work: Work, root: Path, author: str) -> Session:
    from labeler.demo import true_labels, write_demo

    if not (root / "meta" / "info.json").is_file():
        count = len(true_labels())
        work.step("Drawing and encoding the episodes")
        work.step((0, count))
        write_demo(root, on_progress=lambda episode: work.step((episode + 1, count)))
        work.step((0, 0))
    return _open(work, root, None, author)
