"""The figures as tables."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

GOAL = 0.95
"""Accuracy on episodes that nobody trained on, at which the clock stops."""


def time_to_goal(run: Mapping[str, Any]) -> float | None:
    """Seconds to the first checkpoint of LeRobot that is good enough; None if none was."""
    pairs = zip(run["seconds"], run.get("accuracy", []), strict=False)
    return next((seconds for seconds, accuracy in pairs if accuracy >= GOAL), None)


def print_training(
    console: Console, own: Mapping[str, Sequence[Any]], other: Mapping[str, Sequence[Any]]
) -> None:
    """Time and accuracy of both, by dataset."""
    table = Table("", *own, title="Training: from the labelled dataset to a checkpoint")
    parts = ("whole", "before encoding", "decoding and encoding", "training", "report and end")
    for part in (*parts, "CPU"):
        told = [f"{_median(runs, part):.1f} s" for runs in own.values()]
        table.add_row(f"labeler-train, {part}", *told)
    told = [_accuracies([run["accuracy"] for run in runs]) for runs in own.values()]
    table.add_row("labeler-train, accuracy at the end", *told)
    if other:
        table.add_section()
        for title, tell in (
            (f"lerobot-train, {GOAL:.0%} reached after", _goal),
            ("lerobot-train, best accuracy and when", _best),
            ("lerobot-train, accuracy at the end", _last),
            ("lerobot-train, peak of memory", _peak),
        ):
            table.add_row(title, *(tell(other[name]) for name in own))
        told = [_ratio(runs, other[name]) for name, runs in own.items()]
        table.add_row("lerobot-train / labeler-train (whole)", *told)
    _print(console, table)


def print_rates(
    console: Console,
    own: Sequence[Mapping[str, float]],
    whole: float,
    part: float,
    other: Mapping[str, Any],
) -> None:
    """Frames per second; `whole` is a training's seconds on that part of the dataset's frames."""
    table = Table("", "frames/s", title="Prediction")
    for what in ("decoding", "encoding", "predicting"):
        table.add_row(f"Labeler, {what}", f"{_median(own, what):.0f}")
    slower = min(_median(own, "decoding"), _median(own, "encoding"))
    table.add_row("predicting / the slower of both", f"{_median(own, 'predicting') / slower:.2f}")
    if other:
        frames, judging = other["frames"], statistics.median(other["judging"])
        table.add_row("LeRobot, its dataset", f"{frames / other['decoding']:.0f}")
        table.add_row("LeRobot, predict alone", f"{frames / judging:.0f}")
        both = frames / (other["decoding"] + judging)
        table.add_row("LeRobot, both", f"{both:.0f}")
        table.add_row("Labeler / LeRobot", f"{_median(own, 'predicting') / both:.1f} x")
    _print(console, table)
    alone = part * _median(own, "seconds for decoding and encoding alone")
    console.print(
        f"Decoding the frames of a training once and encoding them once, one after the other: "
        f"{alone:.1f} s; the whole training: {whole:.1f} s ({whole / alone:.1f} x)"
    )


def print_scaling(console: Console, results: Mapping[int, Mapping[str, float]]) -> None:
    """Cost per frame and memory, by number of frames."""
    table = Table("", *(f"{frames:,} frames" for frames in results), title="Training by size")
    for title, name, unit, scale in (
        ("per frame", "seconds per frame", "µs", 1e-6),
        ("memory without mapped files", "memory without files", "MB", 1e6),
        ("mapped files, which the system may take back", "mapped files bytes", "MB", 1e6),
        ("peak of both", "peak of own memory bytes", "MB", 1e6),
    ):
        told = [f"{found[name] / scale:.0f} {unit}" for found in results.values()]
        table.add_row(title, *told)
    _print(console, table)


def _median(runs: Sequence[Mapping[str, Any]], name: str) -> float:
    return float(statistics.median(run[name] for run in runs))


def _accuracies(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.1%} ({min(values):.1%} to {max(values):.1%})"


def _judged(runs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [run for run in runs if run.get("accuracy")]


def _goal(runs: Sequence[Mapping[str, Any]]) -> str:
    times = [time_to_goal(run) for run in runs]
    return ", ".join("never" if seconds is None else f"{seconds:.0f} s" for seconds in times)


def _best(runs: Sequence[Mapping[str, Any]]) -> str:
    told = []
    for run in _judged(runs):
        best, moment = max(zip(run["accuracy"], run["seconds"], strict=True))
        told.append(f"{best:.1%} after {moment:.0f} s")
    return ", ".join(told) or "-"


def _last(runs: Sequence[Mapping[str, Any]]) -> str:
    values = [run["accuracy"][-1] for run in _judged(runs)]
    return _accuracies(values) if values else "-"


def _peak(runs: Sequence[Mapping[str, Any]]) -> str:
    return f"{max(run['peak bytes'] for run in runs) / 1e6:.0f} MB"


def _ratio(own: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> str:
    """Of the whole run of ours, if it ends well enough, to LeRobot's first good checkpoint."""
    if statistics.median(run["accuracy"] for run in own) < GOAL:
        return f"ours does not reach {GOAL:.0%}"
    whole = _median(own, "whole")
    times = [time_to_goal(run) for run in other]
    reached = [seconds for seconds in times if seconds is not None]
    if len(reached) == len(times):
        return f"{statistics.median(reached) / whole:.0f} x"
    ends = [run["seconds"][-1] for run in other if run["seconds"]]
    return f"more than {min(ends) / whole:.0f} x" if ends else "-"


def _print(console: Console, table: Table) -> None:
    for column in table.columns[1:]:
        column.justify = "right"
    console.print()
    console.print(table)
