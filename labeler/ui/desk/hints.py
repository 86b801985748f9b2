"""Guesses from the robot's signals, read off the window's thread and kept by episode."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from labeler.dataset import Dataset
from labeler.errors import LabelerError
from labeler.labels import Origin
from labeler.review.guess import (
    LIFT_SECONDS,
    GuessSource,
    guess,
    read_signal,
    source_of,
    turning_point,
    usual_delay,
)
from labeler.review.suggestion import Suggestion
from labeler.session.any_session import AnySession
from labeler.ui.kit.work import Work, start_work

Turns = dict[int, int | None]


class Guesses(QObject):
    """What the signals say of the episodes that are shown, or will be; the latest wish wins.

    From the labels of episodes that were read it learns how long after the gripper's closing
    success begins.
    """

    arrived = Signal()
    """Something is known of more episodes."""

    def __init__(self, session: AnySession, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._dataset = session.dataset.reopened()
        self._sources: dict[Path, GuessSource | None] = {}
        self._closed = False
        self._turns: Turns = {}
        self._wanted: list[int] = []
        self._work: Work | None = None

    def get(self, episode: int) -> Suggestion | None:
        """The guess for an episode; None where there is no signal, or as long as it is not read."""
        turn = self._turns.get(episode)
        length = int(self._session.dataset.lengths[episode])
        return None if turn is None else guess(turn, length, self._delay(episode))

    def want(self, episodes: Sequence[int]) -> None:
        """Episodes about which something is to be known soon."""
        self._wanted = [episode for episode in episodes if episode not in self._turns]
        if self._wanted and self._work is None and not self._closed:
            self._start()

    def close(self) -> None:
        """Read no more."""
        self._closed = True
        if self._work is not None:
            self._work.join(30)
        self._dataset.close()

    def _delay(self, shown: int) -> int:
        """Frames from the turning point to success, in recordings of the episode's rate."""
        cutoffs = {}
        for episode in self._turns:
            label = self._session.label(episode)
            if label.cutoff is not None and label.origin is not Origin.ACCEPTED:
                cutoffs[episode] = label.cutoff
        default = round(LIFT_SECONDS * self._session.session_at(shown).dataset.fps)
        return usual_delay(self._turns, cutoffs, default)

    def _start(self) -> None:
        wanted = tuple(self._wanted)
        self._work = start_work(
            self,
            lambda work: _read(self._dataset, self._sources, wanted),
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
        self._work = None
        raise error


def _read(
    dataset: Dataset, sources: dict[Path, GuessSource | None], episodes: Sequence[int]
) -> Turns:
    """Turning points; `sources` keeps the signal of each recording."""
    return {episode: _turn(*dataset.part_of(episode), sources) for episode in episodes}


def _turn(dataset: Dataset, episode: int, sources: dict[Path, GuessSource | None]) -> int | None:
    if dataset.root not in sources:
        sources[dataset.root] = source_of(dataset)
    source = sources[dataset.root]
    if source is None:
        return None
    try:
        signal = read_signal(dataset, source, episode)
    except LabelerError:  # told by whoever needs the rows; a guess can be done without
        sources[dataset.root] = None
        return None
    return turning_point(signal, dataset.fps, gripper=source.gripper)
