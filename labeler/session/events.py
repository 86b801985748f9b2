"""What a session announces, and the step that can be undone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from labeler.cures import Cure
from labeler.labels import Crop, EpisodeLabel

CropTurn = tuple[Mapping[str, Crop], Mapping[str, Crop]]
"""Crops of all cameras before and after a step."""
CARRIED = "labels of the recording"
"""What the step is called that takes over what a recording brings along."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The labels of these episodes changed."""

    episodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SaveState:
    """How safe the labels are; the sentences are empty where there is nothing to say.

    Attributes:
        file: the label file.
        saved_at: when it was last replaced by this session, UTC.
        pending: decisions in the journal that are not in the file yet; they are durable.
        read_only: why nothing can be decided.
        conflict: the file was changed by someone else and is not overwritten.
        dataset_changed: the recording is not what was labelled.
        dataset_damaged: a file of the recording is missing or cannot be read.
        may_accept: the operator may say that the labels fit all the same.
        problem: the last write that failed; what it means for the labels.
        cures: what would help where nothing can be decided, or against the problem.
        recovered: decisions taken over from the journal of a session that was interrupted.
    """

    file: Path
    saved_at: datetime | None = None
    pending: int = 0
    read_only: str = ""
    conflict: str = ""
    dataset_changed: str = ""
    dataset_damaged: str = ""
    may_accept: bool = False
    problem: str = ""
    cures: tuple[Cure, ...] = ()
    recovered: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was decided, where, and the labels before and after per episode.

    `crops` are those of all cameras before and after, where the step changed them.
    """

    what: str
    episode: int
    frame: int
    changes: Mapping[int, tuple[EpisodeLabel, EpisodeLabel]] = field(repr=False)
    crops: CropTurn | None = field(default=None, repr=False)

    @property
    def time(self) -> float:
        """When it was taken, in seconds since 1970 UTC; 0 where its labels do not say."""
        times = (label.time for label in self.after.values() if label.time is not None)
        return max((time.timestamp() for time in times), default=0.0)

    @property
    def before(self) -> dict[int, EpisodeLabel]:
        """The labels that undoing brings back."""
        return {episode: pair[0] for episode, pair in self.changes.items()}

    @property
    def after(self) -> dict[int, EpisodeLabel]:
        """The labels that redoing brings back."""
        return {episode: pair[1] for episode, pair in self.changes.items()}

    def turned(self) -> "Step":
        """The step that leads back."""
        changes = {episode: (after, before) for episode, (before, after) in self.changes.items()}
        crops = None if self.crops is None else (self.crops[1], self.crops[0])
        return replace(self, changes=MappingProxyType(changes), crops=crops)


Event = Changed | SaveState
Callback = Callable[[Event], None]


class Listeners:
    """Who is called with every event; one may end that, or another begin, while it is announced."""

    def __init__(self) -> None:
        self._callbacks: list[Callback] = []

    def add(self, callback: Callback) -> Callable[[], None]:
        """Have `callback` called with every event; what comes back ends that."""
        self._callbacks = [*self._callbacks, callback]

        def end() -> None:
            self._callbacks = [other for other in self._callbacks if other is not callback]

        return end

    def announce(self, event: Event) -> None:
        """Call everybody."""
        for callback in self._callbacks:
            callback(event)
