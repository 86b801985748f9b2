"""Guesses from the robot's signals, read off the window's thread and kept by episode."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from labeler.dataset import Dataset
from labeler.errors import LabelerError
from labeler.labels import Origin
from labeler.review.guess import (
    LIFT_SECONDS,
    Source,
    guess,
    read_signal,
    source_of,
    turning_point,
    usual_delay,
)
from labeler.review.suggestion import Suggestion
from labeler.session import Session
from labeler.ui.work import Work, start_work

Turns = dict[int, int | None]


class Guesses(QObject):
    """What the signals say of the episodes that are shown, or will be; the latest wish wins.

    From the labels of episodes that were read it learns how long after the gripper's closing
    success begins.
    """

    arrived = Signal()
    """Something is known of more episodes."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._dataset = session.dataset.reopened()
        self._source = source_of(self._dataset)
        self._turns: Turns = {}
        self._wanted: list[int] = []
        self._work: Work | None = None

    def get(self, episode: int) -> Suggestion | None:
        """The guess for an episode; None where there is no signal, or as long as it is not read."""
        turn = self._turns.get(episode)
        length = int(self._session.dataset.lengths[episode])
        return None if turn is None else guess(turn, length, self._delay())

    def want(self, episodes: Sequence[int]) -> None:
        """Episodes about which something is to be known soon."""
        self._wanted = [episode for episode in episodes if episode not in self._turns]
        if self._source is not None and self._wanted and self._work is None:
            self._start(self._source)

    def close(self) -> None:
        """Read no more."""
        self._source = None
        if self._work is not None:
            self._work.join(30)
        self._dataset.close()

    def _delay(self) -> int:
        cutoffs = {}
        for episode in self._turns:
            label = self._session.label(episode)
            if label.cutoff is not None and label.origin is not Origin.ACCEPTED:
                cutoffs[episode] = label.cutoff
        default = round(LIFT_SECONDS * self._session.dataset.fps)
        return usual_delay(self._turns, cutoffs, default)

    def _start(self, source: Source) -> None:
        wanted = tuple(self._wanted)
        self._work = start_work(
            self,
            lambda work: _read(self._dataset, source, wanted),
            name="guesses",
            done=self._on_done,
            failed=self._on_failed,
        )

    def _on_done(self, turns: Turns) -> None:
        self._work = None
        self._turns.update(turns)
        self.want(self._wanted)
        self.arrived.emit()

    def _on_failed(self, error: BaseException) -> None:
        """Rows that cannot be read are told by whoever needs them; a guess can be done without."""
        self._work, self._source = None, None
        if not isinstance(error, LabelerError):
            raise error


def _read(dataset: Dataset, source: Source, episodes: Sequence[int]) -> Turns:
    return {
        episode: turning_point(
            read_signal(dataset, source, episode), dataset.fps, gripper=source.gripper
        )
        for episode in episodes
    }
