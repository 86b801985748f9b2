"""Images around the edge, over the stage: a click, or Enter, puts the edge there."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from labeler.labels import EpisodeLabel, State
from labeler.labels.edges import edges_of, nearest_edge
from labeler.session.sheet_frames import SIDE, SheetFrames
from labeler.session.words import sentence
from labeler.ui.commands.deciding import Deciding
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import push_button
from labeler.ui.kit.elided import ElidedLabel
from labeler.ui.kit.signs import draw_state
from labeler.ui.kit.spoken import announce
from labeler.ui.kit.theme import colours
from labeler.video import FrameKey, Missing

_GAP = 6
_PLAIN = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
_STEPS = {
    Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -SIDE, Qt.Key.Key_Down: SIDE,
}  # fmt: skip
_PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
_STRIDES = {Qt.Key.Key_Minus: -1, Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1}
_EDGE = 3  # pixels of a border
_LEAST_ROW = 56  # pixels high
_INK, _BACK = QColor("#ffffff"), QColor(0, 0, 0, 168)
_WORDS = {
    State.SUCCESS: "success", State.NEVER: "failure", State.SKIPPED: "excluded",
    State.UNLABELED: "no label",
}  # fmt: skip


class ContactSheet(QWidget):
    """Lies over the whole stage while it is open; labels stay with the session."""

    def __init__(self, desk: Desk, deciding: Deciding, stage: QWidget) -> None:
        super().__init__(stage)
        self._desk = desk
        self._stage = stage
        self.grid = SheetGrid(desk, deciding)
        self.title = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.title.setProperty("strong", True)
        self.grid.moved.connect(self._show)
        self.grid.left.connect(self.close_sheet)
        self.setAutoFillBackground(True)
        self._focus: QWidget | None = None
        self._arrange()
        self.hide()
        stage.installEventFilter(self)
        desk.playhead.episode_changed.connect(lambda episode: self.close_sheet())
        desk.camera_changed.connect(self._on_camera)
        desk.images.sheet.ready.connect(lambda key: self.grid.update())

    def toggle(self) -> None:
        """Open the sheet around the edge, or close it."""
        if self.isVisible():
            self.close_sheet()
            return
        self._desk.playhead.pause()
        self._focus = self.window().focusWidget()
        self.setGeometry(self._stage.rect())
        self.show()
        self.raise_()
        self.grid.open()
        self.grid.setFocus()

    def close_sheet(self) -> None:
        """Show the stage again."""
        if self.isVisible():
            self.hide()
            if self._focus is not None:
                self._focus.setFocus()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Stay as large as the stage."""
        if event.type() == QEvent.Type.Resize and watched is self._stage:
            self.setGeometry(self._stage.rect())
        return False

    def _arrange(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.title, 1)
        for text, name, act in (
            ("◀", "Images before (Page up)", lambda: self.grid.page(-1)),
            ("▶", "Images after (Page down)", lambda: self.grid.page(1)),
            ("−", "Frames closer together (-)", lambda: self.grid.stride(-1)),
            ("+", "Frames further apart (+)", lambda: self.grid.stride(1)),
            ("✕", "Close the contact sheet (Escape)", self.close_sheet),
        ):  # fmt: skip
            button = push_button(text)
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.setFixedWidth(36)
            button.clicked.connect(act)
            line.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.addLayout(line)
        layout.addWidget(self.grid, 1)

    def _show(self) -> None:
        frames = self.grid.shown.frames
        every = "" if frames.step == 1 else f", every {frames.step}th"
        self.title.setText(
            f"{sentence(self._desk.episode_name())}   frames {frames[0]} to {frames[-1]}{every}"
            f"   ·   click or Enter: {self.grid.meaning()}"
        )

    def _on_camera(self) -> None:
        if self.isVisible():
            self.raise_()
            self.grid.fetch()


class SheetGrid(QWidget):
    """The images themselves; takes the keys that move among them."""

    spoken_role = QAccessible.Role.Chart

    moved = Signal()
    left = Signal()

    def __init__(self, desk: Desk, deciding: Deciding) -> None:
        super().__init__()
        self._desk = desk
        self._deciding = deciding
        self.shown = SheetFrames(1, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Contact sheet")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        desk.bridge.labels_changed.connect(lambda episodes: self.update())

    def spoken_value(self) -> str:
        """The frame that is marked, and how it counts."""
        state = _WORDS[state_of(self._desk.label, self.shown.chosen)]
        return f"Frame {self.shown.chosen}, {state}"

    def sizeHint(self) -> QSize:
        """As large as there is room."""
        return QSize(640, 480)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show fewer rows where images would be too small to see anything."""
        super().resizeEvent(event)
        rows = min(max(self.height() // _LEAST_ROW, 1), SIDE)
        if rows != self.shown.rows:
            shown = self.shown.with_rows(rows)
            if self.isVisible():
                self._use(shown)
            else:
                self.shown = shown

    def open(self) -> None:
        """Show the frames around the edge, or around the frame shown."""
        playhead = self._desk.playhead
        edge = nearest_edge(self._desk.label, playhead.frame)
        near = playhead.frame if edge is None else edge
        self._use(SheetFrames.around(near, playhead.length, self.shown.stride, self.shown.rows))

    def page(self, pages: int) -> None:
        """A sheet of images on or back."""
        self._use(self.shown.turn_page(pages))

    def stride(self, step: int) -> None:
        """Show frames that are farther apart, or closer."""
        self._use(self.shown.with_stride(step))

    def choose(self, frame: int) -> None:
        """Success from a frame on, or an edge there; the episode and the sheet stay."""
        if frame in self.shown.frames:
            self._desk.playhead.go(frame)
            self._deciding.success_at(frame)
            self._use(replace(self.shown, chosen=frame))

    def meaning(self) -> str:
        """What choosing a frame does to the label."""
        label = self._desk.label
        several = bool(label.success) and label.cutoff is None
        return "move the nearest edge there" if several else "success from there"

    def fetch(self) -> None:
        """Ask for the images of the frames shown, those next to the middle first."""
        frames, middle = self.shown.frames, self.shown.chosen
        order = sorted(frames, key=lambda frame: abs(frame - middle))
        self._desk.images.sheet.want([self._key(frame) for frame in order])
        self.update()

    def cell(self, frame: int) -> QRectF:
        """Where the image of a frame lies."""
        row, column = divmod((frame - self.shown.first) // self.shown.stride, SIDE)
        width = (self.width() + _GAP) / SIDE
        height = (self.height() + _GAP) / self.shown.rows
        return QRectF(column * width, row * height, width - _GAP, height - _GAP)

    def frame_at(self, at: QPointF) -> int | None:
        """The frame whose image lies under a point."""
        return next((f for f in self.shown.frames if self.cell(f).contains(at)), None)

    def event(self, event: QEvent) -> bool:
        """Keys that are commands elsewhere move among the images here."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and self._action(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Page up and down, + and -, Enter, Escape."""
        action = self._action(event)
        if action is None:
            super().keyPressEvent(event)
        else:
            action()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click puts the edge there."""
        frame = self.frame_at(event.position())
        if frame is not None and event.button() == Qt.MouseButton.LeftButton:
            self.choose(frame)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the images that are there."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        label = self._desk.label
        edges = set(edges_of(label))
        for frame in self.shown.frames:
            self._draw_cell(painter, frame, label, edge=frame in edges)

    def _use(self, shown: SheetFrames) -> None:
        self.shown = shown
        self.fetch()
        announce(self)
        self.moved.emit()

    def _key(self, frame: int) -> FrameKey:
        return FrameKey(self._desk.episode, self._desk.camera, frame)

    def _action(self, event: QKeyEvent) -> Callable[[], None] | None:
        """What a key does here; None where it is none of the sheet's."""
        if event.modifiers() & ~_PLAIN:
            return None
        key = Qt.Key(event.key())
        if key in _STEPS:
            return lambda: self._use(self.shown.move(_STEPS[key]))
        if key in _PAGES:
            return lambda: self.page(_PAGES[key])
        if key in _STRIDES:
            return lambda: self.stride(_STRIDES[key])
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return lambda: self.choose(self.shown.chosen)
        return self.left.emit if key == Qt.Key.Key_Escape else None

    def _draw_cell(self, painter: QPainter, frame: int, label: EpisodeLabel, *, edge: bool) -> None:
        theme, box = colours(self), self.cell(frame)
        state = state_of(label, frame)
        painter.fillRect(box, QColor(theme.stage))
        inner = box.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        self._draw_image(painter, inner, frame)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.of(state), _EDGE))
        half = _EDGE / 2
        painter.drawRect(box.adjusted(half, half, -half, -half))
        self._draw_words(painter, inner, frame, state, edge=edge)
        if frame == self.shown.chosen:
            painter.setPen(QPen(QColor(theme.accent), _EDGE))
            painter.drawRect(box.adjusted(-half, -half, half, half))

    def _draw_image(self, painter: QPainter, box: QRectF, frame: int) -> None:
        pixels = self._desk.images.sheet.get(self._key(frame)) if self._desk.camera else None
        if isinstance(pixels, np.ndarray):
            height, width = pixels.shape[:2]
            image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
            scale = min(box.width() / width, box.height() / height)
            size = QRectF(0, 0, width * scale, height * scale)
            size.moveCenter(box.center())
            painter.drawImage(size, image)
        elif isinstance(pixels, Missing):
            painter.fillRect(box, Qt.BrushStyle.BDiagPattern)

    def _draw_words(
        self, painter: QPainter, box: QRectF, frame: int, state: State, *, edge: bool
    ) -> None:
        text = f"{frame}  edge" if edge else str(frame)
        width = painter.fontMetrics().horizontalAdvance(text) + 12
        pill = QRectF(box.left(), box.bottom() - 20, width, 20)
        painter.fillRect(pill, QColor(colours(self).accent) if edge else _BACK)
        painter.setPen(QColor(colours(self).on_accent) if edge else _INK)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
        sign = QRectF(box.right() - 20, box.top() + 4, 16, 16)
        draw_state(painter, sign, state, colours(self).of(state))


def state_of(label: EpisodeLabel, frame: int) -> State:
    """How a frame counts; an excluded one as skipped."""
    if any(frame in part for part in label.excluded):
        return State.SKIPPED
    if label.state is State.SUCCESS:
        inside = any(frame in part for part in label.success)
        return State.SUCCESS if inside else State.NEVER
    return label.state
