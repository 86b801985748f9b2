"""Which episodes are shown, in which order."""

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from labeler.dataset import Dataset
from labeler.labels import Origin, State
from labeler.session.table import ORIGINS, STATES, Table

if TYPE_CHECKING:
    from labeler.session.any_session import AnySession


class Show(StrEnum):
    """Episodes to be shown.

    `DISAGREES` are those whose label a suggestion contradicts; who asks knows which these are.
    """

    ALL = "all"
    UNLABELED = "unlabeled"
    SUCCESS = "success"
    NEVER = "never"
    SKIPPED = "skipped"
    FLAGGED = "flagged"
    NOTED = "noted"
    EXCLUDED = "excluded"
    RANGES = "ranges"
    HUMAN = "human"
    ACCEPTED = "accepted"
    IMPORTED = "imported"
    DISAGREES = "disagrees"


_BY = "by:"
_ORIGINS = {
    Show.HUMAN: Origin.HUMAN, Show.ACCEPTED: Origin.ACCEPTED, Show.IMPORTED: Origin.IMPORTED,
}  # fmt: skip


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

    Every word of `search` has to occur in the task texts or the note, in upper or lower case; after
    `by:` it has to occur in the author of the label.
    `descending` turns the order round; episodes that have no place in it stay last. `ranks`, one
    number per episode, take the place of `order`; NaN is not a place.
    """
    table = session.table
    episodes = np.flatnonzero(_filter_mask(table, show)).astype(np.int64)
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
    authors = [word.removeprefix(_BY) for word in words if word.startswith(_BY)]
    words = [word for word in words if not word.startswith(_BY)]
    texts, which = session.task_texts
    by_task = np.array([[word in text for word in words] for text in texts], np.bool_)
    by_task = by_task.reshape(len(texts), len(words))
    found: NDArray[np.bool_] = by_task[which[episodes]]
    for row in np.flatnonzero(session.table.noted[episodes]).tolist():
        note = session.label(int(episodes[row])).note.casefold()
        found[row] |= np.array([word in note for word in words], np.bool_)
    matches: NDArray[np.bool_] = np.asarray(found.all(axis=1))
    if authors:
        by = (session.label(episode).author.casefold() for episode in episodes.tolist())
        matches &= np.array([all(word in name for word in authors) for name in by], np.bool_)
    return matches


def _filter_mask(table: Table, show: Show) -> NDArray[np.bool_]:
    match show:
        case Show.ALL | Show.DISAGREES:
            return np.ones(len(table), np.bool_)
        case Show.FLAGGED:
            return table.flagged
        case Show.NOTED:
            return table.noted
        case Show.EXCLUDED:
            return table.excluding
        case Show.RANGES:
            return table.ranged
        case Show.HUMAN | Show.ACCEPTED | Show.IMPORTED:
            origin = ORIGINS.index(_ORIGINS[show])
            made: NDArray[np.bool_] = (table.origins == origin) & (table.states > 0)
            return made
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
