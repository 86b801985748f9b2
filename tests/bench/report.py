"""The figures as tables."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from tests.bench.processes import Samples


def print_opening(console: Console, results: Mapping[str, Samples]) -> None:
    """Opening by number of episodes, and one episode of an open dataset."""
    table = Table("dataset", "open", "CPU", "first episode", "each further", "memory above imports")
    table.title = "Opening metadata"
    for name, samples in results.items():
        each = samples.median("random episodes") / 100
        table.add_row(
            name,
            seconds(samples, "open"),
            seconds(samples, "open CPU"),
            short(samples.median("first episode")),
            short(each),
            megabytes(samples),
        )
    _print(console, table)


def print_labelling(console: Console, results: Mapping[int, Samples]) -> None:
    """Labelling beside copying and beside LeRobot."""
    table = Table("", *(f"{frames:,} frames" for frames in results), title="Writing labels")
    for title, name in (
        ("copy of the parquet files", "copy"),
        ("CPU of it", "copy CPU"),
        ("the same, synced", "durable copy"),
        ("the same, with SHA-256", "digested copy"),
        ("new copy: prepare", "new: prepare"),
        ("new copy: write", "new: write"),
        ("CPU of it", "new: write CPU"),
        ("in place: prepare", "in place: prepare"),
        ("in place: write", "in place: write"),
        ("CPU of it", "in place: write CPU"),
        ("in place: labeler apply", "in place: command"),
        ("CPU of it", "in place: command CPU"),
        ("LeRobot: add_features", "LeRobot new: add_features"),
        ("LeRobot: again (remove, add)", "LeRobot in place: add_features"),
    ):
        table.add_row(title, *(seconds(samples, name) for samples in results.values()))
    table.add_section()
    for title, name in (
        ("memory, new copy", "new: peak bytes"),
        ("memory, in place", "in place: peak bytes"),
        ("memory, LeRobot", "LeRobot new: peak bytes"),
    ):
        table.add_row(title, *(megabytes(samples, name) for samples in results.values()))
    table.add_section()
    for kind in ("new", "in place"):
        own = (f"{kind}: prepare", f"{kind}: write")
        for copy in ("copy", "durable copy", "digested copy"):
            table.add_row(
                f"{kind} / {copy}", *(ratio(samples, own, (copy,)) for samples in results.values())
            )
        other = (f"LeRobot {kind}: add_features",)
        table.add_row(
            f"LeRobot / {kind}", *(ratio(samples, other, own) for samples in results.values())
        )
    _print(console, table)


def print_reading(console: Console, results: Mapping[int, Samples]) -> None:
    """What reading costs per frame and per episode."""
    table = Table("", *(f"{frames:,} frames" for frames in results), title="Reading")
    for title, name in (
        ("inspect", "inspect: inspect"),
        ("check", "check: check"),
        ("check --against", "check: check against"),
        ("export", "export: export"),
    ):
        table.add_row(
            title,
            *(
                f"{seconds(samples, name)}, {short(samples.median(name) / frames)} per frame"
                for frames, samples in results.items()
            ),
        )
    table.add_row("first rows", *(short(s.median("first rows")) for s in results.values()))
    table.add_row(
        "rows of a random episode",
        *(short(samples.median("random rows") / 100) for samples in results.values()),
    )
    for task in ("inspect", "check", "export"):
        name = f"{task}: peak bytes"
        table.add_row(f"memory, {task}", *(megabytes(s, name) for s in results.values()))
    _print(console, table)


def seconds(samples: Samples, name: str) -> str:
    """Median and least."""
    if not samples.has(name):
        return "-"
    return f"{samples.median(name):.2f} s ({samples.least(name):.2f})"


def ratio(samples: Samples, above: tuple[str, ...], below: tuple[str, ...]) -> str:
    """The medians' ratio, and that of the least."""
    if not all(samples.has(name) for name in (*above, *below)):
        return "-"
    medians = sum(map(samples.median, above)) / sum(map(samples.median, below))
    least = sum(map(samples.least, above)) / sum(map(samples.least, below))
    return f"{medians:.1f} x ({least:.1f})"


def megabytes(samples: Samples, name: str = "peak bytes") -> str:
    """The largest of all runs."""
    return f"{samples.most(name) / 1e6:.0f} MB" if samples.has(name) else "-"


def short(value: float) -> str:
    """Seconds in a unit that suits them."""
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-9:.3g} ns"


def _print(console: Console, table: Table) -> None:
    for column in table.columns[1:]:
        column.justify = "right"
    console.print()
    console.print(table)
