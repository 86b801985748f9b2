"""Curves of trainings against the step. The only live part that knows pyqtgraph."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labeler.ui.theme import Colours, colours
from labeler.ui.training.story import Story

_PAUSE = 500  # ms between two drawings at least
_BEST = 9  # pixels
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Shown:
    """A story to draw, and what the legend calls it."""

    name: str
    story: Story


class LiveCurves(QWidget):
    """Loss (training, held out) and held-out accuracy and F1, of one run or several.

    Draws at most twice a second, and nothing while it is hidden.
    """

    pointed = Signal(str)
    """Exact values under the pointer; empty when it leaves."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[Shown] = []
        self.smoothing = 0.0
        self.drawings = 0
        self.loss = new_plot("loss")
        self.quality = new_plot("held-out share")
        self._lines = [_pointer(plot) for plot in (self.loss, self.quality)]
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for plot in (self.loss, self.quality):
            layout.addWidget(plot)
            plot.scene().sigMouseMoved.connect(lambda at, plot=plot: self._point(plot, at))
        self.quality.setXLink(self.loss)
        self.quality.getPlotItem().legend.setOffset((-6, -6))
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self._after_pause)
        self._waiting = False

    def show_stories(self, shown: Sequence[Shown]) -> None:
        """Draw these from now on."""
        self._shown = list(shown)
        self.refresh(at_once=True)

    def smooth(self, strength: float) -> None:
        """Smooth the training loss: 0 is not at all, near 1 very much."""
        self.smoothing = strength
        self.refresh(at_once=True)

    def use_log(self, wanted: bool) -> None:
        """Show the loss on a logarithmic scale."""
        self.loss.setLogMode(y=wanted)

    def refresh(self, *, at_once: bool = False) -> None:
        """Something is new: draw it, but not more often than allowed."""
        if not self.isVisible():
            self._waiting = True
        elif at_once or not self._pause.isActive():
            self._draw()
        else:
            self._waiting = True

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while nobody looked."""
        super().showEvent(event)
        self.refresh(at_once=True)

    def _after_pause(self) -> None:
        if self._waiting and self.isVisible():
            self._draw()

    def _draw(self) -> None:
        self._waiting = False
        self._pause.start()
        self.drawings += 1
        theme = colours(self)
        for plot in (self.loss, self.quality):
            dress(plot, theme)
        for number, shown in enumerate(self._shown):
            if len(self._shown) == 1:
                self._draw_one(shown.story, theme)
            else:
                self._draw_among_others(shown, _series(theme)[number % 6])
        for plot, line in zip((self.loss, self.quality), self._lines, strict=True):
            line.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DotLine))
            plot.addItem(line, ignoreBounds=True)

    def _draw_one(self, story: Story, theme: Colours) -> None:
        steps, loss = train_loss(story)
        if self.smoothing:
            faint = pg.mkColor(theme.accent)
            faint.setAlpha(70)
            draw_line(self.loss, steps, loss, faint, "")
        draw_line(self.loss, steps, smoothed(loss, self.smoothing), theme.accent, "training")
        at = held_out(story, "step")
        draw_line(self.loss, at, held_out(story, "loss"), theme.warning, "held out")
        draw_line(self.quality, at, held_out(story, "accuracy"), theme.success, "accuracy")
        draw_line(self.quality, at, held_out(story, "f1"), theme.accent, "F1")
        self._mark_best(story, theme.text)

    def _draw_among_others(self, shown: Shown, colour: str) -> None:
        story = shown.story
        at = held_out(story, "step")
        draw_line(self.loss, at, held_out(story, "loss"), colour, shown.name)
        draw_line(self.quality, at, held_out(story, "accuracy"), colour, shown.name)
        self._mark_best(story, colour)

    def _mark_best(self, story: Story, colour: str) -> None:
        best = story.best
        if best is None:
            return
        for plot, value in ((self.loss, best.loss), (self.quality, best.accuracy)):
            mark = pg.PlotDataItem(
                [best.step], [value], pen=None, symbol="o", symbolSize=_BEST,
                symbolPen=pg.mkPen(colour, width=1), symbolBrush=None,
            )  # fmt: skip
            plot.addItem(mark)

    def _point(self, plot: pg.PlotWidget, at: QPointF) -> None:
        inside = plot.getPlotItem().vb.sceneBoundingRect().contains(at)
        for line in self._lines:
            line.setVisible(inside and bool(self._shown))
        if not inside or not self._shown:
            self.pointed.emit("")
            return
        step = plot.getPlotItem().vb.mapSceneToView(at).x()
        told = [_told(shown, step, len(self._shown) > 1) for shown in self._shown]
        for line in self._lines:
            line.setValue(step)
        self.pointed.emit("    ".join(filter(None, told)))


def train_loss(story: Story) -> tuple[Numbers, Numbers]:
    """Steps and training loss."""
    pairs = [(one.step, one.loss) for one in story.steps]
    found = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def held_out(story: Story, name: str) -> Numbers:
    """One figure of all judgements."""
    return np.array([getattr(one, name) for one in story.evaluations], dtype=np.float64)


def smoothed(values: Numbers, strength: float) -> Numbers:
    """Exponential moving average, corrected for its start."""
    if not strength or len(values) < 2:
        return values
    found, mean = np.empty_like(values), 0.0
    for number, value in enumerate(values):
        mean = strength * mean + (1 - strength) * float(value)
        found[number] = mean / (1 - strength ** (number + 1))
    return found


def _told(shown: Shown, step: float, named: bool) -> str:
    """Values next to a step, as `step 120 · training 0.1234 · held out 0.2345 · …`."""
    story = shown.story
    parts = []
    if story.steps:
        near = min(story.steps, key=lambda one: abs(one.step - step))
        parts += [f"step {near.step}", f"training {near.loss:.4f}"]
    if story.evaluations:
        held = min(story.evaluations, key=lambda one: abs(one.step - step))
        parts += [
            f"held out {held.loss:.4f}", f"accuracy {held.accuracy:.2%}", f"F1 {held.f1:.3f}",
        ]  # fmt: skip
    text = " · ".join(parts)
    return f"{shown.name}: {text}" if named and text else text


def new_plot(name: str) -> pg.PlotWidget:
    """An empty plot in the style of this window."""
    plot = pg.PlotWidget(background=None)
    plot.setFrameShape(plot.Shape.NoFrame)
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    item = plot.getPlotItem()
    item.setMenuEnabled(False)
    item.hideButtons()
    item.setTitle(name, size="9pt")
    item.addLegend(offset=(-6, 4), labelTextSize="8pt")
    item.showGrid(x=False, y=True, alpha=0.15)
    plot.setAccessibleName(f"Curve of {name}")
    plot.setMinimumSize(160, 90)
    return plot


def _pointer(plot: pg.PlotWidget) -> pg.InfiniteLine:
    line = pg.InfiniteLine(angle=90)
    line.setVisible(False)
    plot.addItem(line, ignoreBounds=True)
    return line


def dress(plot: pg.PlotWidget, theme: Colours) -> None:
    """Empty a plot and give it the colours of the theme."""
    item = plot.getPlotItem()
    item.clear()
    item.legend.setLabelTextColor(theme.text)
    item.titleLabel.setText(item.titleLabel.text, color=theme.muted, size="9pt")
    for side in ("left", "bottom"):
        axis = item.getAxis(side)
        axis.setPen(pg.mkPen(theme.border, width=1))
        axis.setTextPen(pg.mkPen(theme.muted))


def draw_line(plot: pg.PlotWidget, x: Numbers, y: Numbers, colour: object, name: str) -> None:
    """Draw a curve one pixel wide: wider ones are slow."""
    if not len(x):
        return
    pen = pg.mkPen(colour, width=1)
    symbol = "o" if len(x) == 1 else None  # a single point has no line
    plot.plot(x, y, pen=pen, name=name or None, symbol=symbol, symbolSize=4, symbolPen=pen)


def _series(theme: Colours) -> tuple[str, ...]:
    return (
        theme.accent, theme.warning, theme.success, theme.failure, theme.text, theme.excluded,
    )  # fmt: skip
