"""Settings that were compared on the same folds: which one did best, and what that is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from math import sqrt
from statistics import fmean, stdev

import numpy as np

from classifier.evaluate.figures import figures
from classifier.evaluate.page import page
from classifier.evaluate.scored_frames import ScoredFrames
from classifier.evaluate.tables import plain_table
from classifier.evaluate.wording import number, percent, quantity

_HALF = 1 / 2
_LEAST = 1e-7  # of a probability whose logarithm is taken


@dataclass(frozen=True)
class FoldFigures:
    """How one training does on the frames of the episodes that it did not see, at threshold 0.5.

    log_loss: mean of minus the logarithm of the probability of what is true, in nats
    failure: why there are no figures; empty where there are
    """

    frames: int = 0
    positives: int = 0
    accuracy: float | None = None
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    average_precision: float | None = None
    roc_auc: float | None = None
    log_loss: float | None = None
    failure: str = ""


def fold_figures(scored: ScoredFrames) -> FoldFigures:
    """The figures of the frames that a fold held out.

    Raises:
        LabelerError: there is no frame.
    """
    from sklearn import metrics  # takes a second; a training needs it at its end only

    found = figures(scored, _HALF)
    probabilities = np.clip(scored.probabilities, _LEAST, 1 - _LEAST)
    return FoldFigures(
        frames=found.frames,
        positives=found.positives,
        accuracy=found.accuracy,
        precision=found.precision,
        recall=found.recall,
        f1=found.f1,
        average_precision=found.average_precision,
        roc_auc=found.roc_auc,
        log_loss=float(metrics.log_loss(scored.labels, probabilities, labels=[False, True])),
    )


@dataclass(frozen=True)
class ComparedSetting:
    """A setting with the figures of its trainings.

    number: its place in the sweep, from 1
    folds: by seed and fold, the same ones for every setting
    """

    number: int
    text: str
    folds: Mapping[tuple[int, int], FoldFigures]

    @property
    def failures(self) -> list[str]:
        """Why trainings have no figures, each reason once."""
        return list(dict.fromkeys(one.failure for one in self.folds.values() if one.failure))

    def mean(self, name: str) -> float | None:
        """A figure over all trainings, weighted by frames; None where one of them has none."""
        values = [getattr(one, name) for one in self.folds.values()]
        if not values or None in values:
            return None
        return float(np.average(values, weights=[one.frames for one in self.folds.values()]))

    @property
    def lowest(self) -> float | None:
        """Accuracy of the fold that went worst."""
        found = [one.accuracy for one in self.folds.values() if one.accuracy is not None]
        return min(found, default=None)


@dataclass(frozen=True)
class SettingsComparison:
    """All settings of a sweep, in its order."""

    settings: Sequence[ComparedSetting]
    dataset: str

    @cached_property
    def ranked(self) -> list[ComparedSetting]:
        """From the most accurate to the least; the lower log loss first where that is equal."""

        def place(one: ComparedSetting) -> tuple[float, float, int]:
            accuracy, loss = one.mean("accuracy"), one.mean("log_loss")
            if accuracy is None or loss is None:
                return 1.0, 0.0, one.number
            return -accuracy, loss, one.number

        return sorted(self.settings, key=place)

    @property
    def best(self) -> ComparedSetting | None:
        """The first of the ranked ones; None where it failed, too."""
        first = self.ranked[0]
        return None if first.mean("accuracy") is None else first

    @property
    def sentences(self) -> list[str]:
        """What the figures are of, and what to be careful about."""
        trainings = quantity(len(self.settings[0].folds), "training")
        found = [
            f"Each line is of {trainings}, on frames of episodes that these had not seen, at "
            "threshold 0.5; the same episodes for every setting."
        ]
        if self.best is None:
            return [*found, "No setting could be trained on every fold."]
        if len(self.settings) > 1:
            found.append(
                f"The best of {len(self.settings)} settings was chosen on these very folds, so its "
                "figure flatters. Evaluate it on a recording that was not part of them."
            )
        if alike := self._as_good():
            found.append(
                f"{quantity(alike, 'other setting')} cannot be told from it: the difference in "
                "accuracy from fold to fold is within its standard error."
            )
        return found

    def _as_good(self) -> int:
        """Settings whose paired difference to the best one is within one standard error."""
        count = 0
        for other in self.ranked[1:]:
            pairs = [
                (mine.accuracy, other.folds[key].accuracy)
                for key, mine in self.ranked[0].folds.items()
            ]
            gaps = [a - b for a, b in pairs if a is not None and b is not None]
            if len(gaps) == len(pairs) > 1:
                count += fmean(gaps) <= stdev(gaps) / sqrt(len(gaps))
        return count

    def rows(self) -> list[list[str]]:
        """A line of text for each setting, the best first; headed by `HEAD`."""
        return [
            [
                f"{one.number}: {one.text or 'as configured'}",
                percent(one.mean("accuracy")),
                percent(one.lowest),
                number(one.mean("average_precision")),
                number(one.mean("log_loss")),
                "; ".join(one.failures),
            ]
            for one in self.ranked
        ]


HEAD = ("Setting", "Accuracy", "Worst fold", "Average precision", "Log loss", "Failed")


def comparison_html(comparison: SettingsComparison, trainings: Sequence[Sequence[str]]) -> str:
    """A page with the table of settings, and one line for each training below it.

    trainings: the first line is the head
    """
    best = comparison.best
    title = (
        "No setting could be trained"
        if best is None
        else f"Setting {best.number} does best: {percent(best.mean('accuracy'))} of frames right"
    )
    said = "".join(f"<li>{escape(one)}</li>" for one in comparison.sentences)
    head, *rows = trainings
    return page(
        title,
        f'<header>\n<p class="origin">Settings compared on {escape(comparison.dataset)}</p>\n'
        f"<h1>{escape(title)}</h1>\n</header>",
        f'<aside class="warnings" aria-label="Warnings"><ul>{said}</ul></aside>',
        plain_table(HEAD, comparison.rows()),
        f"<section>\n<h2>Every training</h2>\n{plain_table(head, rows)}\n</section>",
    )
