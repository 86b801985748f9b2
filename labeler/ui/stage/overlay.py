"""What stands over the large image: frame, time, state of the frame, speed."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QAccessible, QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from labeler.labels import State
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.signs import draw_state
from labeler.ui.kit.spoken import announce
from labeler.ui.kit.theme import colours

_INK = QColor("#ffffff")
_BACK = QColor(0, 0, 0, 168)
_HEIGHT = 28
_STATE_ROOM = 190  # pixels that the other pill and gaps take


class FrameOverlay(QWidget):
    """Lies over the large camera view and lets the mouse through."""

    spoken_role = QAccessible.Role.Indicator

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.waiting = False
        self.setAccessibleName("Frame shown")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        desk.playhead.moved.connect(self._follow)
        desk.playhead.playing_changed.connect(self._follow)
        desk.bridge.labels_changed.connect(lambda episodes: self._follow())

    def place_text(self) -> str:
        """Frame, length and time: `frame 53 / 100   1.77 s`; before them the recording's name
        where there are several.
        """
        playhead, source = self._desk.playhead, self._desk.source_name()
        before = f"{source}    " if source else ""
        return f"{before}frame {playhead.frame} / {playhead.length}    {playhead.seconds:.2f} s"

    def frame_state(self) -> tuple[State, str]:
        """How the frame shown counts, as a sign and a word."""
        label, frame = self._desk.label, self._desk.playhead.frame
        if any(frame in part for part in label.excluded):
            return State.SKIPPED, "EXCLUDED"
        if label.state is State.SUCCESS:
            inside = any(frame in part for part in label.success)
            return (State.SUCCESS, "SUCCESS") if inside else (State.NEVER, "FAILURE")
        return {
            State.NEVER: (State.NEVER, "FAILURE"),
            State.SKIPPED: (State.SKIPPED, "SKIPPED"),
            State.UNLABELED: (State.UNLABELED, "NO LABEL"),
        }[label.state]

    def motion_text(self) -> str:
        """Speed, loop and dropped frames, where there is something to say."""
        playhead = self._desk.playhead
        parts = []
        if playhead.playing:
            parts.append(f"▶ {playhead.speed:g}×")
        if playhead.loop is not None:
            parts.append(f"loop {playhead.loop.start}–{playhead.loop.stop - 1}")
        if playhead.dropped:
            parts.append(f"{playhead.dropped} dropped")
        if self.waiting:
            parts.append("decoding…")
        return "   ".join(parts)

    def spoken_value(self) -> str:
        """Frame, how it counts, and how it plays: `frame 53 / 100    1.77 s, SUCCESS`."""
        parts = (self.place_text(), self.frame_state()[1], self.motion_text())
        return ", ".join(filter(None, parts)) if self._desk.episode >= 0 else ""

    def _follow(self) -> None:
        self.update()
        if not self._desk.playhead.playing:  # nobody listens to thirty frames a second
            announce(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pills."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        self._pill(painter, QPointF(10, 10), self.place_text())
        if motion := self.motion_text():
            self._pill(painter, QPointF(10, 10 + _HEIGHT + 6), motion)
        self._state_pill(painter)

    def _pill(self, painter: QPainter, at: QPointF, text: str) -> None:
        metrics = painter.fontMetrics()
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width() - _STATE_ROOM)
        width = metrics.horizontalAdvance(text) + 22
        box = QRectF(at.x(), at.y(), width, _HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_BACK)
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(_INK)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _state_pill(self, painter: QPainter) -> None:
        state, word = self.frame_state()
        width = painter.fontMetrics().horizontalAdvance(word) + 46
        box = QRectF(self.width() - width - 10, 10, width, _HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_BACK)
        painter.drawRoundedRect(box, 6, 6)
        sign = QRectF(box.left() + 9, box.top() + 6, _HEIGHT - 12, _HEIGHT - 12)
        draw_state(painter, sign, state, colours(self).of(state))
        painter.setPen(_INK)
        painter.drawText(box.adjusted(32, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, word)
