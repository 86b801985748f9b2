"""Opening a classifier's probabilities for the recording, off the window's thread."""

from pathlib import Path

from PySide6.QtCore import QObject

from labeler.errors import LabelerError
from labeler.review import Scores, read_scores
from labeler.ui.desk import Desk
from labeler.ui.work import Work, start_work


class Probabilities(QObject):
    """At most one file of probabilities is open."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._work: Work | None = None
        desk.closing.connect(self.close)

    def open(self, path: Path) -> None:
        """Show the probabilities of a file; what is wrong with it stands in the status line."""
        lengths = self._desk.session.dataset.lengths
        work = start_work(
            self,
            lambda work: read_scores(path, lengths.tolist()),
            name="reading probabilities",
            done=lambda scores: self._on_read(work, path, scores),
            failed=lambda error: self._on_failed(work, error),
        )
        self._work = work

    def toggle(self) -> None:
        """Show suggestions, or hide them."""
        desk = self._desk
        desk.show_suggestions(not desk.suggestions_shown)
        desk.say("Suggestions are shown." if desk.suggestions_shown else "Suggestions are hidden.")

    def close(self) -> None:
        """End the work."""
        if self._work is not None:
            self._work.join(30)

    def _on_read(self, work: Work, path: Path, scores: Scores) -> None:
        if work is not self._work:
            return
        desk = self._desk
        desk.use_scores(scores)
        desk.say(f"{path.name} is open. ] goes to the suggestion, Enter accepts it.")
        if not desk.label.decided:
            desk.show_episode(desk.episode)

    def _on_failed(self, work: Work, error: BaseException) -> None:
        if work is not self._work:
            return
        if not isinstance(error, LabelerError):
            raise error
        self._desk.say(str(error))
