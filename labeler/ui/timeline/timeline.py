"""The timeline: filmstrip, label band, probability and up to two signals under each other."""

from collections.abc import Sequence

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
_MARGIN, _GAP = 4, 3  # pixels above, below and between lanes


class Timeline(QWidget):
    """Places the lanes; `preview_over` is the widget above which hover previews may lie."""

    def __init__(self, desk: Desk, preview_over: QWidget) -> None:
        super().__init__()
        self._desk = desk
        self.scale = TimeScale(self)
        # Before the lanes hear of another episode, or they would look for frames that it lacks.
        desk.playhead.episode_changed.connect(lambda e: self.scale.open(desk.playhead.length))
        self.filmstrip = Filmstrip(desk, self.scale)
        self.band = LabelBand(desk, self.scale)
        self.probability = ProbabilityLane(desk, self.scale)
        self._rows = SignalRows(desk)
        self.signals = [SignalLane(desk, self.scale, self._rows) for _ in range(2)]
        self._names = signal_names(desk.session.dataset, outcomes=not desk.audited)
        self.choosers = [self._chooser(lane) for lane in self.signals]
        self.choosing = QWidget()
        self._room: int | None = None
        self._preview_over = preview_over
        self._preview = HoverPreview(desk, preview_over)
        self._place()
        first = default_signal(self._names)
        self._show_signal(self.signals[0], first)
        self._show_signal(self.signals[1], None)
        desk.playhead.moved.connect(lambda: self.scale.follow(desk.playhead.frame))
        desk.scores_changed.connect(self._show_probability)
        desk.camera_changed.connect(self._fit_again)
        self._show_probability()

    def zoom(self, factor: float) -> None:
        """Zoom around the playhead; 0 shows the whole episode."""
        if factor:
            self.scale.zoom(factor, self._desk.playhead.frame + 0.5)
        else:
            self.scale.open(self._desk.playhead.length)

    def fit(self, room: int) -> None:
        """Leave out what `room` pixels of height have no place for, so that no lane is squeezed.

        Signals go first, then their choosers, then the filmstrip; label and probability stay.
        """
        self._room = room
        wanted: list[QWidget] = [self.filmstrip] if self._desk.camera else []
        wanted += [self.choosing, *(lane for lane in self.signals if lane.name is not None)]
        spare, shown = room - self.least_height(), set[QWidget]()
        for part in wanted:
            spare -= _height([part])
            if spare >= 0:
                shown.add(part)
        for part in (self.filmstrip, self.choosing, *self.signals):
            part.setVisible(part in shown)

    def least_height(self, *, scores: bool = False) -> int:
        """Pixels of what is never left out, now or when there are `scores`."""
        return 2 * _MARGIN + _height(self._always(scores=scores))

    def _always(self, *, scores: bool = False) -> list[QWidget]:
        return [self.band, *([self.probability] if scores or self._desk.has_scores else [])]

    def _place(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, _MARGIN, 0, _MARGIN)
        layout.setSpacing(_GAP)
        for lane in (self.filmstrip, self.band, self.probability, *self.signals):
            layout.addWidget(lane)
            lane.hovered.connect(lambda frame, x, lane=lane: self._point(lane, frame, x))
        line = QHBoxLayout(self.choosing)
        line.setContentsMargins(10, 0, 10, 0)
        for chooser in self.choosers:
            line.addWidget(chooser)
        line.addStretch(1)
        layout.addWidget(self.choosing)

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
        self._fit_again()
        box = self.choosers[self.signals.index(lane)]
        box.setCurrentIndex(0 if name is None else self._names.index(name) + 1)
        box.setToolTip(name.text if name else "Draw a column of the recording")
        self._rows.want({lane.name.column for lane in self.signals if lane.name})

    def _show_probability(self) -> None:
        self.probability.setVisible(self._desk.has_scores)
        self._fit_again()

    def _fit_again(self) -> None:
        if self._room is not None:
            self.fit(self._room)

    def _point(self, lane: Lane, frame: int, x: float) -> None:
        at = lane.mapTo(self, QPoint(round(x), 0))
        above = self.mapTo(self.window(), QPoint(at.x(), 0))
        self._preview.point(frame, self._preview_over.mapFrom(self.window(), above))


def _height(parts: Sequence[QWidget]) -> int:
    """Pixels of some parts with the gaps between them and the next."""
    return sum(part.sizeHint().height() + _GAP for part in parts)
