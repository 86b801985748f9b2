"""What writing would do, found out off the window's thread before anything is written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from labeler.dataset import Dataset
from labeler.errors import LabelerError
from labeler.labels import DatasetLabels
from labeler.labels.summary import Summary, summarize
from labeler.storage.copying.destination import free_room
from labeler.storage.copying.preparation import PreparedCopy, prepare
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.work import Work, start_work
from labeler.ui.writing.report import Reporting
from labeler.ui.writing.wish import Wish

_CALM = 350  # ms without a change after which it is found out anew


@dataclass(frozen=True)
class Preview:
    """What a wish would do to these labels.

    summary: frames of the copy, or of all episodes where there would be none
    undecided: episodes without a decision
    prepared: the copy as it could be written; None where `error` says why not
    free: bytes that may be written where the copy goes
    """

    wish: Wish
    summary: Summary
    undecided: tuple[int, ...]
    prepared: PreparedCopy | None
    error: LabelerError | None
    free: int

    @property
    def writable(self) -> bool:
        """Whether nothing stands against it."""
        return self.prepared is not None


class Foreseen(Protocol):
    """What every preview says: whether it may be written."""

    @property
    def writable(self) -> bool:
        """Whether nothing stands against it."""


Seen = TypeVar("Seen", bound=Foreseen)


class Previewing(QObject, Generic[Seen]):
    """Keeps a preview that fits the labels and the wish, while somebody looks at it.

    `begin` is called in the window's thread, and what it gives makes the preview in another one.
    """

    changed = Signal()

    def __init__(
        self, desk: Desk, begin: Callable[[], Callable[[Work], Seen]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._make = begin
        self._looked_at = False
        self._work: Work | None = None
        self.preview: Seen | None = None
        self._calm = QTimer(self, singleShot=True, interval=_CALM)
        self._calm.timeout.connect(self._begin)
        desk.bridge.labels_changed.connect(lambda episodes: self.renew())

    @property
    def up_to_date(self) -> bool:
        """Whether the preview is that of the labels and the wish as they are now."""
        return self._work is None and not self._calm.isActive() and self.preview is not None

    @property
    def may_write(self) -> bool:
        """Whether the operator sees what would be written, and nothing stands against it."""
        shown = self._looked_at and self.up_to_date
        return shown and self.preview is not None and self.preview.writable

    def look(self, wanted: bool) -> None:
        """Somebody looks at the preview from now on, or nobody does."""
        self._looked_at = wanted
        if wanted:
            self._begin()

    def renew(self) -> None:
        """Labels or wish have changed."""
        if self._looked_at:
            self._calm.start()
            self.changed.emit()

    def close(self) -> None:
        """End the work."""
        self._calm.stop()
        if self._work is not None:
            self._work.cancel()
            self._work.join(30)

    def _begin(self) -> None:
        self._calm.stop()
        if self._work is not None:
            self._work.cancel()
        work = start_work(
            self,
            self._make(),
            name="preview",
            done=lambda preview: self._on_done(work, preview),
            failed=lambda error: self._on_failed(work, error),
        )
        self._work = work
        self.changed.emit()

    def _on_done(self, work: Work, preview: Seen) -> None:
        if work is not self._work:
            return
        self._work = None
        self.preview = preview
        self.changed.emit()

    def _on_failed(self, work: Work, error: BaseException) -> None:
        if work is self._work:
            self._work = None
            raise error


def make_preview(
    source: Dataset,
    labels: DatasetLabels,
    wish: Wish,
    earlier: PreparedCopy | None = None,
    work: Work | None = None,
) -> Preview:
    """Find out what a wish would do; nothing is written."""
    prepared, problem = None, None
    with source:
        try:
            prepared = prepare(
                source,
                labels,
                wish.place,
                wish.options,
                accept_changed=wish.accept_changed,
                progress=Reporting(work) if work else None,
                earlier=earlier,
            )
        except LabelerError as error:
            problem = error
    summary = prepared.summary if prepared else summarize(labels)
    undecided = tuple(labels.undecided())
    return Preview(wish, summary, undecided, prepared, problem, free_room(wish.place))
