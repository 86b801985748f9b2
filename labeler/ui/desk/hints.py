"""Hints from the robot's signals, read off the window's thread and kept by episode."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from labeler.dataset import Dataset
from labeler.errors import LabelerError
from labeler.labels import Origin, State
from labeler.review.guess import LIFT_SECONDS, GuessSource, read_signal, source_of
from labeler.review.hint import HintRule, SignalReading, learn_rule, reading_of
from labeler.review.suggestion import Suggestion
from labeler.session.any_session import AnySession
from labeler.ui.desk.bridge import SessionBridge
from labeler.ui.kit.work import Work, start_work

Readings = dict[int, SignalReading | None]

_FIRST = 300  # ms after which the first image is on the screen, which comes before any hint


class Hints(QObject):
    """What the signals say of the episodes that are shown, or will be; the latest wish wins.

    From the labels of episodes that were read it learns how long after the gripper's closing
    success begins, how far fingers close on nothing, and how much its hints are worth.
    """

    arrived = Signal()
    """The hint for the episode shown is another one; told of no others, which nobody sees."""

    def __init__(self, session: AnySession, bridge: SessionBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        bridge.labels_changed.connect(lambda episodes: self._follow_labels())
        self._dataset = session.dataset.reopen()
        self._sources: dict[Path, GuessSource | None] = {}
        self._closed = False
        self._readings: Readings = {}
        self._rules: dict[float, HintRule] = {}  # by frames per second, until something changes
        self._shown = -1
        self._hint: Suggestion | None = None  # for the episode shown
        self._wanted: list[int] = []
        self._work: Work | None = None
        self._begin = QTimer(self, singleShot=True, interval=_FIRST)
        self._begin.timeout.connect(self._start)

    def get(self, episode: int) -> Suggestion | None:
        """The hint for an episode; None where there is no signal, or as long as it is not read."""
        reading = self._readings.get(episode)
        length = int(self._session.dataset.lengths[episode])
        if reading is None:
            return None
        fps = self._session.session_at(episode).dataset.fps
        if fps not in self._rules:
            self._rules[fps] = self._rule(fps)
        return self._rules[fps].hint(reading, length)

    def show(self, episode: int) -> None:
        """An episode is shown, with the hint that there is for it now."""
        self._shown, self._hint = episode, self.get(episode)

    def want(self, episodes: Sequence[int]) -> None:
        """Episodes about which something is to be known soon."""
        self._wanted = [episode for episode in episodes if episode not in self._readings]
        if not self._wanted or self._work is not None or self._closed:
            return
        if self._readings:
            self._start()
        elif not self._begin.isActive():
            self._begin.start()

    def close(self) -> None:
        """Read no more."""
        self._closed = True
        self._begin.stop()
        if self._work is not None:
            self._work.join(30)
        self._dataset.close()

    def _follow_labels(self) -> None:
        self._rules.clear()
        if self._shown >= 0:  # whoever shows it looks again, too
            self.show(self._shown)

    def _rule(self, fps: float) -> HintRule:
        """What labels that nobody took from a suggestion say, at a rate of frames."""
        cutoffs: dict[int, int | None] = {}
        for episode in self._readings:
            label = self._session.label(episode)
            if label.origin is Origin.ACCEPTED:
                continue
            if label.state is State.NEVER or label.cutoff is not None:
                cutoffs[episode] = label.cutoff
        known = {episode: one for episode, one in self._readings.items() if one is not None}
        return learn_rule(known, cutoffs, round(LIFT_SECONDS * fps), fps)

    def _start(self) -> None:
        wanted = tuple(self._wanted)
        self._work = start_work(
            self,
            lambda work: _read(self._dataset, self._sources, wanted),
            name="hints",
            done=self._on_done,
            failed=self._on_failed,
        )

    def _on_done(self, readings: Readings) -> None:
        self._work = None
        self._readings.update(readings)
        self._rules.clear()
        self.want(self._wanted)
        before = self._hint
        if self._shown >= 0:
            self.show(self._shown)
        if self._hint != before:
            self.arrived.emit()

    def _on_failed(self, error: BaseException) -> None:
        self._work = None
        raise error


def _read(
    dataset: Dataset, sources: dict[Path, GuessSource | None], episodes: Sequence[int]
) -> Readings:
    """What the signals say; `sources` keeps the signal of each recording."""
    return {episode: _reading(*dataset.part_of(episode), sources) for episode in episodes}


def _reading(
    dataset: Dataset, episode: int, sources: dict[Path, GuessSource | None]
) -> SignalReading | None:
    if dataset.root not in sources:
        sources[dataset.root] = source_of(dataset)
    source = sources[dataset.root]
    if source is None:
        return None
    try:
        signal = read_signal(dataset, source, episode)
    except LabelerError:  # told by whoever needs the rows; a hint can be done without
        sources[dataset.root] = None
        return None
    return reading_of(signal, dataset.fps, gripper=source.gripper)
