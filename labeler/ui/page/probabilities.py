"""Opening what the labels are compared with: a classifier's probabilities, another's labels."""

from pathlib import Path

from PySide6.QtCore import QObject

from labeler.errors import LabelerError
from labeler.labels import DatasetLabels
from labeler.labels.dialects import read_labels
from labeler.review import Scores, read_scores
from labeler.review.comparison import compare
from labeler.review.operator import scores_of
from labeler.session.words import plural
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.cures import spoken
from labeler.ui.kit.work import Work, start_work


class Probabilities(QObject):
    """At most one file is open; it is read off the window's thread."""

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

    def compare(self, path: Path) -> None:
        """Show the labels of another operator as suggestions, and say how well both agree."""
        own = self._desk.session.snapshot()
        work = start_work(
            self,
            lambda work: _compared(own(), path),
            name="comparing labels",
            done=lambda found: self._on_compared(work, found),
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

    def _on_compared(self, work: Work, found: tuple[Scores, str]) -> None:
        if work is not self._work:
            return
        scores, sentence = found
        self._desk.use_scores(scores)
        self._desk.say(sentence)

    def _on_failed(self, work: Work, error: BaseException) -> None:
        if work is not self._work:
            return
        if not isinstance(error, LabelerError):
            raise error
        self._desk.say(spoken(error))


def _compared(own: DatasetLabels, path: Path) -> tuple[Scores, str]:
    """The labels of a file as suggestions, and the agreement in a sentence."""
    imported = read_labels(path, list(own.lengths)).labels
    other = imported if imported.identity.fingerprint else imported.with_identity(own.identity)
    found = compare(own, other)
    by = path.name.removesuffix(".json").removesuffix(".labels")
    told = [f"{plural(len(found.differences), 'label')} of {by} differ from these"]
    if found.frames.kappa is not None:
        told.append(f"Cohen's kappa on frames {found.frames.kappa:.3f}")
    if found.cutoff_difference is not None:
        told.append(f"cutoffs {found.cutoff_difference[0]:g} frames apart in the median")
    return scores_of(other, by), "; ".join(told) + ". Shift+U goes through them."
