"""Labels of a whole dataset, with the identity of the recording they were made on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf
from types import MappingProxyType

from labeler.cures import RunInspect
from labeler.errors import LabelError
from labeler.labels.episode import EpisodeLabel, State
from labeler.labels.wording import plural


@dataclass(frozen=True, slots=True)
class DatasetIdentity:
    """What labels belong to. `fingerprint` is empty where the dialect does not carry one.

    Raises:
        LabelError: `fps` is negative, infinite or NaN, or a count is negative.
    """

    name: str = ""
    codebase_version: str = ""
    fps: float = 0.0
    episodes: int = 0
    frames: int = 0
    fingerprint: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.fps < inf or self.episodes < 0 or self.frames < 0:
            raise LabelError(
                f"A dataset cannot have {self.fps} fps, {self.episodes} episodes, "
                f"{self.frames} frames.",
                "Check the dataset.",
                RunInspect(),
            )


Crop = tuple[int, int, int, int]
"""Top, left, height, width in pixels of the recorded image."""


def last_time(labels: Iterable[EpisodeLabel]) -> datetime | None:
    """When the latest of these labels was given; None where none says."""
    return max((label.time for label in labels if label.time is not None), default=None)


@dataclass(frozen=True, slots=True)
class DatasetLabels:
    """One label per episode of a dataset; labels that say nothing at all are not stored.

    `lengths[i]` is the number of frames of episode i. `crops` are the parts of the images that a
    classifier is to see, per camera key; cameras without one are seen as a whole.

    Raises:
        LabelError: a label names an episode the dataset lacks, or has another length.
    """

    lengths: Sequence[int]
    touched: Mapping[int, EpisodeLabel] = field(default_factory=dict)
    identity: DatasetIdentity = DatasetIdentity()
    crops: Mapping[str, Crop] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.lengths, tuple):
            object.__setattr__(self, "lengths", tuple(int(length) for length in self.lengths))
        for index, label in self.touched.items():
            check_label(self.lengths, index, label)
        told = {
            index: label
            for index, label in sorted(self.touched.items())
            if label.state is not State.UNLABELED or label != EpisodeLabel(label.length)
        }
        object.__setattr__(self, "touched", MappingProxyType(told))

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def last_time(self) -> datetime | None:
        """When the latest label was given; None where none says."""
        return last_time(self.touched.values())

    def __getitem__(self, index: int) -> EpisodeLabel:
        if index in self.touched:
            return self.touched[index]
        if not 0 <= index < len(self.lengths):
            raise IndexError(index)
        return EpisodeLabel(int(self.lengths[index]))

    def __iter__(self) -> Iterator[EpisodeLabel]:
        return (self[index] for index in range(len(self)))

    def with_label(self, index: int, label: EpisodeLabel) -> "DatasetLabels":
        """The same labels with that of one episode replaced."""
        return replace(self, touched={**self.touched, index: label})

    def with_identity(self, identity: DatasetIdentity) -> "DatasetLabels":
        """The same labels, said of another dataset."""
        return replace(self, identity=identity)

    def without_decision(self) -> list[int]:
        """Episodes that are unlabeled or skipped."""
        return [index for index in range(len(self)) if not self[index].decided]

    def counts(self) -> dict[State, int]:
        """Episodes per state."""
        result = dict.fromkeys(State, 0)
        for label in self:
            result[label.state] += 1
        return result


def check_label(lengths: Sequence[int], index: int, label: EpisodeLabel) -> None:
    """Whether a label fits a dataset with `lengths[i]` frames in episode i.

    Raises:
        LabelError: the dataset lacks the episode, or the label has another length.
    """
    if not 0 <= index < len(lengths):
        raise LabelError(
            f"Episode {index} does not exist: the dataset has {plural(len(lengths), 'episode')}.",
            "Episodes are counted from 0; check that the labels belong to this dataset.",
        )
    if label.length != lengths[index]:
        raise LabelError(
            f"Episode {index} has {plural(lengths[index], 'frame')}, its label {label.length}.",
            "Check that the labels belong to this dataset.",
        )
