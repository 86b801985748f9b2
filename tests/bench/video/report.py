"""The figures as tables."""

import numpy as np
from rich.console import Console
from rich.table import Table

from tests.bench.processes import Samples

_KINDS = {
    "random": "random frame",
    "forward": "step forward",
    "held": "step forward, 30 a second",
    "backward": "step back",
}
_SIDES = {
    "": "Labeler, to the window",
    "decoding: ": "Labeler, decoding alone",
    "pyav: ": "LeRobot, pyav",
    "torchcodec: ": "LeRobot, torchcodec",
}


def print_frames(console: Console, clip: str, samples: Samples) -> None:
    """Time of one frame: median, 95th percentile and most, and LeRobot's median by ours."""
    table = Table("frame", "by", "p50", "p95", "max", "ratio", title=f"{clip}: one frame, in ms")
    for kind, title in _KINDS.items():
        for prefix, side in _SIDES.items():
            if samples.has(prefix + kind):
                ratio = _ratio(samples, prefix + kind, kind) if prefix else ""
                table.add_row(title, side, *_three(samples, prefix + kind), ratio)
        table.add_section()
    for column in table.columns[2:]:
        column.justify = "right"
    console.print()
    console.print(table)


def print_episodes(console: Console, clip: str, samples: Samples) -> None:
    """First picture of another episode, and what a cache with three episodes takes."""
    for name in ("first paint, prefetched", "first paint, cold"):
        console.print(f"{clip}: {name}, p50 / p95 / max: {' / '.join(_three(samples, name))} ms")
    used, resident = (samples.most(name) / 1e6 for name in ("cache bytes", "resident bytes"))
    console.print(f"{clip}: {used:.0f} MB of images kept, {resident:.0f} MB more resident")


def _three(samples: Samples, name: str) -> tuple[str, str, str]:
    values = np.array(samples.values[name]) * 1e3
    return tuple(f"{value:.2f}" for value in (*np.percentile(values, (50, 95)), values.max()))


def _ratio(samples: Samples, other: str, own: str) -> str:
    return f"{np.median(samples.values[other]) / np.median(samples.values[own]):.1f} x"
