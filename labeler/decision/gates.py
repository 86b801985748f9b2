"""Gates on columns of the recording: their values, and which would help."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np

from labeler.decision.firing import FrameScores, Numbers, first_successes
from labeler.decision.outcome import RuleFigures, rule_figures
from labeler.decision.rule import Comparison, Gate, Rule
from labeler.errors import UsageError


@dataclass(frozen=True)
class GateProposal:
    """A gate that removes falsely successful episodes, and what it costs."""

    gate: Gate
    before: RuleFigures
    after: RuleFigures

    @property
    def gain(self) -> int:
        """Falsely successful episodes that it removes."""
        return self.before.false.count - self.after.false.count

    @property
    def text(self) -> str:
        """What it does, in words."""
        before, after = self.before.delay(0.5), self.after.delay(0.5)
        return (
            f"{self.gate.text}: falsely successful {self.before.false.count} → "
            f"{self.after.false.count}, missed {self.before.missed.count} → "
            f"{self.after.missed.count}, median delay {_frames(before)} → {_frames(after)}"
        )


def gate_values(gate: Gate, column: Numbers, names: tuple[str, ...]) -> Numbers:
    """The values that a gate compares, float64 (n,).

    column: (n,) or (n, entries), as the recording has them; names: of the entries, if it has any

    Raises:
        UsageError: the column has another shape, no such entry, or one value everywhere.
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
    if len(values) and np.all(values == values[0]):
        raise UsageError(
            f"{gate.source} is {values[0]:g} in every frame, so a gate on it says nothing.",
            "Choose a column that changes.",
        )
    return np.asarray(values, np.float64)


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
    scores: FrameScores, rule: Rule, fps: float, columns: Mapping[str, Numbers], most: int = 5
) -> tuple[GateProposal, ...]:
    """Gates that remove falsely successful episodes without a miss or a delay more, best first.

    columns: values that could be compared, float64 (n,), by `Gate.source`. The bound lies halfway
    between the frames at which the rule is right and those at which it is wrong; where these
    overlap, no gate is proposed.
    """
    fired = first_successes(scores, rule, fps)
    decided = fired[fired >= 0]
    wrong = decided[~scores.labels[decided]]
    right = decided[scores.labels[decided]]
    if not len(wrong) or not len(right):
        return ()
    before = rule_figures(scores, rule, fps)
    found = []
    for source, values in columns.items():
        for gate in _separating(source, values[right], values[wrong]):
            with_gate = rule.model_copy(update={"gates": (*rule.gates, gate)})
            known = {**scores.columns, source: values}
            after = rule_figures(replace(scores, columns=known), with_gate, fps)
            proposal = GateProposal(gate, before, after)
            if proposal.gain > 0 and not _costs(before, after):
                found.append(proposal)
    found.sort(key=lambda one: (-one.gain, one.gate.source))
    return tuple(found[:most])


def _separating(source: str, right: Numbers, wrong: Numbers) -> list[Gate]:
    """Gates open at every right frame and closed at one wrong frame at least."""
    column, _, rest = source.partition("[")
    entry = rest.rstrip("]") or None
    if not (np.isfinite(right).all() and np.isfinite(wrong).any()):
        return []
    wrong = wrong[np.isfinite(wrong)]
    sides: list[tuple[Comparison, float, Numbers]] = [
        ("<", float(right.max()), wrong[wrong > right.max()]),
        (">", float(right.min()), wrong[wrong < right.min()]),
    ]
    result = []
    for comparison, limit, beyond in sides:
        if len(beyond):
            nearest = float(beyond.min() if comparison == "<" else beyond.max())
            bound = float(np.float32(limit + (nearest - limit) / 2))
            result.append(Gate(column=column, entry=entry, comparison=comparison, bound=bound))
    return result


def _costs(before: RuleFigures, after: RuleFigures) -> bool:
    if after.missed.count > before.missed.count:
        return True
    was, now = before.delay(0.5), after.delay(0.5)
    return was is not None and (now is None or now > was)


def _frames(delay: float | None) -> str:
    return "none" if delay is None else f"{delay:g} frames"
