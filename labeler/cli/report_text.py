"""A report on a dataset, for people."""

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from labeler.console.output import results, say
from labeler.dataset import REWARD
from labeler.inspection import InspectionReport, Severity
from labeler.labels.wording import plural, size_text

_MARKS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_MOST = 20


def print_report(report: InspectionReport, made: Path | None) -> None:
    """Print facts, cameras and oddities; `made` is the file of labels made in the window."""
    results.print(f"[bold]{escape(report.root)}[/]")
    results.print(_facts(report))
    if made is not None:
        say(f"labels made in the window: {made}")
    results.print(_cameras(report))
    _print_oddities(report)


def _facts(report: InspectionReport) -> Table:
    table = Table.grid(padding=(0, 2))
    lengths = report.lengths
    rows = {
        "format": f"LeRobot {report.codebase_version}",
        "robot": report.robot or "not named",
        "frames": f"{report.frames:,} in {plural(report.episodes, 'episode')} at "
        f"{report.fps:g} fps",
        "lengths": f"{lengths['min']:g} to {lengths['max']:g}, median {lengths['median']:g}",
        "tasks": "; ".join(report.tasks[:3]) or "none",
        "columns": ", ".join(_column(column.name, column.shape) for column in report.columns),
        "labels": _labels(report),
        "size": f"{size_text(report.size)} in {plural(report.files, 'file')}{_links(report)}",
    }
    for name, value in rows.items():
        table.add_row(f"[dim]{name}[/]", escape(value))
    return table


def _column(name: str, shape: tuple[int, ...]) -> str:
    return name if shape in ((1,), ()) else f"{name} [{'×'.join(map(str, shape))}]"


def _labels(report: InspectionReport) -> str:
    labels = report.labels
    if labels is None:
        declared = any(column.name == REWARD for column in report.columns)
        return "not read" if declared else f"no {REWARD} column{_others(report)}"
    if not labels.frames:
        return "next.reward could not be read"
    share = labels.success_frames / labels.frames
    text = f"success in {labels.success_frames:,} of {plural(labels.frames, 'frame')} ({share:.1%})"
    for name, episodes in (("never", labels.never), ("always", labels.always)):
        if episodes:
            text += f", {name} in {plural(len(episodes), 'episode')}"
    if not labels.binary:
        text += "; other values than 0 and 1, too: see --reward-above"
    return f"{text}{_others(report)}"


def _others(report: InspectionReport) -> str:
    """Columns other than `next.reward` that may say success."""
    names = [str(column) for column in report.success_columns if column.name != REWARD]
    return f"; {', '.join(names)} may say success, see --labels-from" if names else ""


def _links(report: InspectionReport) -> str:
    return f", {report.links:,} of them behind links (followed, never written)" * bool(report.links)


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
