"""Which episodes are shown, in which order."""

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from labeler.dataset import Dataset
from labeler.labels import State
from labeler.session.table import STATES, Table

if TYPE_CHECKING:
    from labeler.session.any_session import AnySession


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
    session: "AnySession",
    show: Show = Show.ALL,
    order: Order = Order.DATASET,
    search: str = "",
    descending: bool = False,
    ranks: NDArray[np.float64] | None = None,
) -> NDArray[np.int64]:
    """Episodes to be shown, in order: int64.

    Every word of `search` has to occur in the task texts or the note, in upper or lower case.
    `descending` turns the order round; episodes that have no place in it stay last. `ranks`, one
    number per episode, take the place of `order`; NaN is not a place.
    """
    table = session.table
    episodes = np.flatnonzero(_shown(table, show)).astype(np.int64)
    words = search.casefold().split()
    if words:
        episodes = episodes[_matching(session, words, episodes)]
    keys, placed = _keys(table, order) if ranks is None else (ranks, ~np.isnan(ranks))
    keys, placed = keys[episodes], placed[episodes]
    sort = np.lexsort((-keys if descending else keys, ~placed))
    return episodes[sort]


def _matching(
    session: "AnySession", words: list[str], episodes: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which episodes hold every word; each distinct task text is looked at once."""
    texts, which = session.task_texts
    by_task = np.array([[word in text for word in words] for text in texts], np.bool_)
    found: NDArray[np.bool_] = by_task[which[episodes]]
    for row in np.flatnonzero(session.table.noted[episodes]).tolist():
        note = session.label(int(episodes[row])).note.casefold()
        found[row] |= [word in note for word in words]
    matches: NDArray[np.bool_] = np.asarray(found.all(axis=1))
    return matches


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


def task_texts(dataset: Dataset) -> tuple[list[str], NDArray[np.int64]]:
    """Distinct task texts in lower case, and which of them each episode has, shape (episodes,)."""
    numbers: dict[tuple[str, ...], int] = {}
    tasks = dataset.layout.all_tasks()
    which = np.array([numbers.setdefault(each, len(numbers)) for each in tasks], np.int64)
    return [" ".join(each).casefold() for each in numbers], which
