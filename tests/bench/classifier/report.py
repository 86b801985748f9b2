"""The figures as tables."""

import statistics
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from rich.console import Console
from rich.table import Table

GOAL = 0.95
"""Accuracy on episodes that nobody trained on, at which the clock stops."""


TRAINED, RAW = "accuracy", "raw accuracy"
"""How checkpoints are judged: with pixels as they were trained on, or as the robot feeds them."""


def time_to_goal(run: Mapping[str, Any], judged: str = TRAINED) -> float | None:
    """Seconds to the first checkpoint that is good enough; None if none was."""
    pairs = zip(run["seconds"], run.get(judged, []), strict=False)
    return next((seconds for seconds, accuracy in pairs if accuracy >= GOAL), None)


Runs = Mapping[str, Sequence[Any]]


def print_training(
    console: Console, own: Runs, progress: Runs, normalized: Runs, other: Runs
) -> None:
    """Time and accuracy of both, by dataset."""
    table = Table("", *own, title="Training: from the labelled dataset to a checkpoint")
    table.add_row(
        f"labeler-train, {GOAL:.0%} reached after", *(_goal(progress[name]) for name in own)
    )
    parts = ("whole", "before encoding", "decoding and encoding", "training")
    for part in (*parts, "training on all", "report, end", "CPU"):
        told = [f"{_median(runs, part):.1f} s" for runs in own.values()]
        table.add_row(f"labeler-train, {part}", *told)
    for title, runs_of, what in (
        ("accuracy", own, "accuracy"),
        ("accuracy before training on all", own, "accuracy before training on all"),
        ("accuracy with normalised pixels (for 0.3)", normalized, "accuracy"),
    ):
        if all(runs_of[name] for name in own):
            told = [_accuracies([run[what] for run in runs_of[name]]) for name in own]
            table.add_row(f"labeler-train, {title}", *told)
    if other:
        table.add_section()
        for title, tell in (
            (f"lerobot-train, {GOAL:.0%} reached after", _goal),
            ("lerobot-train, best accuracy and when", _best),
            ("lerobot-train, accuracy at the end", _last),
            (f"lerobot-train, {GOAL:.0%} reached after, as LeRobot runs it on a robot", _raw_goal),
            ("lerobot-train, best accuracy there and when", _raw_best),
            ("lerobot-train, steps and seconds", _steps),
            ("lerobot-train, peak of memory", _peak),
        ):
            table.add_row(title, *(tell(other[name]) for name in own))
        for title, first, judged in (
            (f"to {GOAL:.0%}, lerobot-train / labeler-train", progress, TRAINED),
            ("lerobot-train to that / labeler-train as a whole", own, TRAINED),
            (f"to {GOAL:.0%} on a robot, lerobot-train / labeler-train", progress, RAW),
            ("lerobot-train to that / labeler-train as a whole", own, RAW),
        ):
            told = [_ratio(first[name], other[name], judged) for name in own]
            table.add_row(title, *told)
    _print(console, table)


def print_rates(
    console: Console,
    own: Sequence[Mapping[str, Any]],
    other: Sequence[Mapping[str, Any]],
    frames: int,
    whole: float,
) -> None:
    """Frames per second; `whole` is the seconds of a training on so many frames."""
    table = Table("", "frames/s", title="Prediction")
    decoding, encoding = _median(own, "decoding"), _median(own, "encoding")
    predicting = _median(own, "predicting")
    table.add_row("Labeler, decoded images, a batch at a time", f"{_median(own, 'one batch'):.0f}")
    if other:
        judging = statistics.median(len(run["probabilities"]) / run["seconds"] for run in other)
        table.add_row("LeRobot, predict, the same batches and checkpoint", f"{judging:.0f}")
    table.add_row("Labeler, decoded images, a batch on each core", f"{encoding:.0f}")
    if other:
        table.add_row("the last two, Labeler / LeRobot", f"{encoding / judging:.2f} x")
        table.add_row("largest difference of a probability", f"{_difference(own, other):.1e}")
    table.add_section()
    table.add_row("Labeler, decoding alone", f"{decoding:.0f}")
    table.add_row("Labeler, predicting from the dataset", f"{predicting:.0f}")
    table.add_row("predicting / the slower of both", f"{predicting / min(decoding, encoding):.2f}")
    alone, beside = (_median(own, f"{a}one core{b}") for a, b in _ONE_CORE)
    table.add_row("Labeler, encoding on one core, decoding on the other", f"{beside:.0f}")
    table.add_row("that / the slower of both", f"{beside / min(decoding, alone):.2f}")
    both = 1 / (1 / decoding + 1 / encoding)
    table.add_row("predicting / both on the same cores", f"{predicting / both:.2f}")
    _print(console, table)
    console.print(
        f"Decoding {frames:,} frames once and encoding them once, one after the other: "
        f"{frames / both:.1f} s; the whole training: {whole:.1f} s ({whole * both / frames:.1f} x)"
    )


_ONE_CORE = (("encoding on ", ""), ("predicting, ", " encodes"))


def _difference(own: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> float:
    pairs = zip(own[0]["probabilities"], other[0]["probabilities"], strict=True)
    return max(abs(mine - theirs) for mine, theirs in pairs)


def print_scaling(console: Console, results: Mapping[int, Mapping[str, float]]) -> None:
    """Cost per frame and memory, by number of frames."""
    table = Table("", *(f"{frames:,} frames" for frames in results), title="Training by size")
    for title, name, unit, scale in (
        ("first look at each entry, per frame", "first look, seconds per frame", "µs", 1e-6),
        ("a step, per frame", "seconds per frame", "µs", 1e-6),
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


def _goal(runs: Sequence[Mapping[str, Any]], judged: str = TRAINED) -> str:
    times = [time_to_goal(run, judged) for run in runs]
    return ", ".join("never" if seconds is None else f"{seconds:.0f} s" for seconds in times)


def _best(runs: Sequence[Mapping[str, Any]], judged: str = TRAINED) -> str:
    told = []
    for run in _judged(runs):
        best, moment = max(zip(run[judged], run["seconds"], strict=True))
        told.append(f"{best:.1%} after {moment:.0f} s")
    return ", ".join(told) or "-"


def _last(runs: Sequence[Mapping[str, Any]]) -> str:
    values = [run["accuracy"][-1] for run in _judged(runs)]
    return _accuracies(values) if values else "-"


def _peak(runs: Sequence[Mapping[str, Any]]) -> str:
    return f"{max(run['peak bytes'] for run in runs) / 1e6:.0f} MB"


def _steps(runs: Sequence[Mapping[str, Any]]) -> str:
    ends = [(run["steps"][-1], run["seconds"][-1]) for run in runs if run["steps"]]
    return ", ".join(f"{step:,} in {seconds:.0f} s" for step, seconds in ends) or "-"


_raw_goal, _raw_best = partial(_goal, judged=RAW), partial(_best, judged=RAW)


def _ratio(own: Sequence[Any], other: Sequence[Any], judged: str) -> str:
    """LeRobot's time to its first good checkpoint by ours, or by the whole run of ours."""
    mine = [run.get("whole") or time_to_goal(run) for run in own]
    reached = [seconds for seconds in mine if seconds is not None]
    if len(reached) < len(mine) or not _good(own):
        return f"ours does not always reach {GOAL:.0%}"
    times = [time_to_goal(run, judged) for run in other]
    theirs = [seconds for seconds in times if seconds is not None]
    if len(theirs) == len(times):
        return f"{statistics.median(theirs) / statistics.median(reached):.1f} x"
    ends = [run["seconds"][-1] for run in other if run["seconds"]]
    return f"more than {min(ends) / statistics.median(reached):.0f} x" if ends else "-"


def _good(own: Sequence[Mapping[str, Any]]) -> bool:
    """Whether whole runs end well enough; of others `time_to_goal` has told."""
    return all(run["accuracy"] >= GOAL for run in own if "whole" in run)


def _print(console: Console, table: Table) -> None:
    for column in table.columns[1:]:
        column.justify = "right"
    console.print()
    console.print(table)
