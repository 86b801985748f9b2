"""The figures as tables."""

from collections.abc import Mapping

import numpy as np
from rich.console import Console
from rich.table import Table

from tests.bench.processes import Samples

_KINDS = {"random": "random frame", "forward": "step forward", "backward": "step back"}
_SIDES = {"": "Labeler", "pyav: ": "LeRobot, pyav", "torchcodec: ": "LeRobot, torchcodec"}


def print_frames(console: Console, results: Mapping[str, Samples]) -> None:
    """Time of one frame: median, 95th percentile and most, and LeRobot's median by ours."""
    columns = ("clip, ms", "frame", "by", "p50", "p95", "max", "ratio")
    table = Table(*columns, title="One frame")
    for clip, samples in results.items():
        for kind, title in _KINDS.items():
            for prefix, side in _SIDES.items():
                if samples.has(prefix + kind):
                    ratio = _ratio(samples, prefix + kind, kind) if prefix else ""
                    table.add_row(clip, title, side, *_three(samples, prefix + kind), ratio)
        table.add_section()
    _print(console, table, 3)


def print_episodes(console: Console, results: Mapping[str, Samples]) -> None:
    """First picture of another episode, and what a cache with three episodes takes."""
    names = ("first paint, prefetched", "first paint, cold")
    table = Table(
        "clip",
        "prefetched",
        "cold",
        "cache",
        "resident",
        title="First picture of another episode, p50 / p95 / max in ms",
    )
    for clip, samples in results.items():
        sizes = (samples.most(name) for name in ("cache bytes", "resident bytes"))
        table.add_row(
            clip,
            *(" / ".join(_three(samples, name)) for name in names),
            *(f"{size / 1e6:.0f} MB" for size in sizes),
        )
    _print(console, table, 1)


def _three(samples: Samples, name: str) -> tuple[str, str, str]:
    values = np.array(samples.values[name]) * 1e3
    return tuple(f"{value:.2f}" for value in (*np.percentile(values, (50, 95)), values.max()))


def _ratio(samples: Samples, other: str, own: str) -> str:
    return f"{np.median(samples.values[other]) / np.median(samples.values[own]):.1f} x"


def _print(console: Console, table: Table, texts: int) -> None:
    for column in table.columns[texts:]:
        column.justify = "right"
    console.print()
    console.print(table)
