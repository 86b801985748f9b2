"""Curves of trainings against the step. The only live part that knows pyqtgraph."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labeler.labels.wording import share_text
from labeler.runs.story import Story
from labeler.ui.kit.theme import REDRAWN_AT, Colours, colours

_PAUSE = 500  # ms between two drawings at least
_BEST = 9  # pixels
_FAINT = "46"  # opacity of the curve under its smooth one
_TITLE = 22  # pixels of the line above a plot
_LONGEST = 24  # letters of a name in the legend
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Shown:
    """A story to draw, and what the legend calls it."""

    name: str
    story: Story


@dataclass(frozen=True)
class Curve:
    """A curve, or a mark where `mark`, of one of the two plots; without a name not in the legend.

    x: steps; y: one value per step; colour: `#rrggbb` or `#rrggbbaa`
    """

    plot: pg.PlotWidget
    x: Numbers
    y: Numbers
    colour: str
    name: str = ""
    mark: bool = False

    @property
    def look(self) -> tuple[object, ...]:
        """Equal for curves that differ in their values only."""
        return id(self.plot), self.colour, self.name, self.mark, len(self.x) == 1

    def draw(self) -> pg.PlotDataItem:
        """Put it into its plot."""
        if not self.mark:
            return draw_line(self.plot, self.x, self.y, self.colour, self.name)
        pen = pg.mkPen(self.colour, width=1)
        return self.plot.plot(
            self.x, self.y, pen=None, symbol="o", symbolSize=_BEST, symbolPen=pen, symbolBrush=None
        )


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
        self.loss = new_plot("loss", steps=True)
        self.quality = new_plot("held-out share", steps=True)
        self._lines = [_pointer(plot) for plot in (self.loss, self.quality)]
        self._items: list[pg.PlotDataItem] = []
        self._look: tuple[object, ...] = ()  # of what stands in the plots
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for plot in (self.loss, self.quality):
            layout.addWidget(plot)
            plot.scene().sigMouseMoved.connect(lambda at, plot=plot: self._point(plot, at))
        self.quality.setXLink(self.loss)
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

    def changeEvent(self, event: QEvent) -> None:
        """Other colours need another drawing."""
        super().changeEvent(event)
        if event.type() in REDRAWN_AT:
            self.refresh(at_once=True)

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
        curves = [one for one in self._curves(theme) if len(one.x)]
        look = theme, *(one.look for one in curves)
        if look != self._look:
            self._look = look
            self._draw_anew(curves, theme)
        else:  # other values only, which costs far less
            for curve, item in zip(curves, self._items, strict=True):
                item.setData(curve.x, curve.y)

    def _draw_anew(self, curves: Sequence[Curve], theme: Colours) -> None:
        for plot, line in zip((self.loss, self.quality), self._lines, strict=True):
            dress(plot, theme)
            line.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DotLine))
            plot.addItem(line, ignoreBounds=True)
        self._items = [curve.draw() for curve in curves]

    def _curves(self, theme: Colours) -> Iterator[Curve]:
        if len(self._shown) == 1:
            yield from self._of_one(self._shown[0].story, theme)
            return
        for number, shown in enumerate(self._shown):
            colour, at = _series(theme)[number % 6], series_of(shown.story, "step")
            name = shown.name if len(shown.name) <= _LONGEST else f"{shown.name[:_LONGEST]}…"
            yield Curve(self.loss, at, series_of(shown.story, "loss"), colour, name)
            yield Curve(self.quality, at, series_of(shown.story, "accuracy"), colour, name)
            yield from self._best(shown.story, colour)

    def _of_one(self, story: Story, theme: Colours) -> Iterator[Curve]:
        steps, loss = train_loss(story)
        if self.smoothing:
            yield Curve(self.loss, steps, loss, f"{theme.accent}{_FAINT}")
        yield Curve(self.loss, steps, smooth(loss, self.smoothing), theme.accent, "training")
        at = series_of(story, "step")
        yield Curve(self.loss, at, series_of(story, "loss"), theme.warning, "held out")
        yield Curve(self.quality, at, series_of(story, "accuracy"), theme.success, "accuracy")
        yield Curve(self.quality, at, series_of(story, "f1"), theme.accent, "F1")
        yield from self._best(story, theme.text)

    def _best(self, story: Story, colour: str) -> Iterator[Curve]:
        best = story.best
        if best is not None:
            for plot, value in ((self.loss, best.loss), (self.quality, best.accuracy)):
                step = np.array([best.step], dtype=np.float64)
                yield Curve(plot, step, np.array([value], dtype=np.float64), colour, mark=True)

    def _point(self, plot: pg.PlotWidget, at: QPointF) -> None:
        inside = plot.getPlotItem().vb.sceneBoundingRect().contains(at)
        for line in self._lines:
            line.setVisible(inside and bool(self._shown))
        if not inside or not self._shown:
            self.pointed.emit("")
            return
        step = plot.getPlotItem().vb.mapSceneToView(at).x()
        told = [_point_text(shown, step, len(self._shown) > 1) for shown in self._shown]
        for line in self._lines:
            line.setValue(step)
        self.pointed.emit("    ".join(filter(None, told)))


def train_loss(story: Story) -> tuple[Numbers, Numbers]:
    """Steps and training loss."""
    pairs = [(one.step, one.loss) for one in story.steps]
    found = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def series_of(story: Story, name: str) -> Numbers:
    """One figure of all evaluations."""
    return np.array([getattr(one, name) for one in story.evaluations], dtype=np.float64)


def smooth(values: Numbers, strength: float) -> Numbers:
    """Exponential moving average, corrected for its start."""
    if not strength or len(values) < 2:
        return values
    found, mean = np.empty_like(values), 0.0
    for number, value in enumerate(values):
        mean = strength * mean + (1 - strength) * float(value)
        found[number] = mean / (1 - strength ** (number + 1))
    return found


def _point_text(shown: Shown, step: float, named: bool) -> str:
    """Values next to a step, as `step 120 · training 0.1234 · held out 0.2345 · …`."""
    story = shown.story
    parts = []
    if story.steps:
        near = min(story.steps, key=lambda one: abs(one.step - step))
        parts += [f"step {near.step}", f"training {near.loss:.4f}"]
    if story.evaluations:
        held = min(story.evaluations, key=lambda one: abs(one.step - step))
        parts += [
            f"held out {held.loss:.4f}", f"accuracy {share_text(held.accuracy)}",
            f"F1 {held.f1:.3f}",
        ]  # fmt: skip
    text = " · ".join(parts)
    return f"{shown.name}: {text}" if named and text else text


class StepAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """An axis that counts steps: nothing is marked between two of them."""

    def tickSpacing(self, first: float, last: float, pixels: float) -> list[tuple[float, float]]:
        """Distances between marks, of long and of shorter ones, and where they begin."""
        levels = super().tickSpacing(first, last, pixels)
        return [(space, start) for space, start in levels if space >= 1] or [(1.0, 0.0)]


class TitleLegend(pg.LegendItem):  # type: ignore[misc]  # pyqtgraph has no types
    """A legend beside the title, whose line is as high as the legend: it covers no curve."""

    def __init__(self, plot: pg.PlotItem) -> None:
        super().__init__(colCount=2, labelTextSize="8pt")
        self._plot = plot
        self.setParentItem(plot)
        self.layout.setContentsMargins(6, 2, 6, 2)
        self.anchor(itemPos=(1, 0), parentPos=(1, 0), offset=(-4, 0))

    def updateSize(self) -> None:
        """Called by pyqtgraph whenever a name is added, removed or written in another size."""
        super().updateSize()
        if self.parentItem() is not None:  # not while it is being made
            height = max(_TITLE, self.boundingRect().height())
            self._plot.layout.setRowFixedHeight(0, height)


def new_plot(name: str, *, steps: bool = False) -> pg.PlotWidget:
    """An empty plot in the style of this window, with `steps` from left to right or any numbers."""
    axes = {"bottom": StepAxis("bottom")} if steps else {}
    plot = pg.PlotWidget(background=None, axisItems=axes)
    plot.setFrameShape(plot.Shape.NoFrame)
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    item = plot.getPlotItem()
    item.setMenuEnabled(False)
    item.hideButtons()
    item.setTitle(name, size="9pt", justify="left")
    item.legend = TitleLegend(item)
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
    plot.resetCachedContent()  # the background is kept, in the colours of before
    item = plot.getPlotItem()
    item.clear()
    item.legend.setLabelTextColor(theme.text)
    item.titleLabel.setText(item.titleLabel.text, color=theme.muted, size="9pt", justify="left")
    for side in ("left", "bottom"):
        axis = item.getAxis(side)
        axis.setPen(pg.mkPen(theme.border, width=1))
        axis.setTextPen(pg.mkPen(theme.muted))


def draw_line(
    plot: pg.PlotWidget, x: Numbers, y: Numbers, colour: str, name: str
) -> pg.PlotDataItem:
    """Draw a curve one pixel wide: wider ones are slow."""
    pen = pg.mkPen(colour, width=1)
    symbol = "o" if len(x) == 1 else None  # a single point has no line
    return plot.plot(x, y, pen=pen, name=name or None, symbol=symbol, symbolSize=4, symbolPen=pen)


def _series(theme: Colours) -> tuple[str, ...]:
    return (
        theme.accent, theme.warning, theme.success, theme.failure, theme.text, theme.excluded,
    )  # fmt: skip
