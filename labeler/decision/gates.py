"""Gates on columns of the recording: their values, and which would help."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np

from labeler.decision.choosing import ChosenRule, choose_rule
from labeler.decision.firing import FrameScores, Numbers, first_successes
from labeler.decision.outcome import frames_text, rule_figures
from labeler.decision.rule import Comparison, Gate, Rule
from labeler.errors import UsageError

_PLAIN = Rule(threshold=0.5)
"""LeRobot's own: what it gets wrong shows what a gate could keep away."""
_LOOKED_AT = 6
"""Gates for which a rule is chosen once more, those that keep most away first."""


@dataclass(frozen=True)
class GateProposal:
    """A gate that would help, and the rules that are chosen without and with it."""

    gate: Gate
    before: ChosenRule
    after: ChosenRule

    @property
    def gain(self) -> int:
        """Falsely successful episodes that it removes."""
        return self.before.figures.false.count - self.after.figures.false.count

    @property
    def text(self) -> str:
        """What it changes, in words."""
        before, after = self.before.figures, self.after.figures
        return (
            f"falsely successful {before.false.count} → {after.false.count}, missed "
            f"{before.missed.count} → {after.missed.count} of {after.missed.of}, median delay "
            f"{_frames(before.delay(0.5))} → {_frames(after.delay(0.5))}, by the rule: "
            f"{self.after.rule.text}"
        )


def gate_values(gate: Gate, column: Numbers, names: tuple[str, ...]) -> Numbers:
    """The values that a gate compares, float64 (n,).

    column: (n,) or (n, entries), as the recording has them; names: of the entries, if it has any

    Raises:
        UsageError: the column has another shape, or no such entry.
    """
    if column.ndim == 1:
        if gate.entry is not None:
            raise UsageError(
                f"{gate.column} is one number a frame and has no entry {gate.entry}.",
                f"Compare {gate.column} itself.",
            )
        values = column
    elif column.ndim == 2:
        values = column[:, _entry(gate, column.shape[1], names)]
    else:
        raise UsageError(
            f"{gate.column} has {column.ndim - 1} dimensions a frame.",
            "Choose a column with one number or one vector a frame.",
        )
    return np.asarray(values, np.float64)


def require_useful(gate: Gate, values: Numbers) -> str:
    """Refuse a gate that is no condition in a recording with these values, float64 (n,).

    Comes back: what is to be said of values that are no numbers; empty if all are.

    Raises:
        UsageError: no value is a number, or all are the same.
    """
    known = np.isfinite(values)
    if not known.any():
        raise UsageError(
            f"{gate.source} is not a number in any frame.", "Choose a column that is recorded."
        )
    first = values[known][0]
    if known.all() and np.all(values == first):
        raise UsageError(
            f"{gate.source} is {first:g} in every frame, so a gate on it says nothing.",
            "Choose a column that changes.",
        )
    if known.all():
        return ""
    frames = "1 frame" if (count := int((~known).sum())) == 1 else f"{count:,} frames"
    return f"{gate.source} is not a number in {frames}; its gate is closed there."


def _entry(gate: Gate, entries: int, names: tuple[str, ...]) -> int:
    if gate.entry is None:
        listed = ", ".join(names) or f"0 to {entries - 1}"
        raise UsageError(
            f"{gate.column} is a vector.", f"Name one of its entries in brackets: {listed}."
        )
    if gate.entry in names:
        return names.index(gate.entry)
    if gate.entry.isdecimal() and int(gate.entry) < entries:
        return int(gate.entry)
    near = get_close_matches(gate.entry, names, 1)
    hint = f"Did you mean {near[0]}?" if near else f"It has {', '.join(names) or entries}."
    raise UsageError(f"{gate.column} has no entry {gate.entry}.", hint)


def propose_gates(
    scores: FrameScores,
    chosen: ChosenRule,
    fps: float,
    columns: Mapping[str, Numbers],
    *,
    hold: float | None = None,
    most: int = 3,
) -> tuple[GateProposal, ...]:
    """Gates with which a better rule can be chosen on the same frames, best first.

    Better is one with fewer falsely successful episodes, fewer missed ones or a smaller median
    delay, and with no more of the others. A gate is looked for where the chosen rule or one
    probability of one half is wrong: its bound lies between the values at frames that are decided
    rightly and those that are not; where these overlap, there is none.

    columns: values that could be compared, float64 (n,), by `Gate.source`
    hold: seconds, if it was not chosen
    """
    found: dict[tuple[str, str], GateProposal] = {}
    for gate in _separating(scores, chosen.rule, fps, columns):
        place = gate.source, gate.comparison
        if place in found:
            continue
        known = replace(scores, columns={**scores.columns, gate.source: columns[gate.source]})
        gates = (*chosen.rule.gates, gate)
        try:
            after = choose_rule(known, fps, limit=chosen.limit, gates=gates, hold=hold)
        except UsageError:  # with it, no rule is ever right
            continue
        proposal = GateProposal(gate, chosen, after)
        if _better(proposal):
            found[place] = proposal
    best = sorted(found.values(), key=lambda one: (_outcome(one.after), one.gate.source))
    return tuple(best[:most])


def _separating(
    scores: FrameScores, rule: Rule, fps: float, columns: Mapping[str, Numbers]
) -> list[Gate]:
    """Gates that are open where a rule is right and closed where it is wrong, the best first."""
    found: list[tuple[int, Gate]] = []
    for base in (rule, _PLAIN.model_copy(update={"gates": rule.gates})):
        fired = first_successes(scores, base, fps)
        decided = fired[fired >= 0]
        wrong, right = decided[~scores.labels[decided]], decided[scores.labels[decided]]
        before = rule_figures(scores, base, fps).false.count
        for source, values in columns.items():
            for gate in _between(source, values[right], values[wrong]):
                known = replace(scores, columns={**scores.columns, source: values})
                gated = base.model_copy(update={"gates": (*base.gates, gate)})
                removed = before - rule_figures(known, gated, fps).false.count
                found += [(removed, gate)] if removed > 0 else []
    found.sort(key=lambda one: -one[0])
    return [gate for _, gate in found[:_LOOKED_AT]]


def _between(source: str, right: Numbers, wrong: Numbers) -> Iterator[Gate]:
    """Gates open at every right frame and closed at one wrong frame at least.

    None rests on a single episode: without the right frame that is nearest to the wrong ones, the
    bound would still let that frame through.
    """
    if len(right) < 2 or not np.isfinite(right).all():
        return
    column, _, rest = source.partition("[")
    wrong, ordered = wrong[np.isfinite(wrong)], np.sort(right)
    sides: list[tuple[Comparison, Numbers, Numbers]] = [
        ("<", ordered[-2:], np.sort(wrong[wrong > ordered[-1]])[:1]),
        (">", ordered[1::-1], np.sort(wrong[wrong < ordered[0]])[-1:]),
    ]
    for comparison, (inner, limit), beyond in sides:
        if len(beyond) and abs(beyond[0] - limit) > abs(limit - inner):
            bound = _short_number(float(limit), float(beyond[0]))
            yield Gate(
                column=column, entry=rest.removesuffix("]") or None, comparison=comparison,
                bound=bound,
            )  # fmt: skip


def _short_number(one: float, other: float) -> float:
    """About halfway between two numbers, with as few digits as that takes."""
    middle, quarter = one + (other - one) / 2, abs(other - one) / 4
    for digits in range(1, 17):
        short = float(f"{middle:.{digits}g}")
        if abs(short - middle) < quarter:
            return short
    return middle


def _outcome(chosen: ChosenRule) -> tuple[int, int, float]:
    """Falsely successful and missed episodes, and the median delay in frames; less is better."""
    figures = chosen.figures
    delay = figures.delay(0.5)
    return figures.false.count, figures.missed.count, float("inf") if delay is None else delay


def _better(proposal: GateProposal) -> bool:
    before, after = _outcome(proposal.before), _outcome(proposal.after)
    return after < before and all(b <= a for a, b in zip(before, after, strict=True))


def _frames(delay: float | None) -> str:
    return "none" if delay is None else frames_text(delay)
