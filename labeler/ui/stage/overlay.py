"""What stands over the large image: frame, time, state of the frame, speed."""

from dataclasses import dataclass, replace
from math import ceil

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from labeler.labels import State
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.signs import draw_state
from labeler.ui.kit.spoken import announce
from labeler.ui.kit.theme import colours

_INK = QColor("#ffffff")
_BACK = QColor(0, 0, 0, 168)
_HEIGHT = 28
_EDGE, _BETWEEN = 10, 6  # pixels around and between pills
_INSIDE, _SIGN = 22, 24  # pixels of a pill beside its text, and that the sign of a state takes
_LEAST_NAME = 60  # pixels of a recording's name that say something
_SMALL = 240  # pixels of height: pills over an image that is lower cover too much of it
_AROUND_WORDS = 24  # pixels beside what is said in the place of an image
_WIDEST = 190  # pixels of the column beside a small image
_STATES = ("SUCCESS", "FAILURE", "EXCLUDED", "SKIPPED", "NO LABEL")
_WRAPPED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap


@dataclass(frozen=True, slots=True)
class Pill:
    """A text on a dark ground, with the sign of a state if it has one."""

    box: QRectF
    text: str
    state: State | None = None


class FrameOverlay(QWidget):
    """Lies over the large camera view and lets the mouse through.

    column: pixels at its left, beside the image, that it has for itself; 0 where it lies over the
        image only
    """

    spoken_role = QAccessible.Role.Indicator

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.column = 0
        self.waiting = False
        self._asked, self._asked_at = "", -1
        self.setAccessibleName("Frame shown")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        desk.playhead.moved.connect(self._follow)
        desk.playhead.playing_changed.connect(self._follow)
        desk.bridge.labels_changed.connect(lambda episodes: self._ask("", -1))
        desk.playhead.episode_changed.connect(lambda episode: self._ask("", -1))
        desk.asked.connect(self._ask)

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

    def question(self) -> str:
        """Why a key was held back, where the eye is; empty once that is settled."""
        here = self._asked_at in (-1, self._desk.playhead.frame)
        return self._asked if here else ""

    def spoken_value(self) -> str:
        """Frame, how it counts, and how it plays: `frame 53 / 100    1.77 s, SUCCESS`."""
        parts = (self.question(), self.place_text(), self.frame_state()[1], self.motion_text())
        return ", ".join(filter(None, parts)) if self._desk.episode >= 0 else ""

    def _ask(self, question: str, frame: int) -> None:
        self._asked, self._asked_at = question, frame
        self._follow()

    def _follow(self) -> None:
        self.update()
        if not self._desk.playhead.playing:  # nobody listens to thirty frames a second
            announce(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pills."""
        painter = QPainter(self)
        if self.column:
            painter.fillRect(QRect(0, 0, self.column, self.height()), QColor(colours(self).stage))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        for pill in self.pills():
            self._draw_pill(painter, pill)

    def column_in(self, room: QSize, image: QSize) -> int:
        """Pixels beside a small image that the pills can have without making it smaller.

        0 where they are too few, and where the image is so large that pills may lie over it.
        """
        free = room.width() - ceil(room.height() * image.width() / image.height())
        least = self.least_column(room.height())
        return min(free - _BETWEEN, _WIDEST) if 0 < least <= free else 0

    def least_column(self, height: int) -> int:
        """Pixels of width that pills need beside an image of a height; 0 where they lie over it."""
        widest = max(self._width_of(word) for word in _STATES)
        return widest + 3 * _BETWEEN if height < _SMALL else 0

    def pills(self) -> list[Pill]:
        """Place and state; below them what else is to be said."""
        metrics = self._metrics()
        state, word = self.frame_state()
        sign = Pill(QRectF(0, 0, self._width_of(word), _HEIGHT), word, state)
        return self._pills_beside(metrics, sign) if self.column else self._pills_over(metrics, sign)

    def free_place(self) -> QRect:
        """Of the view below, where words in the place of its image are not covered."""
        view = QRect(0, 0, self.width() - self.column, self.height())
        if self.column:
            return view.adjusted(_EDGE, _BETWEEN, -_EDGE, -_BETWEEN)
        below = max(round(pill.box.bottom()) for pill in self.pills()) + _BETWEEN
        return view.adjusted(_AROUND_WORDS, below, -_AROUND_WORDS, -_BETWEEN)

    def _metrics(self) -> QFontMetrics:
        font = QFont(self.font())
        font.setBold(True)
        return QFontMetrics(font)

    def _width_of(self, word: str) -> int:
        return self._metrics().horizontalAdvance(word) + _SIGN + _INSIDE

    def _pills_beside(self, metrics: QFontMetrics, state: Pill) -> list[Pill]:
        """What there is room for, each as many lines as it needs.

        The bar below the image has the place and the speed, too, and the panel beside it the
        label: they give way to a question.
        """
        width = self.column - 2 * _BETWEEN - _INSIDE
        tall, spare = QRect(0, 0, width, 10_000), self.height() - _BETWEEN

        def pill(text: str) -> Pill:
            bounds = QRect(0, 0, metrics.horizontalAdvance(text), metrics.lineSpacing())
            if bounds.width() > width:
                bounds = metrics.boundingRect(tall, _WRAPPED, text)
            size = bounds.size() + QSize(_INSIDE, _HEIGHT - metrics.lineSpacing())
            return Pill(QRectF(QPointF(0, 0), size.toSizeF()), text)

        place = pill(self._fitting_place(metrics, width))
        question, motion = (pill(text) for text in (self.question(), self.motion_text()))
        fitting = list[Pill]()
        urgent = question if question.text else state
        for one in (urgent, state, place, motion):
            fits = one is urgent or one.box.height() + _BETWEEN <= spare
            if one.text and fits and one not in fitting:
                fitting.append(one)
                spare -= round(one.box.height()) + _BETWEEN
        made, top = list[Pill](), float(_BETWEEN)
        for one in (place, state, question, motion):
            if one in fitting:
                made.append(replace(one, box=one.box.translated(_BETWEEN, top)))
                top += one.box.height() + _BETWEEN
        return made

    def _pills_over(self, metrics: QFontMetrics, state: Pill) -> list[Pill]:
        room, width = self.width() - 2 * _EDGE, state.box.width()
        place = self._fitting_place(metrics, room - _INSIDE)
        beside = metrics.horizontalAdvance(place) + _INSIDE + _BETWEEN + width <= room

        def box(row: int, width: float, *, right: bool = False) -> QRectF:
            left = self.width() - width - _EDGE if right else _EDGE
            return QRectF(left, _EDGE + row * (_HEIGHT + _BETWEEN), width, _HEIGHT)

        made = [
            Pill(box(0, metrics.horizontalAdvance(place) + _INSIDE), place),
            replace(state, box=box(0 if beside else 1, width, right=beside)),
        ]
        elide = Qt.TextElideMode.ElideRight
        row = 1 if beside else 2
        for text in filter(None, (self.question(), self.motion_text())):
            told = metrics.elidedText(text, elide, room - _INSIDE)
            made.append(Pill(box(row, metrics.horizontalAdvance(told) + _INSIDE), told))
            row += 1
        return made

    def _fitting_place(self, metrics: QFontMetrics, room: int) -> str:
        """As much of `place_text` as there is room for; the frame is what goes last."""
        source, whole = self._desk.source_name(), self.place_text()
        frame = whole.removeprefix(f"{source}    ") if source else whole
        left = room - metrics.horizontalAdvance(f"    {frame}")
        name = metrics.elidedText(source, Qt.TextElideMode.ElideMiddle, max(left, 0))
        named = [f"{name}    {frame}"] if left >= _LEAST_NAME else []
        number = frame.split("    ")[0]
        texts = [whole, *named, frame, number, number.removeprefix("frame ")]
        return next((one for one in texts if metrics.horizontalAdvance(one) <= room), texts[-1])

    def _draw_pill(self, painter: QPainter, pill: Pill) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_BACK)
        painter.drawRoundedRect(pill.box, 6, 6)
        if pill.state is None:
            painter.setPen(_INK)
            lines = pill.box.height() > _HEIGHT
            words = pill.box.adjusted(_INSIDE / 2, 0, -_INSIDE / 2, 0) if lines else pill.box
            painter.drawText(words, _WRAPPED if lines else Qt.AlignmentFlag.AlignCenter, pill.text)
            return
        sign = QRectF(pill.box.left() + 9, pill.box.top() + 6, _HEIGHT - 12, _HEIGHT - 12)
        draw_state(painter, sign, pill.state, colours(self).of(pill.state))
        painter.setPen(_INK)
        words = pill.box.adjusted(32, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, pill.text)
