"""Where labels and a classifier that did not learn from them disagree: probable label errors."""

from collections.abc import Mapping
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from labeler.labels import EpisodeLabel, State
from labeler.labels.rewards import exclusion_mask
from labeler.review.scores import Scores
from labeler.review.suggestion import LOSS_COST, NEAR, Numbers, Suggestion, SuggestionKind, log_odds
from labeler.review.suggestion_columns import KINDS, SuggestionColumns, suggest_all
from labeler.review.words import reason

WORTH_A_LOOK = 3.0
"""Severity in nats from which on somebody should look at a label: odds of 20 to 1 against it."""

Mask = NDArray[np.bool_]
_CUTOFF, _NEVER = KINDS.index(SuggestionKind.CUTOFF), KINDS.index(SuggestionKind.NEVER)


class Disagreements:
    """Every label beside what the probabilities say, in columns of shape (episodes,).

    suggested: what is suggested, see `SuggestionColumns`
    scored, decided: bool, which episodes have probabilities, and a label for every frame
    severity: float64, nats by which the suggestion explains the probabilities better than the
        label does; 0 without a label or without probabilities
    state_differs: bool, "never" against some success

    Severity makes sense where labelled episodes were scored by a classifier that had not seen them.
    """

    def __init__(self, scores: Scores, labels: Mapping[int, EpisodeLabel]) -> None:
        count = len(scores)
        self.scores = scores
        self.scored: Mask = scores.scored()
        self.suggested: SuggestionColumns = suggest_all(_all_odds(scores, labels), scores.starts)
        self.decided: Mask = np.zeros(count, np.bool_)
        self.severity: Numbers = np.zeros(count)
        self.state_differs: Mask = np.zeros(count, np.bool_)
        self._near: Mask = np.zeros(count, np.bool_)
        self._labels: dict[int, EpisodeLabel] = {}
        self._compare(labels)

    def update(self, labels: Mapping[int, EpisodeLabel]) -> None:
        """Labels of some episodes are others now; costs what these episodes' frames cost."""
        starts = self.scores.starts
        for episode, label in labels.items():
            odds = self._odds(episode, label)
            found = suggest_all(odds, np.array([0, starts[episode + 1] - starts[episode]]))
            for column in fields(SuggestionColumns):
                getattr(self.suggested, column.name)[episode] = getattr(found, column.name)[0]
        self._compare(labels)

    def worth_a_look(self) -> NDArray[np.int64]:
        """Labelled episodes that somebody should look at, the largest disagreement first."""
        far = self.decided & self.scored & ~self._near & (self.severity >= WORTH_A_LOOK)
        found = np.flatnonzero(far)
        order = np.argsort(-self.severity[found], kind="stable")
        return found[order].astype(np.int64)

    def is_worth_a_look(self, episode: int) -> bool:
        """Whether the label of an episode is probably wrong."""
        checked = self.decided[episode] and self.scored[episode] and not self._near[episode]
        return bool(checked and self.severity[episode] >= WORTH_A_LOOK)

    def suggestion(self, episode: int) -> Suggestion | None:
        """What is suggested for an episode; None where it has no probabilities."""
        label = self._labels.get(episode)
        if label is None:
            label = EpisodeLabel(int(np.diff(self.scores.starts[episode : episode + 2])[0]))
        return self.scores.suggestion(label, episode)

    def reason(self, episode: int) -> str:
        """In words: `label 53, model says 61 with high confidence`; empty without both."""
        label, suggestion = self._labels.get(episode), self.suggestion(episode)
        if label is None or not label.decided or suggestion is None:
            return ""
        return reason(label, suggestion)

    def _compare(self, labels: Mapping[int, EpisodeLabel]) -> None:
        episodes = np.fromiter(labels, np.int64, len(labels))
        self._labels.update(labels)
        told = list(labels.values())
        decided = np.array([label.decided for label in told], np.bool_)
        never = np.array([label.state is State.NEVER for label in told], np.bool_)
        cutoffs = np.array([_cutoff(label) for label in told], np.int64)
        columns = self.suggested
        checked = decided & self.scored[episodes]
        lead = columns.gains[episodes] - self._gains(labels)
        self.decided[episodes] = decided
        self.severity[episodes] = np.where(checked, np.maximum(lead, 0.0), 0.0)
        kinds = columns.kinds[episodes]
        self.state_differs[episodes] = checked & (never != (kinds == _NEVER))
        apart = np.abs(cutoffs - columns.cutoffs[episodes])
        self._near[episodes] = (kinds == _CUTOFF) & (cutoffs >= 0) & (apart <= NEAR)

    def _gains(self, labels: Mapping[int, EpisodeLabel]) -> Numbers:
        """Log-likelihood of labels over "never", in nats, as `suggest` reckons it."""
        gains = np.zeros(len(labels))
        firsts = self.scores.starts
        bounds = [
            (place, int(firsts[episode]) + part.start, int(firsts[episode]) + part.end)
            for place, (episode, label) in enumerate(labels.items())
            for part in label.success
        ]
        if bounds:
            places, starts, ends = np.array(bounds, np.int64).T
            gains += np.bincount(places, self._sums(labels, starts, ends), len(labels))
        losses = [
            sum(part.end < label.length for part in label.success) for label in labels.values()
        ]
        return gains - LOSS_COST * np.array(losses, np.float64)

    def _sums(
        self, labels: Mapping[int, EpisodeLabel], starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> Numbers:
        """Log-odds summed over frame ranges that are given by their place in the recording."""
        order = np.argsort(starts, kind="stable")
        low, high = (int(self.scores.starts[e]) for e in (min(labels), max(labels) + 1))
        odds = np.concatenate((_odds_between(self.scores, labels, low, high), [0.0]))
        pairs = np.stack([starts[order], ends[order]], axis=1).ravel() - low
        sums = np.empty(len(starts))
        sums[order] = np.add.reduceat(odds, pairs)[::2]
        return sums

    def _odds(self, episode: int, label: EpisodeLabel) -> Numbers:
        first, end = (int(bound) for bound in self.scores.starts[episode : episode + 2])
        return _odds_between(self.scores, {episode: label}, first, end)


def _all_odds(scores: Scores, labels: Mapping[int, EpisodeLabel]) -> Numbers:
    return _odds_between(scores, labels, 0, len(scores.values))


def _odds_between(
    scores: Scores, labels: Mapping[int, EpisodeLabel], low: int, high: int
) -> Numbers:
    """Log-odds of the frames `low` to `high` - 1 of the recording; 0 where labels exclude them.

    All episodes of `labels` have to lie between.
    """
    odds = log_odds(scores.values[low:high])
    for episode, label in labels.items():
        if label.excluded:
            first = int(scores.starts[episode]) - low
            odds[first : first + label.length][exclusion_mask(label)] = 0.0
    return odds


def _cutoff(label: EpisodeLabel) -> int:
    return -1 if label.cutoff is None else label.cutoff
