"""The label of the episode as a band, with edges that can be dragged."""

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF

from labeler.labels import EpisodeLabel, FrameRange, State
from labeler.labels.edges import move_edge
from labeler.labels.episode import include
from labeler.review.suggestion import Basis, Suggestion
from labeler.review.words import suggestion_sentence
from labeler.session.words import decision
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.theme import colours
from labeler.ui.timeline.lane import Lane
from labeler.ui.timeline.scale import TimeScale

_REACH = 6  # pixels from an edge within which it can be grabbed
_HEIGHT = 34
_RULER = 13
_DIAMOND = 6  # pixels from its middle to its sides


class LabelBand(Lane):
    """Failure, success and excluded frames; `dragged` brings the label made with the mouse."""

    dragged = Signal(object, str)  # EpisodeLabel, what was done

    def __init__(self, desk: Desk, scale: TimeScale) -> None:
        super().__init__(desk, scale, _HEIGHT, "Label band")
        self._edge: int | None = None  # under the mouse button
        self._draft: EpisodeLabel | None = None  # the label as it will be when the button is up
        desk.bridge.labels_changed.connect(lambda episodes: self._drop())
        desk.playhead.episode_changed.connect(lambda episode: self._drop())
        desk.marker_changed.connect(self.update)
        desk.scores_changed.connect(self.refresh)

    def spoken_value(self) -> str:
        """Decision, excluded frames, suggestion and the frames in sight."""
        if self.desk.episode < 0:
            return ""
        label = self.desk.label
        parts = [decision(label)]
        if label.excluded:
            parts.append("excluded " + ", ".join(f"{p.start}–{p.end - 1}" for p in label.excluded))
        if not label.decided and (suggested := self.desk.best_suggestion()) is not None:
            parts.append(suggestion_sentence(suggested))
        return ", ".join((*parts, super().spoken_value()))

    def draw(self, painter: QPainter) -> None:
        """Draw ruler, band and edges."""
        if self.desk.episode < 0:
            return
        theme = colours(self)
        label = self._draft or self.desk.label
        band = QRectF(0, _RULER, self.width(), self.height() - _RULER)
        whole = self.span(0, label.length).intersected(band)
        painter.fillRect(whole, QColor(theme.raised))
        if label.decided:
            painter.fillRect(whole, _soft(theme.failure))
        for part in label.success:
            painter.fillRect(self._part(part, band), QColor(theme.success))
        for part in label.excluded:
            painter.fillRect(self._part(part, band), QColor(theme.raised))
            painter.fillRect(
                self._part(part, band), QBrush(QColor(theme.excluded), Qt.BrushStyle.BDiagPattern)
            )
        self._draw_ruler(painter)
        self._draw_ghost(painter)
        for edge in self._edges(label):
            self._draw_edge(painter, edge)
        self._draw_words(painter, label, band)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The band, and over it the range that is being marked."""
        super().paintEvent(event)
        start = self.desk.range_start
        if start is not None:
            here = self.desk.playhead.frame
            low, high = sorted((start, here))
            painter = QPainter(self)
            painter.setPen(QPen(QColor(colours(self).accent), 2, Qt.PenStyle.DashLine))
            painter.drawRect(self.span(low, high + 1).adjusted(0, _RULER + 1, 0, -1))
            painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab an edge, or scrub."""
        self._edge = self._edge_near(event.position().x())
        if self._edge is None or event.button() != Qt.MouseButton.LeftButton:
            self._edge = None
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the edge; the video follows."""
        x = event.position().x()
        if self._edge is None:
            near = self._edge_near(x) is not None
            self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)
            super().mouseMoveEvent(event)
            return
        to = self.scale.edge_at(x, self.width())
        moved = drag_edge(self.desk.label, self._edge, to)
        if moved is not None:
            self._draft = moved
            self.desk.playhead.pause()
            self.desk.playhead.go(to)
            self.refresh()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The edge is where it shall be."""
        draft, edge = self._draft, self._edge
        self._drop()
        if draft is not None and draft != self.desk.label:
            self.dragged.emit(draft, f"drag edge {edge} to {self.desk.playhead.frame}")

    def _drop(self) -> None:
        self._edge = self._draft = None
        self.refresh()

    def _part(self, part: FrameRange, band: QRectF) -> QRectF:
        return self.span(part.start, part.end).intersected(band)

    def _edges(self, label: EpisodeLabel) -> list[int]:
        bounds = {bound for part in label.success for bound in (part.start, part.end)}
        bounds |= {bound for part in label.excluded for bound in (part.start, part.end)}
        return sorted(bounds - {label.length})

    def _edge_near(self, x: float) -> int | None:
        if self.desk.episode < 0:
            return None
        edges = self._edges(self.desk.label)
        near = min(edges, key=lambda e: abs(self.scale.x(e, self.width()) - x), default=None)
        if near is None or abs(self.scale.x(near, self.width()) - x) > _REACH:
            return None
        return near

    def _draw_edge(self, painter: QPainter, edge: int) -> None:
        x = self.scale.x(edge, self.width())
        colour = QColor(colours(self).text)
        painter.setPen(QPen(colour, 1.5))
        painter.drawLine(QPointF(x, _RULER), QPointF(x, self.height()))
        painter.setBrush(colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = float(_RULER)
        painter.drawPolygon(
            QPolygonF([QPointF(x - 5, top - 6), QPointF(x + 5, top - 6), QPointF(x, top)])
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _ghost(self) -> Suggestion | None:
        """What is suggested for an episode without a decision, if that is a success."""
        found = None if self.desk.label.decided else self.desk.best_suggestion()
        return found if found is not None and found.ranges else None

    def _beside_ghost(self, word: str, band: QRectF) -> QRectF:
        """The middle of the band, or of its longer part beside a diamond that would lie there."""
        suggested = self._ghost()
        if suggested is None:
            return band
        x = self.scale.x(suggested.ranges[0].start, self.width())
        reach = self.fontMetrics().horizontalAdvance(word) / 2 + 2 * _DIAMOND
        if abs(x - band.center().x()) > reach:
            return band
        left, right = QRectF(band), QRectF(band)
        left.setRight(x)
        right.setLeft(x)
        return left if left.width() > right.width() else right

    def _draw_ghost(self, painter: QPainter) -> None:
        """A diamond where the edge of an episode without a decision is suggested.

        That of a classifier is filled; a hint from signals has an outline and a dashed line.
        """
        suggested = self._ghost()
        if suggested is None:
            return
        x = self.scale.x(suggested.ranges[0].start, self.width())
        y = (_RULER + self.height()) / 2
        colour = QColor(colours(self).warning)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hint = suggested.basis is Basis.SIGNALS
        line = Qt.PenStyle.DashLine if hint else Qt.PenStyle.SolidLine
        painter.setPen(QPen(colour, 1.5, line))
        painter.drawLine(QPointF(x, _RULER), QPointF(x, self.height()))
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(QColor(colours(self).raised) if hint else colour)
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x, y - 7),
                    QPointF(x + _DIAMOND, y),
                    QPointF(x, y + 7),
                    QPointF(x - _DIAMOND, y),
                ]
            )
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _draw_ruler(self, painter: QPainter) -> None:
        theme = colours(self)
        painter.setPen(QColor(theme.muted))
        font = painter.font()
        font.setPixelSize(10)
        painter.setFont(font)
        step = _round_step((self.scale.last - self.scale.first) * 70 / max(self.width(), 1))
        frame = -(-int(self.scale.first) // step) * step
        while frame < self.scale.last:
            x = self.scale.x(frame, self.width())
            painter.drawLine(QPointF(x, _RULER - 3), QPointF(x, _RULER))
            painter.drawText(QPointF(x + 3, _RULER - 3), str(frame))
            frame += step

    def _draw_words(self, painter: QPainter, label: EpisodeLabel, band: QRectF) -> None:
        theme = colours(self)
        words = {
            State.UNLABELED: ("no label yet", theme.muted),
            State.SKIPPED: ("skipped", theme.muted),
            State.NEVER: ("failure", theme.text),
        }
        if label.state in words:
            word, colour = words[label.state]
            painter.setPen(QColor(colour))
            painter.drawText(self._beside_ghost(word, band), Qt.AlignmentFlag.AlignCenter, word)
            return
        light = QColor(theme.success).lightness() > 100
        painter.setPen(QColor("#06130b" if light else "#ffffff"))
        for part in label.success:
            box = self._part(part, band)
            if box.width() > 60:
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "success")


def drag_edge(label: EpisodeLabel, edge: int, to: int) -> EpisodeLabel | None:
    """The label with an edge of success or exclusion at another frame; None if it vanishes."""
    moved = move_edge(label, edge, to)
    if moved is not None:
        return moved
    for part in label.excluded:
        rest = include(label, part)
        if part.start == edge and to < part.end:
            return replace(rest, excluded=(*rest.excluded, FrameRange(to, part.end)))
        if part.end == edge and part.start < to:
            return replace(rest, excluded=(*rest.excluded, FrameRange(part.start, to)))
    return None


def _round_step(frames: float) -> int:
    """The next number of 1, 2, 5, 10, … at or above."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor >= frames:
                return step * factor
        step *= 10


def _soft(colour: str) -> QColor:
    soft = QColor(colour)
    soft.setAlpha(70)
    return soft
