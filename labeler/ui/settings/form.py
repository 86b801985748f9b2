"""The settings but for the keys."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from labeler.session.preferences import Preferences
from labeler.ui.kit.controls import combo_box, quiet_label

_THEMES = {"system": "Same as the desktop", "dark": "Dark", "light": "Light"}
_PLAYING = {False: "In real time, dropping images", True: "Every frame, however long it takes"}
_AFTER = {True: "Go to the next episode", False: "Stay on the episode"}
_REFRESHING = {True: "Refresh while labelling", False: "Only after a training"}
_HINTS = {True: "Look at the edge before accepting", False: "Accept at once"}
_LOOPS = {
    "suggestions": "Repeat the surroundings of a suggested edge",
    "edges": "Repeat the surroundings of any edge",
    "off": "Stand still",
}
_MEMORY = (16, 1_000_000)  # MB


class SettingsForm(QWidget):
    """Shows the preferences; `changed` tells the fields that the user has changed."""

    changed = Signal(object)  # dict[str, object]

    def __init__(self) -> None:
        super().__init__()
        self.theme = self._choice("theme", "Colours", _THEMES)
        self.every_frame = self._choice("every_frame", "Playing", _PLAYING)
        self.auto_advance = self._choice("auto_advance", "After a decision", _AFTER)
        self.continuous = self._choice("continuous", "Suggestions", _REFRESHING)
        self.hints = self._choice("look_at_hints", "Hints from signals", _HINTS)
        self.loop_at = self._choice("loop_at", "When an episode opens", _LOOPS)
        self.author = QLineEdit(placeholderText="Your name or initials")
        self.author.editingFinished.connect(
            lambda: self.changed.emit({"author": self.author.text().strip()})
        )
        self.loop = QDoubleSpinBox(minimum=0.1, maximum=60, singleStep=0.1, decimals=1)
        self.loop.setSuffix(" s")
        self.loop.setKeyboardTracking(False)
        self.loop.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.loop.valueChanged.connect(lambda value: self.changed.emit({"loop_seconds": value}))
        self.memory = self._memory_box()
        self.reasons = ReasonsField()
        self.reasons.left.connect(lambda lines: self.changed.emit({"flag_reasons": lines}))
        self._place()

    def show_preferences(self, preferences: Preferences) -> None:
        """Show what holds now."""
        self.blockSignals(True)
        self.theme.setCurrentIndex(self.theme.findData(preferences.theme))
        self.every_frame.setCurrentIndex(self.every_frame.findData(preferences.every_frame))
        self.auto_advance.setCurrentIndex(self.auto_advance.findData(preferences.auto_advance))
        self.continuous.setCurrentIndex(self.continuous.findData(preferences.continuous))
        self.hints.setCurrentIndex(self.hints.findData(preferences.look_at_hints))
        self.loop_at.setCurrentIndex(self.loop_at.findData(preferences.loop_at))
        self.author.setText(preferences.author)
        self.loop.setValue(preferences.loop_seconds)
        self.memory.setValue(preferences.memory_mb or _MEMORY[0] - 1)
        self.reasons.show_lines(preferences.flag_reasons)
        self.blockSignals(False)

    def _choice(self, name: str, text: str, texts: "dict[str, str] | dict[bool, str]") -> QComboBox:
        box = combo_box(text)
        for value, shown in texts.items():
            box.addItem(shown, value)
        box.activated.connect(lambda index: self.changed.emit({name: box.itemData(index)}))
        return box

    def _memory_box(self) -> QSpinBox:
        box = QSpinBox(minimum=_MEMORY[0] - 1, maximum=_MEMORY[1], singleStep=128)
        box.setSpecialValueText("Automatic")
        box.setSuffix(" MB")
        box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        box.setKeyboardTracking(False)
        box.valueChanged.connect(
            lambda value: self.changed.emit({"memory_mb": value if value >= _MEMORY[0] else None})
        )
        return box

    def _place(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for text, field, more in (
            ("Colours", self.theme, ""),
            ("Author", self.author, "Stamped on your decisions in the label file."),
            ("After a decision", self.auto_advance, ""),
            (
                "Suggestions",
                self.continuous,
                "On one core, when no key is pressed.",
            ),
            (
                "Hints from signals",
                self.hints,
                "A hint rests on the gripper alone, not on the images.",
            ),
            ("Playing", self.every_frame, ""),
            ("Loop around an edge", self.loop, "Before and after the edge (B)."),
            ("When an episode opens", self.loop_at, "Any key that moves ends it."),
            (
                "Memory for images",
                self.memory,
                "Automatic keeps up to 140 MB for one camera and 280 MB for several, and gives "
                "most of it back when you rest. Takes effect for the next recording you open.",
            ),
            ("Flag reasons", self.reasons, "One per line."),
        ):
            head = QLabel(text)
            head.setProperty("strong", True)
            head.setBuddy(field)
            field.setAccessibleName(text)
            layout.addWidget(head)
            layout.addWidget(field)
            if more:
                field.setAccessibleDescription(more)
                layout.addWidget(quiet_label(more))
            layout.addSpacing(9)
        layout.addStretch(1)


class ReasonsField(QPlainTextEdit):
    """Lines of text, told when the focus leaves."""

    left = Signal(object)  # tuple[str, ...]

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setFixedHeight(6 * self.fontMetrics().lineSpacing() + 16)

    def lines(self) -> tuple[str, ...]:
        """Each once, without blanks around it."""
        lines = (line.strip() for line in self.toPlainText().splitlines())
        return tuple(dict.fromkeys(filter(None, lines)))

    def show_lines(self, lines: tuple[str, ...]) -> None:
        """Show other lines, unless they are being typed."""
        if lines != self.lines() or not self.hasFocus():
            self.setPlainText("\n".join(lines))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed counts."""
        super().focusOutEvent(event)
        self.left.emit(self.lines())
