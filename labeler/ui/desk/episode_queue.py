"""Which episodes are listed, in which order, and which of them comes next."""

from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from labeler.labels import State
from labeler.review.order import ReviewOrder
from labeler.session.any_session import AnySession
from labeler.session.queue import Order, Show, queue

_STATES = tuple(State)
_FIXED = (Order.DATASET, Order.LENGTH, *ReviewOrder)  # orders that no label changes at once
Numbers = NDArray[np.float64]


class EpisodeQueue(QObject):
    """The rows of the queue: one episode index per row; every lookup costs the same at any size.

    A change of labels that moves or hides rows makes the list anew (`reset`); one that does not is
    told by row (`row_changed`). An order by a classifier is made when it is chosen, or when its
    probabilities are others, and stays while labels change: work from its top does not jump.

    `ranks` gives a number per episode to sort by; None where there are no probabilities. `doubtful`
    are the episodes whose label a suggestion contradicts.
    """

    reset = Signal()
    row_changed = Signal(int)

    def __init__(
        self,
        session: AnySession,
        ranks: Callable[[ReviewOrder], Numbers | None] = lambda order: None,
        doubtful: Callable[[], Collection[int]] = tuple,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._ranks_of = ranks
        self._doubtful = doubtful
        self._ranks: Numbers | None = None
        self.show = Show.ALL
        self.order: Order | ReviewOrder = Order.DATASET
        self.descending = False
        self.search = ""
        self.source: int | None = None
        self.rows: NDArray[np.int64] = np.arange(len(session.dataset), dtype=np.int64)
        self._row_of = self.rows.copy()
        self._outdated = False
        self._left = (-1, 0)  # episode that left the list last, and the row where it stood

    def __len__(self) -> int:
        return len(self.rows)

    def episode(self, row: int) -> int:
        """Episode of a row."""
        return int(self.rows[row])

    def row_of(self, episode: int) -> int:
        """Row of an episode, or -1 where it is not listed."""
        return int(self._row_of[episode]) if 0 <= episode < len(self._row_of) else -1

    def choose(
        self,
        *,
        show: Show | None = None,
        order: Order | ReviewOrder | None = None,
        descending: bool | None = None,
        search: str | None = None,
    ) -> None:
        """List other episodes or in another order; what is not given stays."""
        self.show = self.show if show is None else show
        self.order = self.order if order is None else order
        self.descending = self.descending if descending is None else descending
        self.search = self.search if search is None else search
        self._rank()
        self._make()

    def choose_source(self, source: int | None) -> None:
        """List the episodes of one recording of a collection, or of all."""
        self.source = source
        self._make()

    def ranks_changed(self) -> None:
        """Probabilities are others now, or gone; without them the order is the dataset's."""
        if isinstance(self.order, ReviewOrder) or self.show is Show.DISAGREES:
            self._rank()
            self._make()

    def ranks_refreshed(self) -> None:
        """Probabilities are newer now; rows stay until work goes on with the next decision."""
        self._outdated = isinstance(self.order, ReviewOrder)

    def labels_changed(self, episodes: tuple[int, ...]) -> None:
        """Labels of these episodes are others now."""
        fixed = self.show is Show.ALL and self.order in _FIXED and not self._outdated
        if self._outdated:
            self._rank()
        if not fixed or self.search or len(episodes) > 1:
            before = episodes[0], self.row_of(episodes[0])
            self._make()
            if before[1] >= 0 > self.row_of(before[0]):
                self._left = before
        else:
            self.row_changed.emit(self.row_of(episodes[0]))

    def neighbour(self, episode: int, step: int) -> int | None:
        """The episode `step` rows further on; None at the end of the list.

        An episode that is not listed any more counts as standing between two rows.
        """
        row = self.row_of(episode)
        if row < 0:
            row = self._gap(episode) - (step > 0)
        row += step
        return self.episode(row) if 0 <= row < len(self) else None

    def next_undecided(self, episode: int, count: int = 1) -> list[int]:
        """The next listed episodes without a decision, unlabeled ones before skipped ones.

        Searched from `episode` on to the end of the list, then from its start.
        """
        row = self.row_of(episode)
        if row < 0:
            row = self._gap(episode) - 1
        states = self._session.states()[self.rows]
        found: list[int] = []
        for state in (State.UNLABELED, State.SKIPPED):
            at = np.flatnonzero(states == _STATES.index(state))
            cut = int(np.searchsorted(at, row, side="right"))
            turned = np.concatenate((at[cut:], at[:cut]))
            found += [int(self.rows[r]) for r in turned[: count + 1] if self.rows[r] != episode]
            if len(found) >= count:
                break
        return found[:count]

    def _rank(self) -> None:
        self._ranks, self._outdated = None, False
        if isinstance(self.order, ReviewOrder):
            self._ranks = self._ranks_of(self.order)
            if self._ranks is None:
                self.order = Order.DATASET

    def _gap(self, episode: int) -> int:
        """The row before which an episode stood that is not listed any more."""
        return self._left[1] if episode == self._left[0] else 0

    def _make(self) -> None:
        order = self.order if isinstance(self.order, Order) else Order.DATASET
        self.rows = queue(
            self._session, self.show, order, self.search, self.descending, self._ranks
        )
        if self.show is Show.DISAGREES:
            self.rows = self.rows[np.isin(self.rows, list(self._doubtful()))]
        if self.source is not None and (collection := self._session.collection) is not None:
            numbers = collection.dataset.part_numbers
            self.rows = self.rows[numbers[self.rows] == self.source]
        self._row_of = np.full(len(self._session.dataset), -1, dtype=np.int64)
        self._row_of[self.rows] = np.arange(len(self.rows))
        self.reset.emit()
