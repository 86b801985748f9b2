"""The report as JSON: what other programs read, and what two runs are compared by."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from math import isfinite
from typing import Any

from classifier.evaluate.report import Report
from classifier.evaluate.verdict import headline, warnings
from labeler.decision import ChosenRule

VERSION = 1
"""Rises when a reader of the old form would misread the new one."""


def report_json(report: Report) -> dict[str, Any]:
    """The report without its pictures, as values that `json.dumps(allow_nan=False)` takes.

    Numbers that are not finite become None.
    """
    evaluation = report.evaluation
    values = {
        "version": VERSION,
        "tool": report.tool,
        "time": report.time.isoformat(timespec="seconds"),
        "headline": headline(report),
        "warnings": warnings(report),
        "dataset": report.dataset,
        "encoder": report.encoder,
        "split": report.split,
        "threshold": evaluation.threshold,
        "basis": evaluation.basis,
        "rule": _rule(evaluation.rule),
        "figures": evaluation.groups(),
        "episodes": evaluation.episodes,
        "curves": evaluation.curves,
        "mistakes": [picture.mistake for picture in report.mistakes],
        "history": report.history,
        "config": report.config,
    }
    plain: dict[str, Any] = _plain(values)
    return plain


def _rule(chosen: ChosenRule | None) -> dict[str, Any] | None:
    if chosen is None:
        return None
    found = chosen.figures
    return {
        **chosen.rule.model_dump(mode="json"),
        "text": chosen.rule.text,
        "sentence": chosen.sentence,
        "figures": {
            "false_never": {"count": found.false_never.count, "of": found.false_never.of},
            "false_early": {"count": found.false_early.count, "of": found.false_early.of},
            "missed": {"count": found.missed.count, "of": found.missed.of},
            "delay_seconds": {"median": found.delay_seconds(0.5), "p95": found.delay_seconds(0.95)},
        },
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON is made of anything
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
