"""Taking over a label file of any form: read off the window's thread, asked where it is unclear."""

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from labeler.cures import Counted, counting
from labeler.errors import LabelerError
from labeler.labels.dialects import Imported, read_labels
from labeler.session.exchange import take_over
from labeler.session.words import plural
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.cures import words
from labeler.ui.kit.work import Work, start_work

FRAMES: Counted = "frames"
EPISODES: Counted = "episodes"


class Importing(QObject):
    """One file that is being taken over.

    question: what is counted in a way that the file leaves open, `frames` or `episodes`; or empty
    what, cure: the error or the question, and what to do
    """

    changed = Signal()
    """A question, an error, or labels that were taken over: look at the attributes."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._session = desk.source
        self._work: Work | None = None
        self.path = Path()
        self.question: Counted | Literal[""] = ""
        self.what = self.cure = ""
        self.done = ""
        self.notes: tuple[str, ...] = ()
        self._counts: dict[str, int | None] = {}
        desk.closing.connect(self.close)

    @property
    def worth_showing(self) -> bool:
        """Whether there is more to say than the status line has said."""
        return bool(self.what or self.notes)

    def begin(self, path: Path) -> None:
        """Take over the labels of a file, for the recording that is shown."""
        self.path, self._session = path, self._desk.source
        self._counts = {FRAMES: None, EPISODES: None}
        self._read()

    def answer(self, first: int) -> None:
        """The file counts what was asked for from 0 or from 1."""
        self._counts[self.question] = first
        self._read()

    def close(self) -> None:
        """End the work."""
        if self._work is not None:
            self._work.join(30)

    def _read(self) -> None:
        self.question = self.what = self.cure = self.done = ""
        self.notes = ()
        path, counts = self.path, dict(self._counts)
        lengths = self._session.dataset.lengths
        work = start_work(
            self,
            lambda work: read_labels(
                path,
                lengths.tolist(),
                first_frame=counts[FRAMES],
                first_episode=counts[EPISODES],
            ),
            name="reading labels",
            done=lambda found: self._on_read(work, found),
            failed=lambda error: self._on_failed(work, error),
        )
        self._work = work

    def _on_read(self, work: Work, found: Imported) -> None:
        if work is not self._work:
            return
        try:
            changed = take_over(self._session, found, self.path)
        except LabelerError as error:
            self._on_failed(work, error)
            return
        self.notes = found.notes
        self.done = _sentence(self.path, found, changed)
        self._desk.say(f"{self.done} Undo reverts it." if changed else self.done)
        self.changed.emit()

    def _on_failed(self, work: Work, error: BaseException) -> None:
        if work is not self._work:
            return
        if not isinstance(error, LabelerError):
            raise error
        self.what = error.message.removeprefix(f"{self.path}: ")
        self.question = counting(error.cures) or ""
        self.cure = "" if self.question else words(error.cures)
        self.changed.emit()


def _sentence(path: Path, found: Imported, changed: tuple[int, ...]) -> str:
    form = found.dialect.value
    if not changed:
        return f"{path.name} ({form}) contains the labels you already have."
    return f"{path.name} ({form}) changed {plural(len(changed), 'episode')}."
