"""The right side of the window: what is decided for the episode shown, and by whom."""

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from labeler.labels.summary import count_frames
from labeler.labels.wording import plural
from labeler.review.words import suggestion_sentence
from labeler.session.words import author_line, decision, sentence
from labeler.ui.commands.actions import Actions
from labeler.ui.commands.deciding import Deciding
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import ActionButton, action_button, combo_box, quiet_label
from labeler.ui.kit.side_panel import breakable
from labeler.ui.kit.signs import draw_state
from labeler.ui.kit.spoken import announce
from labeler.ui.kit.theme import colours
from labeler.ui.page.guard import GuardCard
from labeler.ui.page.note_field import NoteField

_BUTTONS = (
    ("label.success", "Success from here"),
    ("label.never", "Never succeeds"),
    ("label.accept", "Accept suggestion"),
    ("label.skip", "Skip"),
    ("label.range", "Range"),
    ("label.exclude", "Exclude…"),
    ("label.clear", "Clear"),
    ("edit.undo", "Undo"),
    ("edit.redo", "Redo"),
)
_BLIND = "Blind episode: labelled without a suggestion, to measure how good suggestions are."
_REFRESH = 1000  # ms: "12 s ago" grows older


class Inspector(QScrollArea):
    """Shows the label of the episode shown; its buttons are the same actions as the keys."""

    def __init__(self, desk: Desk, deciding: Deciding, actions: Actions) -> None:
        super().__init__()
        self._desk = desk
        self._deciding = deciding
        self.state = StateCard(desk)
        self.note = NoteField(desk, deciding)
        self.flag_reason = self._reason_box()
        self.task = _wrapping_label()
        self.made = quiet_label()
        self.suggested = _wrapping_label()
        self.suggested.setMinimumHeight(2 * self.suggested.fontMetrics().lineSpacing())
        self.suggested.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.guard = GuardCard(desk, actions)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a click on a button would pass it on to here
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._content(actions))
        desk.safety_changed.connect(self._forbid)
        desk.playhead.episode_changed.connect(lambda episode: self._show())
        desk.bridge.labels_changed.connect(lambda episodes: self._show())
        desk.scores_changed.connect(self._show)
        desk.review.changed.connect(self._show)
        desk.review.refreshed.connect(self._show)
        self._clock = QTimer(self, interval=_REFRESH)
        self._clock.timeout.connect(self._show_made)
        self._clock.start()

    def _content(self, actions: Actions) -> QWidget:
        page = QFrame()
        page.setProperty("panel", True)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addWidget(self.state)
        layout.addWidget(self.made)
        layout.addWidget(self.suggested)
        layout.addLayout(_button_grid(actions))
        layout.addWidget(quiet_label("Flag"))
        layout.addWidget(self.flag_reason)
        layout.addWidget(quiet_label("Note"))
        layout.addWidget(self.note)
        layout.addWidget(quiet_label("Task"))
        layout.addWidget(self.task)
        layout.addStretch(1)
        layout.addWidget(self.guard)
        return page

    def _forbid(self) -> None:
        """Where nothing can be recorded, buttons say why instead of doing nothing."""
        why = self._desk.source.save_state().read_only
        for button in self.findChildren(ActionButton):
            button.forbid(why)
        self.flag_reason.setEnabled(not why)

    def _reason_box(self) -> QComboBox:
        box = combo_box("Flag reason")
        box.addItem("not flagged", None)
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for reason in ("", *self._desk.preferences.flag_reasons):
            box.addItem(reason or "flagged", reason)
        box.activated.connect(lambda index: self._flag(box.itemData(index)))
        return box

    def _flag(self, reason: str | None) -> None:
        if reason is not None:
            self._deciding.flag(reason)
        elif self._desk.label.flag is not None:
            self._deciding.toggle_flag()

    def _show(self) -> None:
        if self._desk.episode < 0:
            return
        label = self._desk.label
        self.state.update()
        self.state.setToolTip(self.state.spoken_value())
        announce(self.state)
        tasks = self._desk.session.dataset[self._desk.episode].tasks
        self.task.setText(breakable(" · ".join(tasks)) or "–")
        found = self.flag_reason.findData(label.flag)
        if found < 0:
            self.flag_reason.addItem(label.flag or "", label.flag)
            found = self.flag_reason.count() - 1
        self.flag_reason.setCurrentIndex(found)
        self._show_suggested()
        self._show_made()

    def _show_suggested(self) -> None:
        """What is suggested, how surely, and whether that is a reason to look again."""
        desk = self._desk
        suggestion = desk.best_suggestion()
        text = _BLIND if desk.blind and desk.suggestions_shown else ""
        if suggestion is not None:
            doubt = " Look at the label again." if desk.review.reason(desk.episode) else ""
            text = f"{suggestion_sentence(suggestion)}.{doubt}"
        self.suggested.setText(breakable(text))

    def _show_made(self) -> None:
        if self._desk.episode >= 0:
            self.made.setText(author_line(self._desk.label))


class StateCard(QFrame):
    """The state in large: sign, word, frames of success and failure."""

    spoken_role = QAccessible.Role.Indicator

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setAccessibleName("Label of the episode shown")
        self.setProperty("card", True)
        self.setMinimumHeight(76)

    def sizeHint(self) -> QSize:
        """High enough for three lines."""
        return QSize(220, 76)

    def spoken_value(self) -> str:
        """Episode, decision and frames, a line each."""
        if self._desk.episode < 0:
            return ""
        return "\n".join((sentence(self._desk.episode_name()), *self.texts()))

    def texts(self) -> tuple[str, str]:
        """Decision, and frames."""
        label = self._desk.label
        frames = count_frames(label)
        if not label.decided:
            excluded = sum(len(part) for part in label.excluded)
            more = f", {excluded} excluded" if excluded else ""
            counted = f"{plural(label.length, 'frame')}{more}"
            return decision(label), counted
        parts = [f"{frames.success:,} success", f"{frames.failure:,} failure"]
        if frames.excluded:
            parts.append(f"{frames.excluded:,} excluded")
        return decision(label), " · ".join(parts)

    def _place(self, painter: QPainter, width: int) -> str:
        """Which episode, and of which recording where there are several."""
        name = sentence(self._desk.episode_name())
        return painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, width)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        super().paintEvent(event)
        if self._desk.episode < 0:
            return
        theme = colours(self)
        painter = QPainter(self)
        label = self._desk.label
        draw_state(painter, QRectF(12, 25, 26, 26), label.state, theme.of(label.state))
        first, second = self.texts()
        box = self.rect().adjusted(50, 8, -8, -8)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        line = box.height() // 3
        painter.setPen(theme.muted)
        painter.drawText(box.adjusted(0, 0, 0, -2 * line), left, self._place(painter, box.width()))
        elided = painter.fontMetrics().elidedText(second, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box.adjusted(0, 2 * line, 0, 0), left, elided)
        font = painter.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        painter.setFont(font)
        painter.setPen(theme.text)
        words = painter.fontMetrics().elidedText(first, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box.adjusted(0, line, 0, -line), left, words)


def _button_grid(actions: Actions) -> QGridLayout:
    grid = QGridLayout()
    grid.setSpacing(6)
    for number, (name, text) in enumerate(_BUTTONS):
        button = action_button(actions[name], text, with_key=not name.startswith("edit."))
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        wide = number < 3
        row = number if wide else 3 + (number - 3) // 2
        grid.addWidget(button, row, 0 if wide else (number - 3) % 2, 1, 2 if wide else 1)
    return grid


def _wrapping_label() -> QLabel:
    label = QLabel(wordWrap=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
