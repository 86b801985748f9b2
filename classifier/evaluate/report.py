"""What the report of a run is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from classifier.evaluate.evaluation import Evaluation
from labeler.contracts.report import (
    CalibrationFigures,
    DatasetSummary,
    EncoderIdentity,
    EpisodeSplit,
    HistoryPoint,
    LikeFrames,
    Mistake,
)


@dataclass(frozen=True)
class MistakeImages:
    """One of the worst mistakes as the cameras saw it."""

    mistake: Mistake
    images: Mapping[str, bytes] = field(default_factory=dict)
    """PNG or JPEG file by camera key."""


@dataclass(frozen=True)
class LikeImages:
    """Like frames, with images of their examples."""

    group: LikeFrames
    examples: tuple[MistakeImages, ...]


@dataclass(frozen=True, eq=False)
class ReportContent:
    """What the report of a training run is made from; the page shows more than `report.json`."""

    evaluation: Evaluation
    dataset: DatasetSummary
    encoder: EncoderIdentity
    split: EpisodeSplit
    config: Mapping[str, Any]
    """The settings as `classifier.config.values_of` gives them."""
    tool: str
    """Name and version of the program."""
    time: datetime
    """With its time zone."""
    history: tuple[HistoryPoint, ...] = ()
    mistakes: tuple[MistakeImages, ...] = ()
    record_next: tuple[LikeImages, ...] = ()
    calibration: CalibrationFigures | None = None
    """Of the probabilities of `evaluation.scored`."""
