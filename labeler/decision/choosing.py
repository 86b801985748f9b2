"""The rule that goes into a checkpoint, chosen on out-of-fold probabilities.

Of many rules, some are without a false episode by luck, and the quickest of them are those with
most luck: they stop just above the highest false probability that was seen. So a rule has to keep a
distance from what was seen. How large, and how late it may be for that, was chosen on the tasks for
choosing of `tests.bench.decision`.
"""

import math
from dataclasses import dataclass

import numpy as np

from labeler.decision.firing import FrameScores, Integers, first_at, open_gates
from labeler.decision.margin import Margins, lowest_of_runs, margins_of
from labeler.decision.outcome import RuleFigures, rule_figures
from labeler.decision.rule import Gate, Rule
from labeler.errors import UsageError

_THRESHOLDS = 60
"""Thresholds that are tried; at so many quantiles of the probabilities that occur."""
_SHOWN = 12
"""Thresholds that a rule is compared with."""
_LONGEST = 1.0
"""Seconds of the longest hold that is tried: nobody wants a reward later than that."""
_MARGIN = 1.0
"""Log-odds that probabilities may be off without another wrong episode, where there is a choice."""
_LATE = 0.3
"""Seconds of median delay up to which a rule is taken for its margin."""
_EVEN = 0.5
"""Lower thresholds are taken only where all others have more false or missed episodes."""


@dataclass(frozen=True)
class ChosenRule:
    """A rule and what it does to the episodes that it was chosen on."""

    rule: Rule
    figures: RuleFigures
    limit: float
    """Share of falsely successful episodes that was allowed."""
    reached: bool
    """Whether the rule stays within it."""
    margin: float
    """Log-odds by which probabilities may be higher without another falsely successful episode."""

    @property
    def sentence(self) -> str:
        """How the rule came about, and what is not known."""
        seen = self.figures.false
        allowed = "no falsely successful episode" if not self.limit else f"≤ {self.limit:.0%} false"
        if self.reached:
            text = f"Fewest misses with {allowed} of {seen.of}{self._even_so}."
        else:
            text = f"No rule has {allowed}; this one has fewest: {seen.count} of {seen.of}."
        if not self.figures.false_never.of:
            text += " There was no episode without success, so nothing is known about those."
        return text

    @property
    def _even_so(self) -> str:
        factor = math.exp(min(self.margin, math.log(10)))
        return f", even with odds {factor:.2g} times as high" if factor >= 1.05 else ""


def choose_rule(
    scores: FrameScores,
    fps: float,
    *,
    limit: float = 0.0,
    gates: tuple[Gate, ...] = (),
    hold: float | None = None,
) -> ChosenRule:
    """The quickest safe rule whose share of falsely successful episodes is at most `limit`.

    Among the rules within the limit, or without any, those with fewest false episodes, it is one
    that misses fewest, with a threshold of one half or more if there is one. Of these it is the
    quickest that leaves a margin: probabilities may be off by a factor in their odds, less far down
    than up, and no other episode is decided wrongly. Where none has a margin so large, it is
    the one with the largest up to a certain delay. A `hold` in seconds is taken as it is.

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
    tried = [one for one in candidates(scores, fps, gates, holds) if one.works]
    if not tried:
        raise UsageError(
            "No threshold decides any episode correctly, so no rule can be chosen.",
            "Check the labels and the images, then train again.",
        )
    allowed = [one for one in tried if one.false <= limit * len(scores.starts)]
    fewest = min(one.false for one in tried)
    chosen = _best(allowed or [one for one in tried if one.false == fewest], fps)
    seconds = round(chosen.hold / fps, 4) if hold is None else hold
    rule = Rule(threshold=chosen.threshold, hold=seconds, gates=gates)
    return ChosenRule(rule, rule_figures(scores, rule, fps), limit, bool(allowed), chosen.margin)


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
    margin: float
    """Log-odds by which probabilities may be off without another wrong episode."""

    @property
    def works(self) -> bool:
        """Whether any episode is decided rightly; a rule that never fires is no rule."""
        return self.median_delay < float("inf")


def _best(rest: list[Candidate], fps: float) -> Candidate:
    """The quickest of those that miss fewest and have a margin, or the one with the largest."""
    missed = min(one.missed for one in rest)
    rest = [one for one in rest if one.missed == missed]
    rest = [one for one in rest if one.threshold >= _EVEN] or rest
    late = max(_LATE * fps, min(one.median_delay for one in rest))
    rest = [one for one in rest if one.median_delay <= late]
    enough = min(_MARGIN, max(one.margin for one in rest))
    safe = [one for one in rest if one.margin >= enough]
    return min(safe, key=lambda one: (one.median_delay, -one.margin, one.hold))


def candidates(
    scores: FrameScores,
    fps: float,
    gates: tuple[Gate, ...] = (),
    holds: tuple[int, ...] | None = None,
) -> list[Candidate]:
    """Every threshold with every hold (up to a second, unless given in frames), and its outcome."""
    seen = np.where(open_gates(scores, gates), scores.probabilities, -np.inf)
    cutoffs = first_at(scores, scores.labels)
    thresholds, result = thresholds_of(scores), []
    for hold in holds or holds_of(fps):
        lowest = lowest_of_runs(seen, scores.breaks, hold)
        margins = margins_of(scores, lowest, cutoffs)
        for threshold in thresholds:
            fired = first_at(scores, lowest >= threshold)
            result.append(_candidate(scores, threshold, hold, fired, cutoffs, margins))
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
    scores: FrameScores,
    threshold: float,
    hold: int,
    fired: Integers,
    cutoffs: Integers,
    margins: Margins,
) -> Candidate:
    decided = fired >= 0
    right = decided & scores.labels[fired]
    false, missed = decided & ~right, (cutoffs >= 0) & ~decided
    delays = scores.frames[fired[right]] - scores.frames[cutoffs[right]]
    return Candidate(
        threshold,
        hold,
        int(false.sum()),
        int(missed.sum()),
        float(np.median(delays)) if len(delays) else float("inf"),
        margins.at(threshold, false, missed),
    )
