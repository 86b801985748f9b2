"""What a dataset holds, in words that commands and the window have in common."""

from labeler.dataset import REWARD
from labeler.inspection.report import InspectionReport
from labeler.labels.wording import plural, size_text


def fact_lines(
    report: InspectionReport, *, of_values: str = "", of_columns: str = ""
) -> dict[str, str]:
    """Name of each fact -> its text.

    `of_values` and `of_columns` say where to read on about rewards other than 0 and 1, and about
    other columns that may say success.
    """
    lengths = report.lengths
    return {
        "format": f"LeRobot {report.codebase_version}",
        "robot": report.robot or "not named",
        "frames": f"{report.frames:,} in {plural(report.episodes, 'episode')} at "
        f"{report.fps:g} fps",
        "lengths": f"{lengths['min']:g} to {lengths['max']:g}, median {lengths['median']:g}",
        "tasks": "; ".join(report.tasks[:3]) or "none",
        "columns": ", ".join(_column(column.name, column.shape) for column in report.columns),
        "labels": f"{_labels(report, of_values)}{_others(report, of_columns)}",
        "size": f"{size_text(report.size)} in {plural(report.files, 'file')}{_links(report)}",
    }


def report_text(report: InspectionReport) -> str:
    """The whole report as plain text: facts, cameras, and what is odd."""
    facts = [f"{name}: {text}" for name, text in fact_lines(report).items()]
    cameras = [
        f"{camera.key}: {camera.kind}, {camera.width}×{camera.height}, {camera.codec or 'no codec'}"
        for camera in report.cameras
    ]
    odd = [f"{oddity.severity.value}: {oddity.sentence}" for oddity in report.oddities]
    parts = (
        [report.root],
        facts,
        ["Cameras", *(cameras or ["none"])],
        ["What does not add up", *odd] if odd else ["Nothing odd was found."],
    )
    return "\n\n".join("\n".join(part) for part in parts)


def _column(name: str, shape: tuple[int, ...]) -> str:
    return name if shape in ((1,), ()) else f"{name} [{'×'.join(map(str, shape))}]"


def _labels(report: InspectionReport, of_values: str) -> str:
    labels = report.labels
    if labels is None:
        declared = any(column.name == REWARD for column in report.columns)
        return "not read" if declared else f"no {REWARD} column"
    if not labels.frames:
        return "next.reward could not be read"
    share = labels.success_frames / labels.frames
    text = f"success in {labels.success_frames:,} of {plural(labels.frames, 'frame')} ({share:.1%})"
    for name, episodes in (("never", labels.never), ("always", labels.always)):
        if episodes:
            text += f", {name} in {plural(len(episodes), 'episode')}"
    return text if labels.binary else f"{text}; other values than 0 and 1, too{of_values}"


def _others(report: InspectionReport, of_columns: str) -> str:
    """Columns other than `next.reward` that may say success."""
    declared = any(column.name == REWARD for column in report.columns)
    unread = report.labels is None and declared
    broken = report.labels is not None and not report.labels.frames
    names = [str(column) for column in report.success_columns if column.name != REWARD]
    if not names or unread or broken:
        return ""
    return f"; {', '.join(names)} may say success{of_columns}"


def _links(report: InspectionReport) -> str:
    return f", {report.links:,} of them behind links (followed, never written)" * bool(report.links)
