"""Figures of several benchmarks as lines of one table, in Markdown and as JSON."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

HEAD = "| work | Labeler | beside | its time | ratio | growth |\n|---|---:|---|---:|---:|---:|"


@dataclass(frozen=True)
class Line:
    """One piece of work.

    own, other: median seconds of Labeler, and of the peer or limit that it is measured beside
    growth: exponent of the time with the size of the work; None where one size was measured
    """

    work: str
    own: float
    beside: str = ""
    other: float | None = None
    growth: float | None = None

    @property
    def ratio(self) -> float | None:
        """Labeler's time by the other's."""
        return None if self.other is None else self.own / self.other

    def __str__(self) -> str:
        other = "" if self.other is None else duration(self.other)
        ratio = "" if self.ratio is None else f"{self.ratio:.2g}"
        growth = "" if self.growth is None else f"{self.growth:.2f}"
        cells = (self.work, duration(self.own), self.beside, other, ratio, growth)
        return f"| {' | '.join(cells)} |"


def markdown(lines: Sequence[Line]) -> str:
    """The table."""
    return "\n".join([HEAD, *map(str, lines)])


def as_json(lines: Sequence[Line]) -> list[dict[str, object]]:
    """The same as JSON values."""
    return [{**asdict(line), "ratio": line.ratio} for line in lines]


def growth(times: Mapping[int, float]) -> float | None:
    """Slope of log(time) over log(size), by least squares; None with fewer than two sizes."""
    if len(times) < 2:
        return None
    sizes = [math.log(size) for size in times]
    return statistics.linear_regression(sizes, [math.log(t) for t in times.values()]).slope


def duration(seconds: float) -> str:
    """Seconds in a unit that suits them."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"
