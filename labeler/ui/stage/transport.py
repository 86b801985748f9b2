"""The bar under the image: play, step, speed, loop, the frame as a number, and which camera."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QFrame, QHBoxLayout, QSpinBox, QWidget

from labeler.ui.commands.actions import Actions
from labeler.ui.desk.desk import Desk
from labeler.ui.desk.playhead import LADDER
from labeler.ui.kit.command_action import CommandAction
from labeler.ui.kit.controls import ActionButton, combo_box
from labeler.ui.kit.theme import colours

_SPEEDS = tuple(speed for speed in LADDER if speed > 0)
_BUTTON = QSize(34, 26)
_SPEED = 78  # pixels that the longest speed needs in its box
_LEAST_LAST = 999  # a frame field has room for three digits at least
_AROUND = 20  # pixels of a field beside its number: padding, border, cursor
_LATER = 20  # ms in which steps count as one: the image is painted first, each time
_KEY_PREFIX = "observation.images."


class Transport(QFrame):
    """Shows how the playhead moves, and moves it; `left` says that typing is over."""

    left = Signal()

    def __init__(self, desk: Desk, actions: Actions) -> None:
        super().__init__()
        self._desk = desk
        self.setAccessibleName("Playback")
        self.buttons = {
            sign: SignButton(actions[name], sign)
            for sign, name in (
                ("back", "go.previous_frame"), ("play", "play.toggle"), ("on", "go.next_frame"),
                ("loop", "play.loop"),
            )
        }  # fmt: skip
        self.buttons["loop"].setCheckable(True)
        self.buttons["loop"].clicked.connect(self._show_motion)
        self.speed = combo_box("Speed of playback")
        for speed in _SPEEDS:
            self.speed.addItem(f"{speed:g}×", speed)
        self.speed.setMaximumWidth(_SPEED)
        self.speed.activated.connect(lambda row: desk.playhead.set_speed(_SPEEDS[row]))
        self.frame = FrameField(desk)
        self.frame.left.connect(self.left)
        self.of = PlaceText()
        self.camera = combo_box("Camera shown large")
        self.camera.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.camera.activated.connect(lambda row: desk.show_camera(self.camera.itemData(row)))
        self._place()
        self._later = QTimer(self, singleShot=True, interval=_LATER)
        self._later.timeout.connect(self._show_place)
        desk.playhead.moved.connect(self._follow)
        desk.playhead.episode_changed.connect(self._show_episode)
        desk.playhead.playing_changed.connect(self._show_motion)
        desk.camera_changed.connect(self._show_cameras)
        self._show_cameras()
        self._show_motion()

    def _place(self) -> None:
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 2, 8, 2)
        line.setSpacing(5)
        for button in self.buttons.values():
            line.addWidget(button)
        line.addWidget(self.speed)
        line.addWidget(self.frame)
        line.addWidget(self.of, 10)
        line.addStretch(1)
        line.addWidget(self.camera)

    def _show_episode(self, episode: int) -> None:
        """Another episode: its longest time has the room that it needs."""
        playhead = self._desk.playhead
        longest = self._of(playhead.length / playhead.fps)
        advance = self.of.fontMetrics().horizontalAdvance
        self.of.setMinimumWidth(advance(f"/ {playhead.length}") + 4)
        self.of.setMaximumWidth(advance(longest) + 4)
        self._show_motion()

    def _follow(self) -> None:
        """What plays is painted together with its image, which is there already."""
        if self._desk.playhead.playing:
            self._show_place()
        elif not self._later.isActive():  # else a key that is held would put it off for ever
            self._later.start()

    def _show_place(self) -> None:
        """Without the time where there is no room for it: it lies over the image, too."""
        self._later.stop()
        self.frame.show_frame()
        whole = self._of(self._desk.playhead.seconds)
        self.of.show_text(whole, f"/ {self._desk.playhead.length}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There may be room for the time now."""
        super().resizeEvent(event)
        self._show_place()

    def _of(self, seconds: float) -> str:
        return f"/ {self._desk.playhead.length}   {seconds:.2f} s"

    def _show_motion(self) -> None:
        """Playing or not, how fast, and whether it goes round."""
        playhead = self._desk.playhead
        self.buttons["play"].show_sign("pause" if playhead.playing else "play")
        self.buttons["loop"].setChecked(playhead.loop is not None)
        self.speed.setCurrentIndex(_SPEEDS.index(abs(playhead.speed)))

    def _show_cameras(self) -> None:
        keys = [camera.key for camera in self._desk.source.dataset.cameras]
        self.camera.clear()
        for key in keys:
            self.camera.addItem(key.removeprefix(_KEY_PREFIX), key)
        self.camera.setCurrentIndex(self.camera.findData(self._desk.camera))
        self.camera.setToolTip(self._desk.camera)
        self.camera.setVisible(bool(keys))
        self.camera.setEnabled(len(keys) > 1)


class PlaceText(QWidget):
    """Length and time, or the length alone where there is no room for both.

    A `QLabel` would have the whole window laid out anew with each frame, as its text changes.
    """

    spoken_role = QAccessible.Role.StaticText

    def __init__(self) -> None:
        super().__init__()
        self._whole = self._short = ""
        self.setAccessibleName("Frames and time")

    def show_text(self, whole: str, short: str) -> None:
        """Show other texts, the second where the first has no room."""
        if (whole, short) != (self._whole, self._short):
            self._whole, self._short = whole, short
            self.setToolTip(whole)
            self.update()

    def text(self) -> str:
        """What there is room for."""
        fits = self.fontMetrics().horizontalAdvance(self._whole) <= self.width()
        return self._whole if fits else self._short

    def spoken_value(self) -> str:
        """All of it."""
        return self._whole

    def sizeHint(self) -> QSize:
        """As high as a line."""
        return QSize(40, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what there is room for."""
        painter = QPainter(self)
        painter.setPen(QColor(colours(self).muted))
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), side, self.text())


class FrameField(QSpinBox):
    """The frame shown, to be typed over: Enter goes there, Escape leaves it."""

    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._playhead = desk.playhead
        self.setAccessibleName("Frame shown")
        self.setToolTip("Type a frame and press Enter")
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._fit()

    def _fit(self) -> None:
        """Be as wide as the longest number of the episode needs: the camera has the rest."""
        shown = self.fontMetrics().horizontalAdvance(str(max(self.maximum(), _LEAST_LAST)))
        self.setFixedWidth(shown + _AROUND)

    def show_frame(self) -> None:
        """The playhead is somewhere else; what is being typed stays."""
        if not self.hasFocus():
            self._show_frame()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """What is typed over is the frame shown, even right after a step."""
        self._show_frame()
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the frame and leaves the field, Escape leaves it alone."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.interpretText()
            self._leave(self.value())
        elif event.key() == Qt.Key.Key_Escape:
            self._leave(self._playhead.frame)
        else:
            super().keyPressEvent(event)

    def stepBy(self, steps: int) -> None:
        """The arrows up and down show their frame at once."""
        super().stepBy(steps)
        self._go(self.value())

    def _show_frame(self) -> None:
        last = self._playhead.length - 1
        if last != self.maximum():  # it would have the whole window laid out anew
            self.setMaximum(last)
            self._fit()
        self.setValue(self._playhead.frame)

    def _leave(self, frame: int) -> None:
        self.left.emit()
        self._go(frame)
        self.show_frame()

    def _go(self, frame: int) -> None:
        self._playhead.pause()
        self._playhead.go(frame)


class SignButton(ActionButton):
    """A command's button with a drawn sign in place of a text."""

    def __init__(self, action: CommandAction, sign: str) -> None:
        super().__init__(action, "", with_key=False)
        self.sign = sign
        self.setFixedSize(_BUTTON)

    def show_sign(self, sign: str) -> None:
        """Show another one."""
        if sign != self.sign:
            self.sign = sign
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, and the sign in its middle."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = colours(self)
        ink = theme.on_accent if self.isChecked() else theme.text
        middle = self.rect().center()
        painter.translate(middle.x() - 6.5, middle.y() - 6.5)
        draw_sign(painter, self.sign, QColor(ink if self.isEnabled() else theme.unlabeled))


def draw_sign(painter: QPainter, sign: str, colour: QColor) -> None:
    """Play, pause, one frame back or on, or loop, in a square of 14 units."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    if sign == "play":
        painter.drawPolygon(QPolygonF([QPointF(3, 1), QPointF(13, 7), QPointF(3, 13)]))
    elif sign == "pause":
        for left in (2.5, 8.5):
            painter.drawRect(QRectF(left, 1.5, 3.5, 11))
    elif sign == "loop":
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.8))
        path = QPainterPath()
        path.arcMoveTo(QRectF(1.5, 1.5, 11, 11), 40)
        path.arcTo(QRectF(1.5, 1.5, 11, 11), 40, 290)
        painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([QPointF(8, 4.5), QPointF(14, 5.5), QPointF(12, 0)]))
    else:
        if sign == "back":
            painter.translate(14, 0)
            painter.scale(-1, 1)
        painter.drawRect(QRectF(1.5, 2, 2.2, 10))
        painter.drawPolygon(QPolygonF([QPointF(5.5, 2), QPointF(13, 7), QPointF(5.5, 12)]))
