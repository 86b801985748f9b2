"""Opening what the labels are compared with: a classifier's probabilities, another's labels."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from labeler.cures import Counted, counting
from labeler.errors import LabelerError
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.dialects import read_labels
from labeler.review import Scores
from labeler.review.comparison import compare
from labeler.review.score_files import read_sources
from labeler.review.scores import scores_of_labels
from labeler.review.worth import Worth, fit, worth_of
from labeler.session.words import plural, sentence
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import shorten
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.work import Work, start_work


class Probabilities(QObject):
    """Scores of one or several files; they are read off the window's thread.

    sources, worth: the scores that were opened last, and what each is worth on the labels as they
        were then
    question: what a file of labels counts in a way that it leaves open; None if nothing is asked
    what: why that is asked
    """

    asked = Signal()
    """There is a question, or none any more."""
    opened = Signal()
    """`sources` were read."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._work: Work | None = None
        self.path = Path()
        self.question: Counted | None = None
        self.what = ""
        self.sources: list[Scores] = []
        self.worth: list[Worth] = []
        self._counts: dict[Counted, int | None] = {}
        desk.closing.connect(self.close)

    def open(self, *paths: Path) -> None:
        """Show the best scores of files, by AUC on what is labelled, and what each is worth.

        What is wrong with a file stands in the status line.
        """
        session = self._desk.session
        lengths, labels = session.dataset.lengths.tolist(), dict(session.table.touched)
        work = start_work(
            self,
            lambda work: _sources_of(paths, lengths, labels),
            name="reading probabilities",
            done=lambda found: self._on_read(work, *found),
            failed=lambda error: self._on_failed(work, error),
        )
        self._work = work

    def compare(self, path: Path) -> None:
        """Show the labels of another operator as suggestions, and say how well both agree."""
        self.path = path
        self._counts = {"frames": None, "episodes": None}
        self._compare()

    def answer(self, first: int) -> None:
        """The file counts what was asked for from 0 or from 1."""
        if self.question is not None:
            self._counts[self.question] = first
            self._compare()

    def _compare(self) -> None:
        if self.question is not None:
            self._ask(None)
        path, own, counts = self.path, self._desk.session.snapshot(), dict(self._counts)
        work = start_work(
            self,
            lambda work: _compare_files(own(), path, counts),
            name="comparing labels",
            done=lambda found: self._on_compared(work, found),
            failed=lambda error: self._on_not_compared(work, error),
        )
        self._work = work

    @property
    def best(self) -> int:
        """The place of the source with the highest AUC; the first without labels."""
        return max(range(len(self.worth)), key=lambda place: self.worth[place].auc or 0.0)

    def toggle(self) -> None:
        """Show suggestions, or hide them."""
        desk = self._desk
        desk.show_suggestions(not desk.suggestions_shown)
        desk.say("Suggestions are shown." if desk.suggestions_shown else "Suggestions are hidden.")

    def close(self) -> None:
        """End the work."""
        if self._work is not None:
            self._work.join(30)

    def use(self, place: int) -> None:
        """Make suggestions of one of `sources`."""
        desk, scores, worth = self._desk, self.sources[place], self.worth[place]
        desk.use_scores(scores)
        # What can be done comes first: a long line is cut at its end.
        told = f"{shorten(scores.name)} is open. ] goes to the suggestion, Enter accepts it."
        known = worth.successes + worth.failures
        desk.say(f"{told} {sentence(worth.figures)}" if known else told)
        if not desk.label.decided:
            desk.show_episode(desk.episode)

    def _on_read(self, work: Work, sources: list[Scores], worth: list[Worth]) -> None:
        if work is not self._work:
            return
        self.sources, self.worth = sources, worth
        self.use(self.best)
        self.opened.emit()

    def _on_compared(self, work: Work, found: tuple[Scores, str]) -> None:
        if work is not self._work:
            return
        scores, sentence = found
        self._desk.use_scores(scores)
        self._desk.say(sentence)

    def _on_not_compared(self, work: Work, error: BaseException) -> None:
        if work is self._work and isinstance(error, LabelerError):
            asked = counting(error.cures)
            if asked is not None:
                self._ask(asked, error.message.removeprefix(f"{self.path}: "))
                return
        self._on_failed(work, error)

    def _ask(self, question: Counted | None, what: str = "") -> None:
        self.question, self.what = question, what
        self.asked.emit()

    def _on_failed(self, work: Work, error: BaseException) -> None:
        if work is not self._work:
            return
        if not isinstance(error, LabelerError):
            raise error
        self._desk.say(as_line(error))


def _sources_of(
    paths: Sequence[Path], lengths: Sequence[int], labels: Mapping[int, EpisodeLabel]
) -> tuple[list[Scores], list[Worth]]:
    """The scores of files, with their edge where the labels have it, and what each is worth."""
    read = [one for path in paths for one in read_sources(path, lengths)]
    sources = [fit(one, labels) for one in read]
    return sources, [worth_of(one, labels) for one in sources]


def _compare_files(
    own: DatasetLabels, path: Path, counts: Mapping[Counted, int | None]
) -> tuple[Scores, str]:
    """The labels of a file as suggestions, and the agreement in a sentence."""
    imported = read_labels(
        path, list(own.lengths), first_frame=counts["frames"], first_episode=counts["episodes"]
    ).labels
    other = imported if imported.identity.fingerprint else imported.with_identity(own.identity)
    found = compare(own, other)
    by = path.name.removesuffix(".json").removesuffix(".labels")
    told = [f"{plural(len(found.differences), 'label')} of {by} differ from these"]
    if found.frames.kappa is not None:
        told.append(f"Cohen's kappa on frames {found.frames.kappa:.3f}")
    if found.cutoff_difference is not None:
        told.append(f"cutoffs {found.cutoff_difference[0]:g} frames apart (median)")
    return scores_of_labels(other, by), "; ".join(told) + ". Shift+U steps through them."
