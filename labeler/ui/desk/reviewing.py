"""Labels beside a classifier's suggestions, and the way through those worth another look."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from labeler.labels import EpisodeLabel
from labeler.review.agreement import Statistics, agreement, pace_of
from labeler.review.disagreement import Disagreements
from labeler.review.order import ReviewOrder, ranks
from labeler.review.scores import Scores
from labeler.review.suggestion import Numbers
from labeler.session.any_session import AnySession
from labeler.session.words import plural
from labeler.ui.desk.bridge import SessionBridge
from labeler.ui.kit.work import Work, start_work

_CREDIBLE = 10  # labels below which a classifier refreshed on them is more doubtful than they are
_MOST = 500  # labels that statistics look at: a suggestion takes about 0.1 ms


class Reviewing(QObject):
    """Compares all labels with the probabilities that are open, and keeps that up to date.

    found: what was found; None without probabilities, and until the comparison is there
    """

    changed = Signal()
    """Probabilities were compared anew, or are gone: orders and suggestions may be others."""
    refreshed = Signal()
    """Newer probabilities were compared; nothing that is shown has to move."""
    counted = Signal()
    """`worth_a_look` may have changed."""
    wants = Signal(int, int)
    """An episode that should be shown, at a frame."""
    said = Signal(str)
    """A sentence for the status line."""

    def __init__(self, session: AnySession, bridge: SessionBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.found: Disagreements | None = None
        self._work: Work | None = None
        self._changed_meanwhile: set[int] = set()
        self._credible = True
        self._walk: list[int] = []
        self._place = -1
        bridge.labels_changed.connect(self._on_labels)

    def use(self, scores: Scores | None) -> None:
        """Compare the labels with other probabilities; what was found before holds until then."""
        self._work = None
        self._changed_meanwhile.clear()
        if scores is None:
            self._take(None)
        else:
            self._compare(scores, self._take)

    def refresh(self, scores: Scores) -> None:
        """Compare with newer probabilities; a walk through labels to look at goes on."""
        self._changed_meanwhile.clear()
        self._compare(scores, self._renew)

    def _compare(self, scores: Scores, take: Callable[[Disagreements], None]) -> None:
        labels = self._labels()
        work = start_work(
            self,
            lambda work: Disagreements(scores, labels),
            name="comparing",
            done=lambda found: self._on_found(work, found, take),
            failed=self._on_failed,
        )
        self._work = work

    def worth_a_look(self) -> list[int]:
        """Labelled episodes that are probably wrong, the largest disagreement first."""
        found = self.found
        return [] if found is None or not self._credible else found.worth_a_look().tolist()

    def reason(self, episode: int) -> str:
        """Why to look at a label: `label 53, model says 61 with high confidence`; else empty."""
        found = self.found
        if found is None or not self._credible or not found.is_worth_a_look(episode):
            return ""
        return found.reason(episode)

    def ranks(self, order: ReviewOrder) -> Numbers | None:
        """A number per episode to sort by; None without probabilities."""
        return None if self.found is None else ranks(order, self.found)

    def statistics(self, blind: NDArray[np.bool_]) -> Callable[[], Statistics]:
        """Speed and agreement over the latest labels; `blind` says which had no help.

        What comes back reckons them, and may do so in another thread.
        """
        times, latest, found = self._session.table.times.copy(), self._latest(), self.found
        helped = {episode: label for episode, label in latest.items() if not blind[episode]}
        unhelped = {episode: label for episode, label in latest.items() if blind[episode]}

        def compute() -> Statistics:
            if found is None:
                return Statistics(pace_of(times), None, None)
            return Statistics(pace_of(times), agreement(found, helped), agreement(found, unhelped))

        return compute

    def next(self) -> None:
        """Show the next label to look at."""
        if self.found is None:
            self.said.emit("Open probabilities of a classifier, or labels to compare with, first.")
            return
        if not self._walk:
            self._walk, self._place = self.worth_a_look(), -1
        if not self._walk:
            self.said.emit(f"No label contradicts {self.found.scores.by or 'the classifier'}.")
            return
        self._go_on()

    def goes_on(self, episode: int) -> bool:
        """Whether a decision about an episode leads to the next label to look at; then it does."""
        here = self._walk[self._place] if 0 <= self._place < len(self._walk) else None
        if here != episode:
            return False
        self._go_on()
        return True

    def close(self) -> None:
        """End the work."""
        for work in self.findChildren(Work):
            work.join(30)

    def _go_on(self) -> None:
        """To the next of the walk that is still worth a look."""
        assert self.found is not None
        self._place += 1
        while self._place < len(self._walk) and not self.reason(self._walk[self._place]):
            self._place += 1
        if self._place >= len(self._walk):
            self.said.emit(f"That was the last of {plural(len(self._walk), 'label')} to look at.")
            self._walk = []
            return
        episode = self._walk[self._place]
        self.wants.emit(episode, self._frame(episode))
        self.said.emit(f"{self._place + 1} of {len(self._walk)}: {self.reason(episode)}.")

    def _frame(self, episode: int) -> int:
        """Where the two begin to differ in sight: shortly before the suggested edge, or the own."""
        assert self.found is not None
        suggestion = self.found.suggestion(episode)
        ranges = suggestion.ranges if suggestion else ()
        ranges = ranges or self._session.label(episode).success
        return before_edge(ranges[0].start) if ranges else 0

    def _latest(self) -> dict[int, EpisodeLabel]:
        """The labels decided last, at most `_MOST`."""
        episodes = np.argsort(-self._session.table.times, kind="stable")[:_MOST].tolist()
        return {episode: self._session.label(episode) for episode in episodes}

    def _labels(self) -> dict[int, EpisodeLabel]:
        return dict(self._session.table.touched)

    def _on_labels(self, episodes: tuple[int, ...]) -> None:
        if self._work is not None:
            self._changed_meanwhile.update(episodes)
        if self.found is not None:
            self.found.update({episode: self._session.label(episode) for episode in episodes})
            self.counted.emit()

    def _on_found(
        self, work: Work, found: Disagreements, take: Callable[[Disagreements], None]
    ) -> None:
        if work is not self._work:
            return
        self._work = None
        late = {episode: self._session.label(episode) for episode in self._changed_meanwhile}
        found.update(late)
        take(found)

    def _renew(self, found: Disagreements) -> None:
        first, self.found = self.found is None, found
        self._credible = int((found.decided & found.scored).sum()) >= _CREDIBLE
        (self.changed if first else self.refreshed).emit()
        self.counted.emit()

    def _take(self, found: Disagreements | None) -> None:
        self.found, self._credible = found, True
        self._walk, self._place = [], -1
        self.changed.emit()
        self.counted.emit()
        told = found is None or bool(found.scores.by)  # whoever compared has said more
        if not told and (count := len(self.worth_a_look())):
            self.said.emit(f"{plural(count, 'label')} to look at.")

    def _on_failed(self, error: BaseException) -> None:
        raise error


def before_edge(edge: int) -> int:
    """The frame at which an episode opens, so that a suggested edge is seen to come."""
    return max(edge - 3, 0)
