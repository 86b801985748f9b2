"""The labels of all episodes in the shapes that a window asks for, each kept up to date."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from labeler.labels import Crop, DatasetIdentity, DatasetLabels, EpisodeLabel, Origin, State
from labeler.labels.document import line_of
from labeler.session.events import Step

STATES = tuple(State)
ORIGINS = tuple(Origin)
_INDEX = {state: index for index, state in enumerate(STATES)}


class Table:
    """One label per episode, and columns over all episodes; a change costs the same in any dataset.

    Columns have the shape (episodes,):
    `states` and `origins` uint8, index into `STATES` and `ORIGINS`; `flagged`, `noted`, `excluding`
    (some frames) and `ranged` (success in ranges, no single cutoff) bool; `cutoffs` int64, first
    frame of success, -1 without one; `times` float64, seconds since 1970 UTC of the decision, 0
    without one.

    `crops` are the parts of the images that a classifier is to see, per camera key.
    """

    def __init__(
        self,
        lengths: NDArray[np.int64],
        labels: Mapping[int, EpisodeLabel],
        crops: Mapping[str, Crop] = MappingProxyType({}),
    ) -> None:
        count = len(lengths)
        self.lengths = lengths
        self.crops = dict(crops)
        self.states = np.zeros(count, np.uint8)
        self.flagged = np.zeros(count, np.bool_)
        self.noted = np.zeros(count, np.bool_)
        self.excluding = np.zeros(count, np.bool_)
        self.ranged = np.zeros(count, np.bool_)
        self.origins = np.zeros(count, np.uint8)
        self.cutoffs = np.full(count, -1, np.int64)
        self.times = np.zeros(count, np.float64)
        self._counts = [0] * len(STATES)
        self._counts[_INDEX[State.UNLABELED]] = count
        self._labels: dict[int, EpisodeLabel] = {}
        self._lines: list[str] = []
        self._prepared: list[str] = []
        self._changed: set[int] | None = None  # labels put while lines are being prepared
        for episode, label in labels.items():
            self.put(episode, label)

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, episode: int) -> EpisodeLabel:
        label = self._labels.get(episode)
        if label is not None:
            return label
        if not 0 <= episode < len(self.lengths):
            raise IndexError(episode)
        return EpisodeLabel(int(self.lengths[episode]))

    @property
    def touched(self) -> Mapping[int, EpisodeLabel]:
        """Labels that say anything at all."""
        return MappingProxyType(self._labels)

    def counts(self) -> dict[State, int]:
        """Episodes per state."""
        return dict(zip(STATES, self._counts, strict=True))

    def put(self, episode: int, label: EpisodeLabel) -> None:
        """Replace the label of one episode."""
        self._counts[self.states[episode]] -= 1
        state = _INDEX[label.state]
        self._counts[state] += 1
        self.states[episode] = state
        self.flagged[episode] = label.flag is not None
        self.noted[episode] = bool(label.note)
        self.excluding[episode] = bool(label.excluded)
        self.ranged[episode] = bool(label.success) and label.cutoff is None
        self.origins[episode] = ORIGINS.index(label.origin)
        self.cutoffs[episode] = label.success[0].start if label.success else -1
        self.times[episode] = label.time.timestamp() if label.time else 0.0
        if label.state is State.UNLABELED and label == EpisodeLabel(label.length):
            self._labels.pop(episode, None)
        else:
            self._labels[episode] = label
        if self._lines:
            self._lines[episode] = line_of(episode, label)
        elif self._changed is not None:
            self._changed.add(episode)

    def take(
        self, labels: Mapping[int, EpisodeLabel], crops: Mapping[str, Crop] | None = None
    ) -> None:
        """Replace labels, and the crops of all cameras where they are given."""
        for episode, label in labels.items():
            self.put(episode, label)
        if crops is not None:
            self.crops = dict(crops)

    def step_to(
        self,
        labels: Mapping[int, EpisodeLabel],
        crops: Mapping[str, Crop] | None,
        what: str,
        episode: int | None = None,
        frame: int = 0,
    ) -> Step | None:
        """The step that leads from here to labels and crops; None if it changes nothing.

        `episode` is where it is shown, else the first one whose label is among `labels`.
        """
        pairs = {index: (self[index], label) for index, label in labels.items()}
        drawn = None if crops is None or crops == self.crops else (self.crops, dict(crops))
        if not pairs and drawn is None:
            return None
        place = next(iter(pairs), 0) if episode is None else episode
        return Step(what, place, frame, MappingProxyType(pairs), drawn)

    def others(self, labels: DatasetLabels) -> dict[int, EpisodeLabel]:
        """The labels of episodes about which the table says something else."""
        return {
            episode: labels[episode]
            for episode in sorted({*self._labels, *labels.touched})
            if content_of(self[episode]) != content_of(labels[episode])
        }

    def differing(self, labels: Mapping[int, EpisodeLabel]) -> dict[int, EpisodeLabel]:
        """Those of `labels` that are not what the table says."""
        return {episode: label for episode, label in labels.items() if label != self[episode]}

    def snapshot(self, identity: DatasetIdentity) -> DatasetLabels:
        """The labels as they are now; another thread may `put` meanwhile."""
        labels = self._labels.copy()
        return DatasetLabels(self.lengths.tolist(), labels, identity, self.crops)

    def prepare(self) -> None:
        """Make all lines of the label file for the first time, while another thread may `put`."""
        if self._lines:
            return
        self._changed = set()
        labels = self._labels.copy()
        lines = [
            f'"{episode}": {{"length": {length}}}'
            for episode, length in enumerate(self.lengths.tolist())
        ]
        for episode, label in labels.items():
            lines[episode] = line_of(episode, label)
        self._prepared = lines

    def lines(self) -> Sequence[str]:
        """A copy of the label file's lines, once prepared; not while another thread may `put`."""
        if not self._lines:
            self._lines, self._prepared = self._prepared, []
            for episode in self._changed or ():
                self._lines[episode] = line_of(episode, self[episode])
            self._changed = None
        return self._lines.copy()


def content_of(label: EpisodeLabel) -> tuple[object, ...]:
    """What a label says, without who said it when; compared far faster than labels are made."""
    return (
        label.state, label.success, label.excluded, label.note, label.flag, label.origin,
        label.length,
    )  # fmt: skip


def stamped(label: EpisodeLabel, author: str) -> EpisodeLabel:
    """The label with author and the time now; that of an episode untouched has neither."""
    blank = EpisodeLabel(label.length)
    if label.state is State.UNLABELED and content_of(label) == content_of(blank):
        return blank
    return replace(label, author=author, time=datetime.now(UTC))
