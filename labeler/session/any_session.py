"""What is open, be it one recording or several: what the window asks of either."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from labeler.dataset import Dataset
from labeler.labels import DatasetLabels, EpisodeLabel, State
from labeler.session.events import Callback, Listeners, SaveState, Step
from labeler.session.table import Table

if TYPE_CHECKING:
    from labeler.session.joined import JoinedSession
    from labeler.session.session import Session


class AnySession(ABC):
    """Labels of one recording or of several, with episodes counted through.

    Attributes:
        dataset: the episodes.
        file: the label file; the collection file, or the first folder, where there are several.
        by_default: whether it lies where labels lie if the user does not say.
        author: stamped on decisions from now on.
        notes: sentences about opening that the user should see.
        table: the labels.
        task_texts: distinct task texts in lower case, and which of them each episode has: int64,
            shape (episodes,).
        collection: what there is only where several recordings are open; None where there is one.
    """

    dataset: Dataset
    file: Path
    by_default: bool
    author: str
    notes: tuple[str, ...]
    table: Table
    task_texts: tuple[list[str], NDArray[np.int64]]
    collection: "JoinedSession | None" = None

    def __init__(self) -> None:
        self._listeners = Listeners()

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Have `callback` called with every event; what comes back ends that."""
        return self._listeners.add(callback)

    def label(self, episode: int) -> EpisodeLabel:
        """The label of one episode.

        Raises:
            IndexError: there is no such episode.
        """
        return self.table[episode]

    def states(self) -> NDArray[np.uint8]:
        """Index into `tuple(State)` per episode, shape (episodes,); a view that stays current."""
        view = self.table.states.view()
        view.flags.writeable = False
        return view

    def counts(self) -> Mapping[State, int]:
        """Episodes per state."""
        return MappingProxyType(self.table.counts())

    def labels(self) -> DatasetLabels:
        """The labels as they are now."""
        return self.snapshot()()

    def episode_name(self, episode: int) -> str:
        """`episode 12`, or `episode 12 of night` where there are several recordings."""
        name, own = self.place_of(episode)
        return f"episode {own} of {name}" if name else f"episode {own}"

    @property
    @abstractmethod
    def places(self) -> tuple[Path, ...]:
        """What was opened: a recording's folder, a collection file, or several folders."""

    def is_of(self, paths: Sequence[Path]) -> bool:
        """Whether it was opened from these paths."""
        return [place.resolve() for place in self.places] == [path.resolve() for path in paths]

    @property
    @abstractmethod
    def files(self) -> frozenset[Path]:
        """The label files."""

    @abstractmethod
    def session_at(self, episode: int) -> "Session":
        """The session of the recording that an episode belongs to."""

    @abstractmethod
    def place_of(self, episode: int) -> tuple[str, int]:
        """The recording of an episode, by a name that is empty where there is one, and its number
        there.
        """

    @abstractmethod
    def find_episode(self, own: int, near: int) -> int | None:
        """The episode with this number in the recording of the episode `near`; None without one."""

    @abstractmethod
    def snapshot(self) -> Callable[[], DatasetLabels]:
        """The labels as they are now, at once; calling what comes back makes them a value.

        That takes time where there are many, and may be done in another thread.
        """

    @abstractmethod
    def decide(self, episode: int, label: EpisodeLabel, *, frame: int, what: str) -> None:
        """Take one decision; it is on the disk when this returns.

        Raises:
            LabelError: the label does not fit the episode.
            BusyError: the session only reads.
            StorageError: the decision could not be kept; it does not hold.
        """

    @abstractmethod
    def undo(self) -> Step | None:
        """Take back the last step; None if there is none.

        Raises:
            StorageError: that could not be kept; nothing changed.
        """

    @abstractmethod
    def redo(self) -> Step | None:
        """Bring back the step last taken back; None if there is none.

        Raises:
            StorageError: that could not be kept; nothing changed.
        """

    @abstractmethod
    def save_state(self) -> SaveState:
        """How safe the labels are now."""

    @abstractmethod
    def check_disk(self) -> None:
        """Look whether somebody else changed a label file."""

    @abstractmethod
    def flush(self, timeout: float) -> bool:
        """Write what is to be written; whether all of it is within `timeout` seconds."""

    @abstractmethod
    def close(self) -> None:
        """Write what is to be written, let others write, close the datasets."""
