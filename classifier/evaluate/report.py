"""The record that a report is printed from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from classifier.evaluate.evaluation import Evaluation
from classifier.evaluate.mistakes import Mistake


@dataclass(frozen=True)
class Point:
    """What was measured at one step of training; None where it was not."""

    step: int
    epoch: float
    train_loss: float | None = None
    held_out_loss: float | None = None
    held_out_accuracy: float | None = None
    learning_rate: float | None = None


@dataclass(frozen=True)
class DatasetIdentity:
    """Which recording, and how much of it is labelled."""

    name: str
    fingerprint: str
    episodes: int
    frames: int
    success: int
    """Frames labelled success."""
    failure: int
    """Frames labelled failure; the rest is excluded or unlabelled."""


@dataclass(frozen=True)
class EncoderIdentity:
    """Which encoder; `note` is what a reader has to know, such as that it was never trained."""

    name: str
    sha256: str
    note: str = ""


@dataclass(frozen=True)
class Split:
    """Indices of the episodes in each part."""

    training: tuple[int, ...]
    held_out: tuple[int, ...]
    note: str = ""
    """How they were chosen."""


@dataclass(frozen=True)
class MistakePicture:
    """One of the worst mistakes as the cameras saw it."""

    mistake: Mistake
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """PNG or JPEG file by camera key."""


@dataclass(frozen=True, eq=False)
class Report:
    """A training run or an evaluation, with all that is said about it."""

    evaluation: Evaluation
    dataset: DatasetIdentity
    encoder: EncoderIdentity
    split: Split
    config: Mapping[str, Any]
    """The settings as `classifier.config.values_of` gives them."""
    tool: str
    """Name and version of the program."""
    time: datetime
    """With its time zone."""
    history: tuple[Point, ...] = ()
    mistakes: tuple[MistakePicture, ...] = ()
