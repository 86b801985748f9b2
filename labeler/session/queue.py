"""Which episodes are shown, in which order."""

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from labeler.labels import State
from labeler.session.table import STATES, Table

if TYPE_CHECKING:
    from labeler.session.session import Session


class Show(StrEnum):
    """Episodes to be shown."""

    ALL = "all"
    UNLABELED = "unlabeled"
    SUCCESS = "success"
    NEVER = "never"
    SKIPPED = "skipped"
    FLAGGED = "flagged"
    NOTED = "noted"


class Order(StrEnum):
    """Order of the episodes; those that are equal in it keep the dataset's order.

    `CUTOFF` goes by the first frame of success, episodes without one last; `STATE` follows
    `tuple(State)`; `RECENT` begins with the latest decision, undecided ones last.
    """

    DATASET = "dataset"
    LENGTH = "length"
    CUTOFF = "cutoff"
    STATE = "state"
    RECENT = "recent"


def queue(
    session: "Session",
    show: Show = Show.ALL,
    order: Order = Order.DATASET,
    search: str = "",
    descending: bool = False,
    ranks: NDArray[np.float64] | None = None,
) -> NDArray[np.int64]:
    """Episodes to be shown, in order: int64.

    Every word of `search` has to occur in the task texts or the note, in upper or lower case.
    `descending` turns the order round; episodes that have no place in it stay last. `ranks`, one
    number per episode, take the place of `order`; NaN is no place.
    """
    table = session.table
    episodes = np.flatnonzero(_shown(table, show)).astype(np.int64)
    words = search.casefold().split()
    if words:
        episodes = np.array(
            [index for index in episodes.tolist() if _matches(session, words, index)], np.int64
        )
    keys, placed = _keys(table, order) if ranks is None else (ranks, ~np.isnan(ranks))
    keys, placed = keys[episodes], placed[episodes]
    sort = np.lexsort((-keys if descending else keys, ~placed))
    return episodes[sort]


def _matches(session: "Session", words: list[str], episode: int) -> bool:
    texts = session.task_text(episode).casefold(), session.label(episode).note.casefold()
    return all(any(word in text for text in texts) for word in words)


def _shown(table: Table, show: Show) -> NDArray[np.bool_]:
    match show:
        case Show.ALL:
            return np.ones(len(table), np.bool_)
        case Show.FLAGGED:
            return table.flagged
        case Show.NOTED:
            return table.noted
        case _:
            chosen: NDArray[np.bool_] = table.states == STATES.index(State(show.value))
            return chosen


def _keys(table: Table, order: Order) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """A key to sort by, and which episodes have a place in that order."""
    everywhere = np.ones(len(table), np.bool_)
    match order:
        case Order.LENGTH:
            return table.lengths.astype(np.float64), everywhere
        case Order.CUTOFF:
            return table.cutoffs.astype(np.float64), table.cutoffs >= 0
        case Order.STATE:
            return table.states.astype(np.float64), everywhere
        case Order.RECENT:
            return -table.times, table.times > 0
        case _:
            return np.arange(len(table), dtype=np.float64), everywhere
