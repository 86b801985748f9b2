"""Rows of the form: a name, its control, and below it what does not fit."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QLabel, QSpinBox, QVBoxLayout, QWidget

from labeler.ui.kit.controls import quiet_label

_PLAIN = QSpinBox.ButtonSymbols.NoButtons
_TAB = Qt.FocusPolicy.StrongFocus


class Field(QWidget):
    """A named control with room for a problem and a note."""

    def __init__(self, name: str, control: QWidget, help_text: str = "") -> None:
        super().__init__()
        self.control = control
        self.note = quiet_label()
        self.note.hide()
        self.problem = quiet_label()
        self.problem.setProperty("error", True)
        self.problem.hide()
        title = QLabel(name)
        title.setToolTip(help_text)
        control.setToolTip(help_text)
        if not control.accessibleName():
            control.setAccessibleName(name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(2)
        for part in (title, control, self.note, self.problem):
            layout.addWidget(part)

    def complain(self, sentence: str) -> None:
        """Say what does not fit; nothing takes it back."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def say(self, sentence: str) -> None:
        """Say what is worth knowing."""
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))


def number_box(least: int, most: int, *, none: str = "") -> QSpinBox:
    """A box for a whole number; `none` is what its least value is called."""
    box = QSpinBox()
    box.setRange(least, most)
    box.setSpecialValueText(none)
    box.setFocusPolicy(_TAB)
    box.setButtonSymbols(_PLAIN)
    box.setKeyboardTracking(False)
    return box


def percent_box() -> QDoubleSpinBox:
    """A box for a share of episodes, shown in percent."""
    box = QDoubleSpinBox()
    box.setRange(1, 99)
    box.setDecimals(0)
    box.setSingleStep(5)
    box.setSuffix(" %")
    box.setButtonSymbols(_PLAIN)
    box.setFocusPolicy(_TAB)
    box.setKeyboardTracking(False)
    return box
