"""A report on a dataset, for people."""

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from labeler.console.output import results, say
from labeler.console.window_labels import made_by
from labeler.inspection import InspectionReport, Severity
from labeler.inspection.wording import fact_lines

_MARKS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_MOST = 20


def print_report(report: InspectionReport, made: Path | None) -> None:
    """Print facts, cameras and oddities; `made` is the file of labels made in the window."""
    results.print(f"[bold]{escape(report.root)}[/]")
    results.print(_facts(report))
    if made is not None:
        say(f"labels {made_by(made)}: {made}")
    results.print(_cameras(report))
    _print_oddities(report)


def _facts(report: InspectionReport) -> Table:
    table = Table.grid(padding=(0, 2))
    lines = fact_lines(report, of_values=": see --reward-above", of_columns=", see --labels-from")
    for name, value in lines.items():
        table.add_row(f"[dim]{name}[/]", escape(value))
    return table


def _cameras(report: InspectionReport) -> Table:
    table = Table("camera", "kind", "size", "codec", box=None, padding=(0, 2, 0, 0))
    for camera in report.cameras:
        size = f"{camera.width}×{camera.height}"
        table.add_row(escape(camera.key), camera.kind, size, camera.codec or "—")
    return table


def _print_oddities(report: InspectionReport) -> None:
    if not report.oddities:
        results.print("[green]Nothing odd was found.[/]")
        return
    for oddity in report.oddities[:_MOST]:
        style = _MARKS[oddity.severity]
        results.print(f"[{style}]{oddity.severity.value}[/] {escape(oddity.sentence)}")
    if len(report.oddities) > _MOST:
        results.print(f"and {len(report.oddities) - _MOST} more; --json lists all.")
    if not report.usable:
        results.print("LeRobot would fail or download over it: restore it before labelling.")
    if any("whole and can be copied" in oddity.sentence for oddity in report.oddities):
        results.print("`labeler split --intact` copies what is whole.")
