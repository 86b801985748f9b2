"""What `report.json` of a finished run says, for the window. Knows no window."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeler.errors import LabelerError

VERSION = 1
_CURVES = "thresholds", "precision", "recall"
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Episode:
    """One episode at the chosen threshold; delay in frames, None if either side is missing."""

    episode: int
    delay: int | None
    false_positives: int
    longest_false_run: int
    misses: int


@dataclass(frozen=True)
class Mistake:
    """A frame judged otherwise than it is labelled."""

    episode: int
    frame: int
    label: bool
    probability: float


@dataclass(frozen=True)
class Counts:
    """Frames judged at one threshold."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def precision(self) -> float | None:
        """Share of frames predicted success that are."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else None

    @property
    def recall(self) -> float | None:
        """Share of success frames that are found."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else None

    @property
    def accuracy(self) -> float:
        """Share of frames judged as labelled."""
        return (self.tp + self.tn) / max(self.tp + self.fp + self.fn + self.tn, 1)


@dataclass(frozen=True, eq=False)
class RunReport:
    """Figures of a run.

    thresholds, precision, recall: float64, shape (m,), by rising threshold; empty where all frames
    that it is judged by are of one class
    """

    headline: str
    warnings: tuple[str, ...]
    threshold: float
    sentence: str
    basis: str
    chosen: Counts
    thresholds: Numbers
    precision: Numbers
    recall: Numbers
    episodes: tuple[Episode, ...]
    mistakes: tuple[Mistake, ...]

    def at(self, threshold: float) -> Counts:
        """Frames judged at another threshold, as exactly as the curves in the report are."""
        if threshold == self.threshold or not len(self.thresholds):
            return self.chosen
        positives = self.chosen.tp + self.chosen.fn
        negatives = self.chosen.fp + self.chosen.tn
        row = max(int(np.searchsorted(self.thresholds, threshold, side="right")) - 1, 0)
        tp = round(float(self.recall[row]) * positives)
        precision = float(self.precision[row])
        fp = min(round(tp / precision - tp), negatives) if precision > 0 else negatives
        return Counts(tp, fp, positives - tp, negatives - fp)


def read_report(path: Path) -> RunReport:
    """Read a report.

    Raises:
        LabelerError: there is none, or it is not of a form that is known here.
    """
    cure = "Open the folder: report.html has the same."
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values["version"] != VERSION:
            raise LabelerError(f"{path} is of a newer version of the trainer.", cure)
        return _report(values)
    except OSError as error:
        raise LabelerError(f"{path} cannot be read: {error.strerror}.", cure) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LabelerError(f"{path} is damaged.", cure) from error


def _report(values: Mapping[str, Any]) -> RunReport:
    basis = values["basis"]
    curves = values["curves"] or {"thresholds": [], "precision": [], "recall": []}
    columns = [np.array(curves[name], dtype=np.float64) for name in _CURVES]
    if any(one.ndim != 1 or one.shape != columns[0].shape for one in columns):
        raise ValueError("the curves are of different lengths")
    if not all(np.isfinite(one).all() for one in columns):
        raise ValueError("a curve has a number that is none")
    return RunReport(
        headline=values["headline"],
        warnings=tuple(values["warnings"]),
        threshold=float(values["threshold"]["threshold"]),
        sentence=values["threshold"]["sentence"],
        basis=basis.replace("_", "-"),
        chosen=_counts(values["figures"][basis]["confusion"]),
        thresholds=columns[0],
        precision=columns[1],
        recall=columns[2],
        episodes=tuple(_of(Episode, one) for one in values["episodes"]),
        mistakes=tuple(_of(Mistake, one) for one in values["mistakes"]),
    )


def _counts(values: Mapping[str, Any]) -> Counts:
    if not all(type(count) is int for count in values.values()):
        raise TypeError("a count is no whole number")
    return Counts(**values)


def _of(kind: Any, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one of two records
    return kind(**{name: values[name] for name in kind.__dataclass_fields__})


def hil_serl_config(card: Path) -> str:
    """The JSON to paste into a HIL-SERL configuration, from a checkpoint's README.md.

    Raises:
        LabelerError: there is none in it.
    """
    try:
        text = card.read_text(encoding="utf-8")
    except OSError as error:
        raise LabelerError(f"{card} cannot be read: {error.strerror}.") from error
    _, _, after = text.partition("## HIL-SERL")
    _, fence, block = after.partition("```json\n")
    block, end, _ = block.partition("```")
    if not fence or not end:
        raise LabelerError(f"{card} has no block for HIL-SERL.", "Train again.")
    return block.strip() + "\n"
