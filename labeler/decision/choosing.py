"""The rule that goes into a checkpoint, chosen on out-of-fold probabilities."""

from dataclasses import dataclass

import numpy as np

from labeler.decision.firing import FrameScores, Integers, first_at, open_gates, run_lengths
from labeler.decision.outcome import RuleFigures, rule_figures
from labeler.decision.rule import Gate, Rule
from labeler.errors import UsageError

_THRESHOLDS = 60
"""Thresholds that are tried; at so many quantiles of the probabilities that occur."""
_SHOWN = 12
"""Thresholds that a rule is compared with."""
_LONGEST = 1.0
"""Seconds of the longest hold that is tried: nobody wants a reward later than that."""


@dataclass(frozen=True)
class ChosenRule:
    """A rule and what it does to the episodes that it was chosen on."""

    rule: Rule
    figures: RuleFigures
    limit: float
    """Share of falsely successful episodes that was allowed."""
    reached: bool
    """Whether the rule stays within it."""

    @property
    def sentence(self) -> str:
        """How the rule came about, and what is not known."""
        seen = self.figures.false
        allowed = "no falsely successful episode" if not self.limit else f"≤ {self.limit:.0%} false"
        if self.reached:
            text = f"Fewest misses, then smallest median delay, with {allowed} of {seen.of}."
        else:
            text = f"No rule has {allowed}; this one has fewest: {seen.count} of {seen.of}."
        if not self.figures.false_never.of:
            text += " There was no episode without success, so nothing is known about those."
        return text


def choose_rule(
    scores: FrameScores,
    fps: float,
    *,
    limit: float = 0.0,
    gates: tuple[Gate, ...] = (),
    hold: float | None = None,
    thresholds: tuple[float, ...] | None = None,
) -> ChosenRule:
    """The quickest rule whose share of falsely successful episodes is at most `limit`.

    Among those rules it is one that misses fewest episodes, of these the one with the smallest
    median delay, and of these the one in the middle of the thresholds that do the same. If no rule
    stays within the limit, it is the one with fewest false episodes. A `hold` in seconds
    is taken as it is.

    Raises:
        UsageError: no frame is a success, no rule is ever right, or `limit` is not in [0, 1].
    """
    if not 0 <= limit <= 1:
        raise UsageError(f"The limit of false episodes is {limit}.", "Give a share in [0, 1].")
    if not scores.labels.any():
        raise UsageError(
            "No frame is labelled success, so no rule can be chosen.",
            "Label at least one episode with success.",
        )
    holds = None if hold is None else (Rule(hold=hold).hold_frames(fps),)
    tried = [one for one in candidates(scores, fps, gates, thresholds, holds) if one.works]
    if not tried:
        raise UsageError(
            "No threshold decides any episode correctly, so no rule can be chosen.",
            "Check the labels and the images, then train again.",
        )
    allowed = [one for one in tried if one.false <= limit * len(scores.starts)]
    fewest = min(one.false for one in tried)
    chosen = _best(allowed or [one for one in tried if one.false == fewest])
    seconds = round(chosen.hold / fps, 4) if hold is None else hold
    rule = Rule(threshold=chosen.threshold, hold=seconds, gates=gates)
    return ChosenRule(rule, rule_figures(scores, rule, fps), limit, bool(allowed))


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one threshold with one hold does."""

    threshold: float
    hold: int
    """Frames."""
    false: int
    missed: int
    median_delay: float
    """Frames; infinite where no episode is decided rightly."""

    @property
    def works(self) -> bool:
        """Whether any episode is decided rightly; a rule that never fires is no rule."""
        return self.median_delay < float("inf")

    @property
    def cost(self) -> tuple[int, float, int]:
        """What is compared between rules that are allowed; less is better."""
        return self.missed, self.median_delay, self.hold


def _best(rest: list[Candidate]) -> Candidate:
    """One of the cheapest: the middle of their thresholds."""
    best = min(one.cost for one in rest)
    equal = sorted((one for one in rest if one.cost == best), key=lambda one: one.threshold)
    return equal[len(equal) // 2]


def candidates(
    scores: FrameScores,
    fps: float,
    gates: tuple[Gate, ...] = (),
    thresholds: tuple[float, ...] | None = None,
    holds: tuple[int, ...] | None = None,
) -> list[Candidate]:
    """Every threshold with every hold (up to a second, unless given in frames), and its outcome."""
    gate = open_gates(scores, gates)
    cutoffs = first_at(scores, scores.labels)
    result = []
    for threshold in thresholds or thresholds_of(scores):
        length = run_lengths(gate & (scores.probabilities >= threshold), scores.breaks)
        for hold in holds or holds_of(fps):
            fired = first_at(scores, length >= hold)
            result.append(_candidate(scores, threshold, hold, fired, cutoffs))
    return result


def thresholds_of(scores: FrameScores) -> tuple[float, ...]:
    """Thresholds worth trying, ascending: spread over the probabilities that occur."""
    steps = np.linspace(0, 1, _THRESHOLDS)
    spread = np.concatenate([np.quantile(scores.probabilities, steps), steps])
    rounded = np.unique(np.round(spread, 3))
    return tuple(float(value) for value in rounded if 0 < value < 1) or (0.5,)


def holds_of(fps: float) -> tuple[int, ...]:
    """Holds worth trying, in frames, ascending: from one frame to a second."""
    longest = max(1, round(_LONGEST * fps))
    return tuple(int(n) for n in np.unique(np.geomspace(1, longest, 8).round()))


def rules_around(scores: FrameScores, rule: Rule, fps: float) -> tuple[Rule, ...]:
    """Rules with the same gates to compare a rule with, itself among them.

    Holds ascend, and within each the thresholds.
    """
    tried = np.array(thresholds_of(scores))
    places = np.unique(np.linspace(0, len(tried) - 1, _SHOWN).round().astype(np.int64))
    thresholds = sorted({*tried[places].tolist(), rule.threshold})
    holds = {rule.hold_frames(fps): rule.hold}
    for frames in holds_of(fps):
        holds.setdefault(frames, round(frames / fps, 4))
    return tuple(
        Rule(threshold=threshold, hold=seconds, gates=rule.gates)
        for _, seconds in sorted(holds.items())
        for threshold in thresholds
    )


def _candidate(
    scores: FrameScores, threshold: float, hold: int, fired: Integers, cutoffs: Integers
) -> Candidate:
    decided = fired >= 0
    right = decided & scores.labels[fired]
    delays = scores.frames[fired[right]] - scores.frames[cutoffs[right]]
    return Candidate(
        threshold,
        hold,
        int((decided & ~right).sum()),
        int(((cutoffs >= 0) & ~decided).sum()),
        float(np.median(delays)) if len(delays) else float("inf"),
    )
