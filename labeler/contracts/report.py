"""`report.json`: the figures of a training run, as the trainer writes and the window reads them.

Every part of the file is described here and nowhere else. A part that is added to version 1 has a
default, because reports of earlier runs lack it; both programs ignore parts that they do not know.
"""

import json
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    PlainSerializer,
    ValidationError,
    model_validator,
)

from labeler.contracts.reported_rule import ProposedGate, ReportedRule, RuleCell
from labeler.errors import LabelerError

FILE = "report.json"
VERSION = 1
"""Rises when a reader of the old form would misread the new one."""

FrameGroup = Literal["held_out", "out_of_fold", "frame_split", "training"]
"""Which frames figures are about, from the most to the least believable."""

_Seconds = Annotated[
    datetime, PlainSerializer(lambda time: time.isoformat(timespec="seconds"), return_type=str)
]


@dataclass(frozen=True)
class Confusion:
    """How many frames of each kind were predicted to be what."""

    tn: int
    """Failure, predicted failure."""
    fp: int
    """Failure, predicted success: what a policy learns to exploit."""
    fn: int
    """Success, predicted failure."""
    tp: int
    """Success, predicted success."""

    @property
    def accuracy(self) -> float:
        """Share of frames that are predicted as they are labelled; 0 of no frame."""
        return _share(self.tp + self.tn, self.tp + self.tn + self.fp + self.fn) or 0.0

    @property
    def precision(self) -> float | None:
        """tp / (tp + fp); None where no frame is predicted success."""
        return _share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float | None:
        """tp / (tp + fn); None where no frame is a success."""
        return _share(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None where there is no success, neither true nor predicted."""
        return _share(2 * self.tp, 2 * self.tp + self.fp + self.fn)


@dataclass(frozen=True)
class FrameFigures:
    """What is said about some frames; None where a figure is not defined for them."""

    frames: int
    positives: int
    """Frames labelled success."""
    accuracy: float
    precision: float | None
    """tp / (tp + fp); None where no frame is predicted success."""
    recall: float | None
    """tp / (tp + fn); None where no frame is a success."""
    f1: float | None
    average_precision: float | None
    """None where all frames are of one class."""
    roc_auc: float | None
    """None where all frames are of one class."""
    confusion: Confusion
    threshold: float


@dataclass(frozen=True)
class EpisodeFigures:
    """Figures of one episode at one threshold. Frames are counted from 0."""

    episode: int
    frames: int
    """How many of its frames are labelled."""
    first_success: int | None
    """First frame labelled success, the cutoff; None for an episode that never succeeds."""
    first_predicted: int | None
    """First frame predicted success; None if there is none."""
    delay: int | None
    """`first_predicted - first_success` in frames, negative when early; None if either is."""
    longest_false_run: int
    """Most consecutive failure frames predicted success."""
    false_positives: int
    misses: int
    """Success frames predicted failure."""


@dataclass(frozen=True)
class Curves:
    """Parallel values of length m, by rising threshold; frames above a threshold are successes.

    Raises:
        ValueError: the lengths differ, or are 0.
    """

    thresholds: tuple[float, ...]
    precision: tuple[float, ...]
    recall: tuple[float, ...]
    f1: tuple[float, ...]
    tp: tuple[int, ...] = ()
    """Successes above each threshold; empty in reports of earlier runs, and so is `fp`."""
    fp: tuple[int, ...] = ()
    """Failures above each threshold."""
    end: float = 1.0
    """The lowest threshold that no frame is above."""

    def __post_init__(self) -> None:
        lengths = {len(self.thresholds), len(self.precision), len(self.recall), len(self.f1)}
        if self.tp or self.fp:
            lengths |= {len(self.tp), len(self.fp)}
        if len(lengths) > 1 or lengths == {0}:
            raise ValueError(f"curves have to be of one length, not {sorted(lengths)}")


@dataclass(frozen=True)
class ChosenThreshold:
    """A threshold in [0, 1) and what it reaches on the frames it was chosen on."""

    threshold: float
    precision: float | None
    recall: float | None
    target: float
    """Precision that was asked for."""
    reached: bool
    sentence: str
    """How the threshold came about."""


@dataclass(frozen=True)
class Mistake:
    """A labelled frame and its probability: one predicted otherwise, or undecided."""

    episode: int
    frame: int
    label: bool
    """Whether it is labelled success."""
    probability: float


@dataclass(frozen=True)
class LikeFrames:
    """Frames that look alike and that the classifier gets wrong, or is undecided about."""

    kind: Literal["false positive", "undecided"]
    frames: int
    episodes: tuple[int, ...]
    sentence: str
    """What they have in common, as measured."""
    examples: tuple[Mistake, ...]
    """The worst of them, of different episodes first."""


@dataclass(frozen=True)
class HistoryPoint:
    """What was measured at one step of training; None where it was not."""

    step: int
    epoch: float
    train_loss: float | None = None
    held_out_loss: float | None = None
    held_out_accuracy: float | None = None
    learning_rate: float | None = None


@dataclass(frozen=True)
class DatasetSummary:
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
class EpisodeSplit:
    """Indices of the episodes in each part."""

    training: tuple[int, ...]
    held_out: tuple[int, ...]
    note: str = ""
    """How they were chosen."""


@dataclass(frozen=True)
class ReliabilityBin:
    """Frames of about one probability: its mean, and the share of them labelled success."""

    predicted: float
    observed: float
    frames: int


@dataclass(frozen=True)
class CalibrationFigures:
    """How far probabilities mean what they say, before and after they were calibrated.

    A logit before is divided by `temperature`, then `bias` is added: 1 and 0 if nothing was to be
    calibrated. Errors are expected calibration errors over bins of equal width.
    """

    temperature: float
    bias: float
    error: float
    error_before: float
    brier: float
    brier_before: float
    bins: tuple[ReliabilityBin, ...]
    """Of the calibrated probabilities, by rising probability; empty bins are left out."""


class RunReport(BaseModel):
    """Figures of a training run or an evaluation."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False, defer_build=True)

    version: Literal[1] = 1
    tool: str
    """Name and version of the program that wrote it."""
    time: _Seconds
    """With its time zone, to the second."""
    headline: str
    warnings: tuple[str, ...]
    """Sentences: what to be careful about."""
    dataset: DatasetSummary
    encoder: EncoderIdentity
    split: EpisodeSplit
    threshold: ChosenThreshold
    basis: FrameGroup
    """What `threshold` was chosen on; `episodes`, `curves` and `mistakes` are about them, too."""
    rule: ReportedRule | None = None
    """The decision rule chosen on the same frames; None if there is none."""
    gates: tuple[ProposedGate, ...] = ()
    """Gates that are not part of the rule and would improve it, best first."""
    rule_cells: tuple[RuleCell, ...] = ()
    """Other thresholds and holds with the rule's gates, row by row: holds ascending, in each the
    thresholds ascending; the rule is one of them. Empty without a rule."""
    calibration: CalibrationFigures | None = None
    """Of the frames of `basis`."""
    figures: dict[FrameGroup, FrameFigures]
    """The groups that are there."""
    episodes: tuple[EpisodeFigures, ...]
    curves: Curves | None
    """None where all frames are of one class."""
    mistakes: tuple[Mistake, ...]
    record_next: tuple[LikeFrames, ...] = ()
    """Groups of frames of which more should be recorded."""
    history: tuple[HistoryPoint, ...]
    config: dict[str, Any]
    """The settings, nested as in the settings file."""

    @model_validator(mode="after")
    def _basis_has_figures(self) -> "RunReport":
        if self.basis not in self.figures:
            raise ValueError(f"there are no figures of {self.basis}")
        return self

    @property
    def confusion(self) -> Confusion:
        """Counts of the frames of `basis` at the chosen threshold."""
        return self.figures[self.basis].confusion

    def confusion_at(self, threshold: float) -> Confusion:
        """The same at another threshold, as exactly as the curves in the report are."""
        chosen = self.confusion
        if threshold == self.threshold.threshold or self.curves is None:
            return chosen
        positives, negatives = chosen.tp + chosen.fn, chosen.fp + chosen.tn
        row = max(bisect_right(self.curves.thresholds, threshold) - 1, 0)
        if threshold >= self.curves.end:
            tp = fp = 0
        elif self.curves.tp:  # precision and recall are both 0 for any number of failures
            tp, fp = self.curves.tp[row], self.curves.fp[row]
        else:
            tp = round(self.curves.recall[row] * positives)
            precision = self.curves.precision[row]
            fp = min(round(tp / precision - tp), negatives) if precision > 0 else negatives
        return Confusion(tn=negatives - fp, fp=fp, fn=positives - tp, tp=tp)

    def text(self) -> str:
        """The JSON text of the file. Numbers that are not finite become null."""
        return self.model_dump_json(indent=2) + "\n"


def read_report(path: Path) -> RunReport:
    """Read a report.

    Raises:
        LabelerError: there is none, it is damaged, or it was written by a newer version.
    """
    cure = "Open the folder: report.html has the same."
    try:
        text = path.read_text(encoding="utf-8")
        if json.loads(text)["version"] != VERSION:
            raise LabelerError(f"{path} was written by a newer version of the trainer.", cure)
        return RunReport.model_validate_json(text, strict=True)
    except OSError as error:
        raise LabelerError(f"{path} cannot be read: {error.strerror}.", cure) from error
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError) as error:
        raise LabelerError(f"{path} is damaged.", cure) from error


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
