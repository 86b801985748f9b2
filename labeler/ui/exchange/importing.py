"""Taking over labels of a file or column: read off the window's thread, shown, then taken over."""

from collections.abc import Collection
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from labeler.cures import Counted, counting
from labeler.dataset.labels_of import labels_of_file
from labeler.errors import LabelerError
from labeler.labels.dialects import Imported
from labeler.labels.wording import episodes_text
from labeler.session.exchange import ImportedChange, changes_of_import, take_over
from labeler.session.words import plural, sentence
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.cures import words
from labeler.ui.kit.work import Work, start_work

FRAMES: Counted = "frames"
EPISODES: Counted = "episodes"


class Importing(QObject):
    """One file, or column of the recording, that is being taken over.

    name, place: what it is called, and where it is
    question: what is counted in a way that the file leaves open, `frames` or `episodes`; or empty
    what, cure: the error or the question, and what to do
    changes: what would change; nothing does before `take`
    done: what was taken over, in a sentence
    """

    changed = Signal()
    """A question, an error, changes, or labels that were taken over: look at the attributes."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._session = desk.source
        self._work: Work | None = None
        self.path = Path()
        self.name = self.place = ""
        self.question: Counted | Literal[""] = ""
        self.what = self.cure = ""
        self.changes: tuple[ImportedChange, ...] = ()
        self.done = ""
        self.undoable = False
        self.notes: tuple[str, ...] = ()
        self._found: Imported | None = None
        self._counts: dict[str, int | None] = {}
        desk.closing.connect(self.close)
        desk.bridge.labels_changed.connect(lambda episodes: self._renew())

    @property
    def worth_showing(self) -> bool:
        """Whether there is more to say than the status line has said."""
        return bool(self.what or self.changes or self.notes)

    def begin(self, path: Path) -> None:
        """Take over the labels of a file, for the recording that is shown."""
        self.path, self._session = path, self._desk.source
        self.name, self.place = path.name, str(path)
        self._counts = {FRAMES: None, EPISODES: None}
        self._read()

    def present(self, found: Imported, name: str, place: str) -> None:
        """Show what labels that were read already would change in the recording that is shown."""
        self._session, self.name, self.place = self._desk.source, name, place
        self._clear()
        self._show(found)

    def answer(self, first: int) -> None:
        """The file counts what was asked for from 0 or from 1."""
        self._counts[self.question] = first
        self._read()

    def take(self, episodes: Collection[int]) -> None:
        """Take over the labels of these episodes, as one step, and say exactly what that did."""
        found, changes = self._found, self.changes
        if found is None:
            return
        self._found, self.changes = None, ()
        try:
            changed = take_over(self._session, found, self.name, episodes)
        except LabelerError as error:
            self._explain(error)
            return
        kept = [one.episode for one in changes if one.episode not in changed]
        self.undoable = bool(changed)
        self.done = _sentence(self.name, changed, kept)
        self._desk.say(f"{self.done} Undo reverts it." if changed else self.done)
        self.changed.emit()

    def open_episode(self, episode: int) -> None:
        """Show an episode of the recording that the file is for."""
        if self._session is self._desk.session:
            self._desk.show_episode(episode)

    def give_up(self) -> None:
        """Take nothing over."""
        self._found, self.changes, self.notes = None, (), ()
        self.changed.emit()

    def close(self) -> None:
        """End the work."""
        if self._work is not None:
            self._work.join(30)

    def _clear(self) -> None:
        self.question = self.what = self.cure = self.done = ""
        self.notes, self.changes, self._found, self.undoable = (), (), None, False
        self._work = None  # what is still being read is not wanted any more

    def _read(self) -> None:
        self._clear()
        path, counts = self.path, dict(self._counts)
        dataset = self._session.dataset
        work = start_work(
            self,
            lambda work: labels_of_file(
                dataset,
                path,
                first_frame=counts[FRAMES],
                first_episode=counts[EPISODES],
            ),
            name="reading labels",
            done=lambda found: self._on_read(work, found),
            failed=lambda error: self._on_failed(work, error),
        )
        self._work = work

    def _on_read(self, work: Work, found: Imported) -> None:
        if work is self._work:
            self._show(found)

    def _show(self, found: Imported) -> None:
        self.notes = found.notes
        self.changes = changes_of_import(self._session, found)
        if self.changes:
            self._found = found
        else:
            form = f" ({found.dialect.value})" if found.dialect is not None else ""
            self.done = f"{self.name}{form} contains the labels you already have."
            self._desk.say(self.done)
        self.changed.emit()

    def _renew(self) -> None:
        """Labels changed while it is shown what would change."""
        if self._found is not None:
            self.changes = changes_of_import(self._session, self._found)
            self.changed.emit()

    def _on_failed(self, work: Work, error: BaseException) -> None:
        if work is not self._work:
            return
        if not isinstance(error, LabelerError):
            raise error
        self._explain(error)

    def _explain(self, error: LabelerError) -> None:
        self.what = error.message.removeprefix(f"{self.path}: ")
        self.question = counting(error.cures) or ""
        self.cure = "" if self.question else words(error.cures)
        self.changed.emit()


def _sentence(name: str, changed: Collection[int], kept: Collection[int]) -> str:
    """`cutoffs.json changed 2 episodes: 0 and 4. Episode 1 kept its label.`"""
    told = f"{name} changed nothing."
    if changed:
        told = f"{name} changed {plural(len(changed), 'episode')}: {numbers(changed)}."
    if not kept:
        return told
    its = "its label" if len(kept) == 1 else "their labels"
    return f"{told} {sentence(episodes_text(kept))} kept {its}."


def numbers(episodes: Collection[int]) -> str:
    """`0, 4-7 and 9`."""
    return episodes_text(episodes).removeprefix("episodes ").removeprefix("episode ")
