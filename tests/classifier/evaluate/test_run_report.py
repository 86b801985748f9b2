"""`report.json` as the trainer writes it and the window reads it: one description for both."""

import json
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

from classifier.evaluate import (
    calibration_figures,
    evaluate,
    figures,
    run_report,
    scores_of,
)
from labeler.contracts.report import RunReport, read_report
from labeler.contracts.reported_rule import ProposedGate
from labeler.decision import Gate, Rule, rule_figures
from tests.classifier.evaluate.cases import any_order, one_episode, recording, report

LATER = {"RunReport": {"rule", "gates", "rule_cells", "calibration", "record_next"}}
"""Parts that were added to version 1, which reports of earlier runs lack."""


def full() -> RunReport:
    """A report with every part, a decision rule too."""
    evaluation = evaluate(held_out=recording((1, 3, 7)), training=recording((0, 2)), fps=10.0)
    assert evaluation.rule is not None
    calibration = calibration_figures(evaluation.scored, 0.5, 0.1)
    return run_report(report(evaluation=evaluation, calibration=calibration))


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    written = full()
    path = tmp_path / "report.json"
    path.write_text(written.text(), encoding="utf-8")
    assert read_report(path) == written
    assert written.rule is not None and written.rule.text in path.read_text(encoding="utf-8")


def test_gates_of_a_rule_are_kept(tmp_path: Path) -> None:
    written = full()
    assert written.rule is not None
    gate = Gate(column="observation.state", entry="gripper.pos", comparison="<", bound=30)
    gated = written.model_copy(
        update={
            "rule": written.rule.model_copy(update={"gates": (gate,), "release": 0.1}),
            "gates": (ProposedGate("x < 1", "falsely successful 1 → 0", written.rule),),
        }
    )
    path = tmp_path / "report.json"
    path.write_text(gated.text(), encoding="utf-8")
    assert read_report(path) == gated


def test_cells_say_what_their_rule_does() -> None:
    evaluation = evaluate(held_out=recording((1, 3, 7)), fps=10.0)
    written = run_report(report(evaluation=evaluation))
    assert written.rule is not None
    places = [(cell.hold, cell.threshold) for cell in written.rule_cells]
    assert places == sorted(places)
    assert (written.rule.hold, written.rule.threshold) in places
    thresholds = {threshold for _, threshold in places}
    assert len(places) == len({hold for hold, _ in places}) * len(thresholds)
    for cell in written.rule_cells:
        rule = Rule(threshold=cell.threshold, hold=cell.hold)
        found = rule_figures(scores_of(evaluation.scored), rule, 10.0)
        assert (len(cell.false), len(cell.missed)) == (found.false.count, found.missed.count)
        assert cell.median_delay == found.delay_seconds(0.5)
    assert any(cell.false for cell in written.rule_cells)
    for episode, frame in written.rule_cells[0].false:
        at = evaluation.scored.select(evaluation.scored.episodes == episode)
        assert not at.labels[at.frames == frame][0]


def test_the_trainer_gives_every_part() -> None:
    written = full()
    assert written.model_fields_set == set(RunReport.model_fields) - {"version"}
    assert written.rule is not None
    assert written.rule.model_fields_set == set(type(written.rule).model_fields)


def test_a_part_that_the_trainer_forgets_is_an_error() -> None:
    # A field with a default could be forgotten in silence, so none has one without a reason.
    assert {name: found for name, found in defaults(RunReport).items() if found} == {
        "RunReport": {"version"} | LATER["RunReport"],
        "Rule": {"threshold", "hold", "release", "gates"},  # what a rule is without being told
        "Gate": {"entry"},
        "HistoryPoint": {"train_loss", "held_out_loss", "held_out_accuracy", "learning_rate"},
        "RuleOutcome": {"sentences"},
        "RuleCell": {"sentences"},
        "EncoderIdentity": {"note"},
        "EpisodeSplit": {"note"},
        "Curves": {"tp", "fp", "end"},  # reports of earlier runs have none
    }


def defaults(kind: type, seen: dict[str, set[str]] | None = None) -> dict[str, set[str]]:
    """Fields with a default by class, of a record and of all records inside."""
    seen = {} if seen is None else seen
    hints: dict[str, Any]
    if is_dataclass(kind):
        seen[kind.__name__] = {f.name for f in fields(kind) if f.default is not MISSING}
        hints = {f.name: kind.__annotations__[f.name] for f in fields(kind)}
    else:
        assert issubclass(kind, BaseModel)
        own = {name: f for name, f in kind.model_fields.items() if name in kind.__annotations__}
        seen[kind.__name__] = {name for name, f in own.items() if not f.is_required()}
        hints = {name: f.annotation for name, f in own.items()}
        for base in kind.__bases__:
            if base is not BaseModel and issubclass(base, BaseModel):
                defaults(base, seen)
    for hint in hints.values():
        for inner in records(hint):
            if inner.__name__ not in seen:
                defaults(inner, seen)
    return seen


def records(hint: Any) -> list[type]:
    """Records that occur in an annotation."""
    if isinstance(hint, type) and (is_dataclass(hint) or issubclass(hint, BaseModel)):
        return [hint]
    return [found for part in getattr(hint, "__args__", ()) for found in records(part)]


def test_a_reader_that_wants_more_than_is_written_says_so(tmp_path: Path) -> None:
    class Grown(RunReport):
        robot: str

    with pytest.raises(ValueError, match="robot"):
        Grown.model_validate_json(full().text(), strict=True)


def test_a_report_of_an_earlier_run_is_read(tmp_path: Path) -> None:
    values = json.loads(full().text())
    del values["rule"]
    values["mistakes"][0]["added later"] = values["added later"] = 1
    path = tmp_path / "report.json"
    path.write_text(json.dumps(values), encoding="utf-8")
    assert read_report(path) == full().model_copy(update={"rule": None})


def test_counts_at_any_threshold_are_those_of_the_frames() -> None:
    random = np.random.default_rng(1)
    labels = random.random(80) < 0.4
    values = np.round(np.clip(random.normal(0.3 + 0.4 * labels, 0.2), 0, 0.95), 2)
    values[np.flatnonzero(~labels)[:3]] = 0.96, 0.97, 0.97
    frames = any_order(np.zeros(80), np.arange(80), labels, values)
    found = run_report(report(evaluation=evaluate(held_out=frames)))
    assert found.curves is not None and not any(found.curves.tp[-2:]), "the surest are failures"
    for threshold in np.linspace(0, 1, 101):
        counts = figures(frames, float(threshold)).confusion
        assert found.confusion_at(float(threshold)) == counts


def test_without_curves_there_is_one_threshold() -> None:
    one_class = run_report(report(evaluation=evaluate(held_out=one_episode("...", 0.1, 0.6, 0.9))))
    assert one_class.curves is None
    assert one_class.confusion_at(0.9) == one_class.confusion
