"""Writing a copy and checking it, in a thread of its own, while labelling goes on."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from labeler.errors import LabelerError
from labeler.labels import DatasetLabels
from labeler.session.copy_writing import CopyWish, Written, write_labels
from labeler.session.write_steps import WriteProgress
from labeler.ui.kit.work import Work, start_work


class Copying(QObject):
    """At most one copy is being written; says how far it is and how it ended."""

    changed = Signal()
    """It began, went on, or ended; look at `report`, `written` and `error`."""
    ended = Signal()
    """It was written, failed, or was cancelled."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.report: WriteProgress | None = None
        self.written: Written | None = None
        self.error: LabelerError | None = None
        self.cancelled = False
        self._work: Work | None = None

    @property
    def running(self) -> bool:
        """Whether a copy is being written."""
        return self._work is not None

    @property
    def checking(self) -> bool:
        """Whether the copy is there and is being compared with the recording."""
        phase = self.report.phase if self.report else ""
        return phase.startswith(("Checking", "Comparing"))

    def start(self, root: Path, labels: Callable[[], DatasetLabels], wish: CopyWish) -> None:
        """Write a copy of the recording at `root`."""
        self.begin(lambda work: write_labels(work, root, labels(), wish))

    def begin(self, job: Callable[[Work], Written]) -> None:
        """Have something written; `job` reports through the work as `ProgressSteps` does."""
        if self.running:
            return
        self.written = self.error = None
        self.cancelled = False
        self.report = WriteProgress("Preparing")
        self._work = start_work(
            self,
            job,
            name="writing a copy",
            done=self._on_done,
            failed=self._on_failed,
            cancelled=self._on_cancelled,
            stepped=self._on_step,
        )
        self.changed.emit()

    def cancel(self) -> None:
        """Stop writing; what was there before is there afterwards."""
        if self._work is not None:
            self._work.cancel()

    def forget(self) -> None:
        """Speak no more of the last copy."""
        self.written = self.error = None
        self.cancelled = False
        self.changed.emit()

    def close(self) -> None:
        """Stop writing and wait until nothing is half done."""
        if self._work is not None:
            self._work.cancel()
            self._work.join(120)

    def _on_step(self, report: object) -> None:
        if self.running and isinstance(report, WriteProgress):
            self.report = report
            self.changed.emit()

    def _on_done(self, written: Written) -> None:
        self.written = written
        self._end()

    def _on_cancelled(self) -> None:
        self.cancelled = True
        self._end()

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, LabelerError):
            self.error = error
            self._end()
        else:
            self._end()
            raise error

    def _end(self) -> None:
        self._work = self.report = None
        self.changed.emit()
        self.ended.emit()
