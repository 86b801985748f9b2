"""Writing a copy and checking it, in a thread of its own, while labelling goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from labeler.dataset import open_dataset
from labeler.errors import LabelerError, LabelError
from labeler.labels import DatasetLabels
from labeler.labels.summary import Summary
from labeler.session.copied import Copied, find_copy
from labeler.storage.checking.check import check_copy
from labeler.storage.copying.guarded_copy import write_copy
from labeler.storage.copying.preparation import prepare
from labeler.storage.copying.recovery import recover
from labeler.ui.kit.work import Cancelled, Work, start_work
from labeler.ui.writing.report import Report, Reporting
from labeler.ui.writing.wish import Wish


@dataclass(frozen=True)
class Written:
    """A copy that was written.

    checked: whether it was compared with the recording, too
    notes: sentences about what was recovered or left out
    """

    place: Path
    repo_id: str
    summary: Summary
    updated: bool
    checked: bool
    notes: tuple[str, ...]
    copy: Copied | None

    @property
    def paste_line(self) -> str:
        """How LeRobot opens the copy."""
        return f'LeRobotDataset("{self.repo_id}", root="{self.place}")'


class Copying(QObject):
    """At most one copy is being written; says how far it is and how it ended."""

    changed = Signal()
    """It began, went on, or ended; look at `report`, `written` and `error`."""
    ended = Signal()
    """It was written, failed, or was cancelled."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.report: Report | None = None
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

    def start(self, root: Path, labels: Callable[[], DatasetLabels], wish: Wish) -> None:
        """Write a copy of the recording at `root`."""
        self.begin(lambda work: write(work, root, labels(), wish))

    def begin(self, job: Callable[[Work], Written]) -> None:
        """Have something written; `job` reports through the work as `Reporting` does."""
        if self.running:
            return
        self.written = self.error = None
        self.cancelled = False
        self.report = Report("Preparing")
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
        if self.running and isinstance(report, Report):
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


def write(work: Work, root: Path, labels: DatasetLabels, wish: Wish) -> Written:
    """Recover what an earlier write left, write the copy, check it against the recording.

    Raises:
        LabelerError: nothing was written, or what was written is not what it should be.
        Cancelled: the user ended it before the copy was there.
    """
    progress = Reporting(work)
    notes = recover(wish.place)
    with open_dataset(root) as source:
        if source.lengths.tolist() != list(labels.lengths):
            raise LabelError(
                f"{root} has other episodes than when it was opened.", "Open it again."
            )
        prepared = prepare(
            source,
            labels,
            wish.place,
            wish.options,
            accept_changed=wish.accept_changed,
            progress=progress,
        )
        write_copy(prepared, progress)
        checked = True
        try:
            check_copy(prepared.destination, against=source, progress=progress)
        except Cancelled:  # the copy is there and complete; only its comparison is left out
            checked = False
        return Written(
            place=prepared.destination,
            repo_id=prepared.repo_id,
            summary=prepared.summary,
            updated=prepared.previous is not None,
            checked=checked,
            notes=(*notes, *prepared.warnings),
            copy=find_copy(prepared.destination, source),
        )
