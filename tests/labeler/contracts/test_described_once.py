"""What both programs read or write is described in `labeler.contracts`, and only there."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CONTRACTS = ROOT / "labeler" / "contracts"
FILES = sorted(path for name in ("labeler", "classifier") for path in (ROOT / name).rglob("*.py"))
# Names that occur in one format only; who has one of them as a string reads or writes it by hand.
DESCRIBED = {
    "report.py": {
        "report.json", "longest_false_run", "first_predicted", "held_out_accuracy",
    },
    "reported_rule.py": {"false_early", "median_delay"},
    "checkpoint.py": {"labeler.json", "## HIL-SERL"},
    "events.py": {"best_step", "frames_per_second", "preview started", "latency_ms"},
    "hub_answer.py": {"labeler-hub-status", "only_there", "same_source", "lerobot_home"},
}  # fmt: skip
BY_ATTRIBUTE = {"held_out_accuracy"}  # the chart takes series by name, the history makes points


@pytest.mark.parametrize("module", DESCRIBED)
def test_a_format_is_described_once(module: str) -> None:
    there = strings(CONTRACTS / module) | names(CONTRACTS / module)
    assert DESCRIBED[module] <= there
    found = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in FILES
        if path != CONTRACTS / module
        for text in strings(path) & (DESCRIBED[module] - BY_ATTRIBUTE)
    }
    assert not found


def strings(path: Path) -> set[str]:
    """Strings of a module but for docstrings."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def names(path: Path) -> set[str]:
    """Names of the fields that a module declares."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    return {
        ast.unparse(node.target) for node in ast.walk(module) if isinstance(node, ast.AnnAssign)
    }


def test_a_second_description_is_seen(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text('ROWS = [one["longest_false_run"] for one in values["episodes"]]')
    assert strings(planted) & DESCRIBED["report.py"]
