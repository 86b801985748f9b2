"""`reward_rule.json`: a rule as the step on the robot reads it (resources/robot/reward_rule.py)."""

import json
from collections.abc import Mapping

from labeler.decision.rule import Rule

FORMAT, VERSION = "labeler-reward-rule", 1


def robot_rule_text(rule: Rule, entries: Mapping[str, int | None]) -> str:
    """The file's JSON text.

    The robot's observation has no names, so gates name an entry by its number in the vector:
    `entries` gives it by `Gate.source`, None for a column of one number.

    Raises:
        KeyError: `entries` lacks a gate's source.
    """
    values = {
        "format": FORMAT,
        "version": VERSION,
        "text": rule.text,
        "threshold": rule.threshold,
        "hold": rule.hold,
        "release": rule.release,
        "gates": [
            {
                "column": gate.column,
                "index": entries[gate.source],
                "comparison": gate.comparison,
                "bound": gate.bound,
            }
            for gate in rule.gates
        ],
    }
    return json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
