"""Precision and recall over the threshold, which can be dragged, and against each other."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labeler.contracts.report import RunReport
from labeler.ui.kit.theme import REDRAWN_AT, colours
from labeler.ui.training.curves import draw_line, dress, new_plot

_DOT = 9  # pixels


class ThresholdCurves(QWidget):
    """Drawn once per report; dragging moves a line and a dot."""

    moved = Signal(float)
    """Threshold, while it is dragged."""

    def __init__(self) -> None:
        super().__init__()
        self._report: RunReport | None = None
        self.by_threshold = new_plot("by threshold")
        self.against = new_plot("precision by recall")
        for plot in (self.by_threshold, self.against):
            plot.setXRange(0, 1)
            plot.setYRange(0, 1.02)
            plot.setMouseEnabled(x=False, y=False)
        item = self.by_threshold.getPlotItem()
        item.setTitle(None)  # two curves and a title have no room side by side
        item.setLabel("bottom", "threshold", **{"font-size": "8pt"})
        self.line = pg.InfiniteLine(angle=90, movable=True, bounds=(0.0, 0.9999))
        self.line.sigPositionChanged.connect(lambda line: self._on_moved())
        self.dot = pg.ScatterPlotItem(size=_DOT)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.by_threshold)
        layout.addWidget(self.against)

    @property
    def threshold(self) -> float:
        """Where the line stands."""
        return float(self.line.value())

    def put(self, threshold: float) -> None:
        """Move the line."""
        self.line.setValue(threshold)

    def show_report(self, report: RunReport) -> None:
        """Draw the curves of a report, the line at its threshold."""
        self._report = report
        self._draw(report)
        self.line.setValue(report.threshold.threshold)
        self._on_moved()

    def changeEvent(self, event: QEvent) -> None:
        """Other colours need another drawing; the line stays where it is."""
        super().changeEvent(event)
        if event.type() in REDRAWN_AT and self._report is not None:
            self._draw(self._report)

    def _draw(self, report: RunReport) -> None:
        theme = colours(self)
        for plot in (self.by_threshold, self.against):
            dress(plot, theme)
        if report.curves is not None:
            thresholds = np.array(report.curves.thresholds)
            precision, recall = np.array(report.curves.precision), np.array(report.curves.recall)
            draw_line(self.by_threshold, thresholds, precision, theme.accent, "precision")
            draw_line(self.by_threshold, thresholds, recall, theme.success, "recall")
            draw_line(self.against, recall, precision, theme.accent, "")
        self.line.setPen(pg.mkPen(theme.text, width=1, style=Qt.PenStyle.DashLine))
        self.line.setHoverPen(pg.mkPen(theme.warning, width=1))
        self.by_threshold.addItem(self.line)
        self.dot.setPen(pg.mkPen(theme.text, width=1))
        self.dot.setBrush(pg.mkBrush(theme.warning))
        self.against.addItem(self.dot)

    def _on_moved(self) -> None:
        if self._report is None:
            return
        counts = self._report.confusion_at(self.threshold)
        if counts.precision is None or counts.recall is None:
            self.dot.setData([], [])
        else:
            self.dot.setData([counts.recall], [counts.precision])
        self.moved.emit(self.threshold)
