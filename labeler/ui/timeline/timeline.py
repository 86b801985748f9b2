"""The timeline: filmstrip, label band, probability and up to two signals under each other."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import combo_box
from labeler.ui.timeline.band import LabelBand
from labeler.ui.timeline.curves import ProbabilityLane, SignalLane
from labeler.ui.timeline.filmstrip import Filmstrip
from labeler.ui.timeline.hover import HoverPreview
from labeler.ui.timeline.lane import Lane
from labeler.ui.timeline.scale import TimeScale
from labeler.ui.timeline.signals import SignalName, SignalRows, default_signal, signal_names

_NONE = "no signal"
_CHOOSER_WIDTH = 210


class Timeline(QWidget):
    """Places the lanes; `preview_over` is the widget above which hover previews may lie."""

    def __init__(self, desk: Desk, preview_over: QWidget) -> None:
        super().__init__()
        self._desk = desk
        self.scale = TimeScale(self)
        self.filmstrip = Filmstrip(desk, self.scale)
        self.band = LabelBand(desk, self.scale)
        self.probability = ProbabilityLane(desk, self.scale)
        self._rows = SignalRows(desk)
        self.signals = [SignalLane(desk, self.scale, self._rows) for _ in range(2)]
        self._names = signal_names(desk.session.dataset, outcomes=not desk.audited)
        self.choosers = [self._chooser(lane) for lane in self.signals]
        self._preview_over = preview_over
        self._preview = HoverPreview(desk, preview_over)
        self._place()
        first = default_signal(self._names)
        self._show_signal(self.signals[0], first)
        self._show_signal(self.signals[1], None)
        desk.playhead.episode_changed.connect(lambda e: self.scale.open(desk.playhead.length))
        desk.playhead.moved.connect(lambda: self.scale.follow(desk.playhead.frame))
        desk.scores_changed.connect(self._show_probability)
        self._show_probability()

    def zoom(self, factor: float) -> None:
        """Zoom around the playhead; 0 shows the whole episode."""
        if factor:
            self.scale.zoom(factor, self._desk.playhead.frame + 0.5)
        else:
            self.scale.open(self._desk.playhead.length)

    def _place(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(3)
        for lane in (self.filmstrip, self.band, self.probability, *self.signals):
            layout.addWidget(lane)
            lane.hovered.connect(lambda frame, x, lane=lane: self._point(lane, frame, x))
        line = QHBoxLayout()
        line.setContentsMargins(10, 0, 10, 0)
        for chooser in self.choosers:
            line.addWidget(chooser)
        line.addStretch(1)
        layout.addLayout(line)

    def _chooser(self, lane: SignalLane) -> QComboBox:
        box = combo_box("Signal to draw")
        box.setMaximumWidth(_CHOOSER_WIDTH)
        box.addItem(_NONE, None)
        for name in self._names:
            box.addItem(name.text, name)
        box.activated.connect(lambda index: self._show_signal(lane, box.itemData(index)))
        return box

    def _show_signal(self, lane: SignalLane, name: SignalName | None) -> None:
        lane.show_signal(name)
        lane.setVisible(name is not None)
        box = self.choosers[self.signals.index(lane)]
        box.setCurrentIndex(0 if name is None else self._names.index(name) + 1)
        box.setToolTip(name.text if name else "Draw a column of the recording")
        self._rows.want({lane.name.column for lane in self.signals if lane.name})

    def _show_probability(self) -> None:
        self.probability.setVisible(self._desk.has_scores)

    def _point(self, lane: Lane, frame: int, x: float) -> None:
        at = lane.mapTo(self, QPoint(round(x), 0))
        above = self.mapTo(self.window(), QPoint(at.x(), 0))
        self._preview.point(frame, self._preview_over.mapFrom(self.window(), above))
