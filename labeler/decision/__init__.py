"""From probabilities to decisions: when a classifier's success counts, and what that rule costs."""

from labeler.decision.choosing import ChosenRule, choose_rule, rules_around
from labeler.decision.firing import Decider, FrameScores, decisions, first_successes
from labeler.decision.gates import GateProposal, gate_values, propose_gates, require_useful
from labeler.decision.outcome import (
    CONFIDENCE,
    Interval,
    Outcome,
    RuleFigures,
    outcomes,
    rule_figures,
)
from labeler.decision.rule import Gate, Rule, read_gate, robot_rule_text

__all__ = [
    "CONFIDENCE",
    "ChosenRule",
    "Decider",
    "FrameScores",
    "Gate",
    "GateProposal",
    "Interval",
    "Outcome",
    "Rule",
    "RuleFigures",
    "choose_rule",
    "decisions",
    "first_successes",
    "gate_values",
    "outcomes",
    "propose_gates",
    "read_gate",
    "require_useful",
    "robot_rule_text",
    "rule_figures",
    "rules_around",
]
