"""Lanes that draw curves: a signal of the recording, or the probability of success."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from labeler.review.words import unlike_sentence
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.theme import colours
from labeler.ui.timeline.lane import Lane
from labeler.ui.timeline.scale import TimeScale
from labeler.ui.timeline.signals import SignalName, SignalRows

_HEIGHT = 46
_PAD = 5
_MARK, _LEAST_MARK = 3, 2  # pixels of height, below where a curve can be, and of width
_WHAT_TO_DO = (
    "{what} (grey line), so their probabilities may mean nothing. Label such episodes and train "
    "again; if it is all of them, look at exposure, crop and camera position."
)


class CurveLane(Lane):
    """Draws one number per frame; the range of values fills the height."""

    def curve(self) -> NDArray[np.float64] | None:
        """Numbers to draw, shape (length,); overridden."""
        raise NotImplementedError

    def spoken_value(self) -> str:
        """The value at the frame shown, and the frames in sight."""
        values, frame = self.curve(), self.desk.playhead.frame
        if values is None or frame >= len(values) or not np.isfinite(values[frame]):
            return "no values"
        return f"{values[frame]:.3g} at frame {frame}, {super().spoken_value()}"

    def bounds(self, values: NDArray[np.float64]) -> tuple[float, float]:
        """Lowest and highest value of the lane."""
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        return (low, high) if high > low else (low - 0.5, low + 0.5)

    def draw(self, painter: QPainter) -> None:
        """Draw the curve."""
        theme = colours(self)
        painter.fillRect(self.rect().adjusted(10, 0, -10, 0), QColor(theme.panel))
        values = self.curve()
        if values is None or not np.isfinite(values).any():
            return
        low, high = self.bounds(values)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw_behind(painter)
        painter.setPen(QPen(QColor(theme.accent), 1.4))
        painter.drawPolyline(self._points(values, low, high))
        painter.setPen(QColor(theme.muted))
        font = painter.font()
        font.setPixelSize(10)
        painter.setFont(font)
        box = QRectF(self.rect()).adjusted(14, 1, -14, -1)
        right = Qt.AlignmentFlag.AlignRight
        for text, end in ((f"{high:.3g}", Qt.AlignmentFlag.AlignTop),
                          (f"{low:.3g}", Qt.AlignmentFlag.AlignBottom)):  # fmt: skip
            ground = painter.boundingRect(box, right | end, text).adjusted(-3, 0, 3, 0)
            painter.fillRect(ground, QColor(theme.panel))
            painter.drawText(box, right | end, text)

    def draw_behind(self, painter: QPainter) -> None:
        """What lies behind the curve and its words; overridden."""

    def level(self, value: float, low: float, high: float) -> float:
        """Pixel of a value."""
        return self.height() - _PAD - (value - low) / (high - low) * (self.height() - 2 * _PAD)

    def _points(self, values: NDArray[np.float64], low: float, high: float) -> QPolygonF:
        first = max(int(self.scale.first) - 1, 0)
        last = min(int(self.scale.last) + 2, len(values))
        step = max((last - first) // (2 * max(self.width(), 1)), 1)
        return QPolygonF(
            [
                QPointF(
                    self.scale.x(frame + 0.5, self.width()), self.level(values[frame], low, high)
                )
                for frame in range(first, last, step)
                if np.isfinite(values[frame])
            ]
        )


class SignalLane(CurveLane):
    """A dimension of a column of the recording."""

    def __init__(self, desk: Desk, scale: TimeScale, rows: SignalRows) -> None:
        super().__init__(desk, scale, _HEIGHT, "Signal")
        self._rows = rows
        self.name: SignalName | None = None
        rows.arrived.connect(self.refresh)
        desk.playhead.episode_changed.connect(lambda episode: self.refresh())

    def show_signal(self, name: SignalName | None) -> None:
        """Draw another signal; None draws nothing."""
        self.name = name
        self.setAccessibleName("Signal" if name is None else f"Signal {name.text}")
        self.refresh()

    def curve(self) -> NDArray[np.float64] | None:
        """Values of the signal in the episode shown."""
        return None if self.name is None else self._rows.values(self.name)


class ProbabilityLane(CurveLane):
    """Probability of success from a classifier, the threshold, and the suggested cutoff."""

    def __init__(self, desk: Desk, scale: TimeScale) -> None:
        super().__init__(desk, scale, _HEIGHT, "Probability of success")
        desk.scores_changed.connect(self.refresh)
        desk.playhead.episode_changed.connect(lambda episode: self.refresh())

    def curve(self) -> NDArray[np.float64] | None:
        """Probabilities of the episode shown."""
        return self.desk.probabilities()

    def bounds(self, values: NDArray[np.float64]) -> tuple[float, float]:
        """Probabilities are shown from 0 to 1."""
        return 0.0, 1.0

    def unlike(self) -> NDArray[np.bool_] | None:
        """Frames of the episode shown that are not like the training, bool, shape (length,)."""
        scores = self.desk.visible_scores
        return None if scores is None else scores.unlike(self.desk.episode)

    def refresh(self) -> None:
        """Draw the content anew, and say what its marks mean."""
        unlike = self.unlike()
        what = "" if unlike is None else unlike_sentence(unlike)
        self.setToolTip(_WHAT_TO_DO.format(what=what) if what else "")
        super().refresh()

    def spoken_value(self) -> str:
        """The probability, the frames in sight, and how many frames are unlike the training."""
        unlike = self.unlike()
        what = "" if unlike is None else unlike_sentence(unlike)
        return ", ".join(filter(None, (super().spoken_value(), what)))

    def draw(self, painter: QPainter) -> None:
        """Curve, threshold, unlike frames, a diamond at the suggested edge."""
        super().draw(painter)
        if self.desk.blind:
            return
        theme = colours(self)
        self._draw_unlike(painter, QColor(theme.muted))
        line = self.level(self.desk.threshold, 0.0, 1.0)
        painter.setPen(QPen(QColor(theme.warning), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(10, line), QPointF(self.width() - 10, line))
        suggested = self.desk.suggestion()
        if suggested is None or not suggested.success:
            return
        x = self.scale.x(suggested.success[0].start, self.width())
        y = self.height() / 2
        painter.setPen(QPen(QColor(theme.window), 1))
        painter.setBrush(QColor(theme.warning))
        painter.drawPolygon(
            QPolygonF([QPointF(x, y - 8), QPointF(x + 6, y), QPointF(x, y + 8), QPointF(x - 6, y)])
        )

    def _draw_unlike(self, painter: QPainter, colour: QColor) -> None:
        """A line at the lower edge below frames that are not like the training."""
        unlike = self.unlike()
        if unlike is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for start, end in self.scale.runs(unlike, self.width()):
            run = self.span(start, end)
            width = max(run.width(), _LEAST_MARK)
            painter.fillRect(QRectF(run.x(), self.height() - _MARK, width, _MARK), colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def draw_behind(self, painter: QPainter) -> None:
        """A band of one standard deviation of the folds' classifiers around the curve."""
        values, spread = self.desk.probabilities(), self.desk.spreads()
        if values is None or spread is None:
            return
        edges = [(values + side * spread).clip(0, 1) for side in (-1, 1)]
        below, above = (self._points(edge, 0.0, 1.0).toList() for edge in edges)
        colour = QColor(colours(self).accent)
        colour.setAlpha(60)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([*below, *reversed(above)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
