"""The curves of a report, drawn by matplotlib."""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from classifier.evaluate.report import ReportContent
from labeler.contracts.report import CalibrationFigures, ChosenThreshold, Curves, HistoryPoint
from labeler.labels.wording import exact_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE = (5.2, 2.9)
Series = tuple[Sequence[float], Sequence[float]]


def charts(report: ReportContent) -> dict[str, str]:
    """Inline SVG by title; a chart for which there is no data is left out."""
    found = {
        "Loss": _loss(report.history),
        "Held-out accuracy": _accuracy(report.history),
    }
    curves, chosen = report.evaluation.curves, report.evaluation.threshold
    if curves is not None:
        found["Precision and recall"] = _precision_recall(curves, chosen)
        found["Choice of the threshold"] = _thresholds(curves, chosen)
    if (calibration := report.calibration) is not None:
        found["Reliability"] = _reliability(calibration)
    return {title: drawing for title, drawing in found.items() if drawing}


def _loss(history: Sequence[HistoryPoint]) -> str:
    training = _series(history, "train_loss")
    held_out = _series(history, "held_out_loss")
    if not training[0] and not held_out[0]:
        return ""
    figure, axes = _empty("epoch", "loss")
    axes.plot(*training, color=FIRST, linestyle="--", label="training", marker=_marker(training))
    if held_out[0]:
        axes.plot(*held_out, color=SECOND, label="held out", marker=_marker(held_out))
        best = min(range(len(held_out[1])), key=held_out[1].__getitem__)
        axes.plot(held_out[0][best], held_out[1][best], "o", color=SECOND, label="lowest held out")
    axes.set_ylim(bottom=0)
    _legend(axes)
    return svg_of(figure, "loss", "Loss on training and held-out frames by epoch")


def _accuracy(history: Sequence[HistoryPoint]) -> str:
    accuracy = _series(history, "held_out_accuracy")
    if not accuracy[0]:
        return ""
    figure, axes = _empty("epoch", "held-out accuracy")
    axes.plot(*accuracy, color=SECOND, marker=_marker(accuracy))
    axes.set_ylim(min(0.5, *accuracy[1]), 1.01)
    return svg_of(figure, "accuracy", "Share of held-out frames predicted correctly, by epoch")


def _precision_recall(curves: Curves, chosen: ChosenThreshold) -> str:
    figure, axes = _empty("recall", "precision")
    axes.plot(curves.recall, curves.precision, color=FIRST)
    _unit_square(axes)
    lowest = min(0.5, *curves.precision)
    axes.set_ylim(lowest - 0.02 * (1 - lowest), 1 + 0.03 * (1 - lowest))
    if chosen.precision is not None and chosen.recall is not None:
        label = f"threshold {exact_text(chosen.threshold)}"
        axes.plot(chosen.recall, chosen.precision, "o", color=SECOND, label=label, clip_on=False)
        # Further up, the mark in the legend would look like one on the curve.
        axes.legend(frameon=False, labelcolor=INK, loc="lower left")
    return svg_of(figure, "ranking", "Precision against recall over all thresholds")


def _thresholds(curves: Curves, chosen: ChosenThreshold) -> str:
    figure, axes = _empty("threshold", "")
    lines = {"precision": (FIRST, "-"), "recall": (SECOND, "--"), "f1": (THIRD, ":")}
    for name, (color, style) in lines.items():
        label = name.upper() if name == "f1" else name
        # Between two thresholds of the curve nothing changes.
        axes.plot(
            curves.thresholds, getattr(curves, name), color=color, linestyle=style, label=label,
            drawstyle="steps-post",
        )  # fmt: skip
    label = f"chosen: {exact_text(chosen.threshold)}"
    axes.axvline(chosen.threshold, color=INK, linewidth=1, linestyle="-.", label=label)
    _unit_square(axes)
    _legend(axes)
    return svg_of(figure, "thresholds", "Precision, recall and F1 against the threshold")


def _reliability(calibration: CalibrationFigures) -> str:
    figure, axes = _empty("probability", "share of success")
    axes.plot([0, 1], [0, 1], color=INK, linewidth=1, linestyle="-.", label="perfectly calibrated")
    predicted = [one.predicted for one in calibration.bins]
    observed = [one.observed for one in calibration.bins]
    axes.plot(predicted, observed, color=SECOND, marker="o", label="frames", clip_on=False)
    _unit_square(axes)
    _legend(axes)
    return svg_of(figure, "reliability", "Share of success among frames of about one probability")


def _series(history: Sequence[HistoryPoint], name: str) -> Series:
    """Epochs and values where there is a number; a run that diverged has NaN."""
    points = [(point.epoch, getattr(point, name)) for point in history]
    kept = [(x, y) for x, y in points if y is not None and abs(y) < float("inf")]
    return [x for x, _ in kept], [y for _, y in kept]


def _marker(series: Series) -> str:
    """A single point makes no line."""
    return "." if len(series[0]) == 1 else ""


def _empty(across: str, up: str) -> tuple["Figure", "Axes"]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.subplots()
    axes.set_xlabel(across, color=INK)
    axes.set_ylabel(up, color=INK)
    axes.tick_params(color=FAINT, labelcolor=INK)
    axes.grid(color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_color(FAINT)
        spine.set_visible(side in ("left", "bottom"))
    return figure, axes


def _unit_square(axes: "Axes") -> None:
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.02, 1.03)


def _legend(axes: "Axes") -> None:
    axes.legend(frameon=False, labelcolor=INK)


if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Matplotlib has to be given fixed colours. These stand for the page's variables, which differ
# between dark and light.
INK, FAINT, FIRST, SECOND, THIRD = "#010101", "#010102", "#010103", "#010104", "#010105"
_VARIABLES = {INK: "ink", FAINT: "line", FIRST: "first", SECOND: "second", THIRD: "third"}


def svg_of(figure: "Figure", name: str, label: str) -> str:
    """Inline SVG.

    Args:
        figure: drawn with the colours of this module; its size in inches only sets the proportions.
        name: one word of letters, another one for each figure of a page; makes its ids unique.
        label: plain text for those who cannot see the figure.
    """
    import matplotlib

    # Without a date and with a fixed salt, the same figures give the same bytes.
    metadata = dict.fromkeys(["Date", "Creator", "Format", "Type"])
    buffer = BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", transparent=True, metadata=metadata)
    return _use_page_colours(buffer.getvalue().decode("utf-8"), name, label)


def _use_page_colours(text: str, name: str, label: str) -> str:
    from html import escape

    text = text[text.index("<svg") :].strip()
    # Its style sheet would apply to the whole page; namespaces are not needed inside HTML.
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, count=1, flags=re.DOTALL)
    text = re.sub(r' xmlns(:xlink)?="[^"]*"| (width|height)="[\d.]+pt"| version="1.1"', "", text)
    text = text.replace("xlink:href=", "href=")
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", text)
    text = re.sub(r"font-family: [^;\"]*;? ?", "", text)
    for color, variable in _VARIABLES.items():
        text = text.replace(color, f"var(--{variable})")
    start = f'<svg role="img" aria-label="{escape(label)}" stroke-linejoin="round"'
    return text.replace("<svg", start, 1)
