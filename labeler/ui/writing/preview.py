"""What writing would do, found out off the window's thread before anything is written."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from labeler.ui.desk.desk import Desk
from labeler.ui.kit.work import Work, start_work

_CALM = 350  # ms without a change after which it is found out anew


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
