"""A panel in the place of the inspector: title, content, a way out. Labelling goes on beside it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from labeler.errors import LabelerError
from labeler.ui.kit.controls import muted, push_button
from labeler.ui.kit.cures import words
from labeler.ui.kit.theme import repolish


class SidePanel(QScrollArea):
    """Scrolls `column`; `closed` asks for the inspector back, by its button or by Escape."""

    closed = Signal()
    least_width = 220
    """Pixels that the panel is wide at least."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = QFrame()
        page.setProperty("panel", True)
        self.column = QVBoxLayout(page)
        self.column.setContentsMargins(12, 10, 12, 12)
        self.column.setSpacing(8)
        self.heading = QLabel(title)
        self.heading.setProperty("strong", True)
        self.close_button = push_button("✕")
        self.close_button.setProperty("flat", True)
        self.close_button.setAccessibleName("Close this panel")
        self.close_button.setToolTip("Close this panel (Escape)")
        self.close_button.setMaximumWidth(34)
        self.close_button.clicked.connect(self.closed)
        line = QHBoxLayout()
        line.addWidget(self.heading, 1)
        line.addWidget(self.close_button)
        self.column.addLayout(line)
        self.setWidget(page)

    def set_shown(self, shown: bool) -> None:
        """Told before the panel takes the inspector's place, and after it has left it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class Trouble(QWidget):
    """What went wrong, and under it what to do; invisible while nothing has."""

    def __init__(self) -> None:
        super().__init__()
        self.what = muted()
        self.what.setProperty("error", True)
        self.what.setTextFormat(Qt.TextFormat.PlainText)
        self.cure = muted()
        self.cure.setTextFormat(Qt.TextFormat.PlainText)
        for line in (self.what, self.cure):
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.what)
        layout.addWidget(self.cure)
        self.clear()

    def say(self, what: str, cure: str) -> None:
        """Show a sentence and its cure; long paths may break anywhere."""
        self.what.setText(breakable(what))
        self.cure.setText(breakable(cure))
        self.cure.setVisible(bool(cure))
        repolish(self.what)
        self.setVisible(True)

    def show_error(self, error: LabelerError) -> None:
        """Show an error and what would help."""
        self.say(error.message, words(error.cures))

    def clear(self) -> None:
        """There is nothing wrong."""
        self.what.clear()
        self.cure.clear()
        self.setVisible(False)


def heading(text: str) -> QLabel:
    """A line above a part of a panel."""
    label = QLabel(text)
    label.setProperty("strong", True)
    return label


def breakable(text: str) -> str:
    """Lets a long path wrap: a zero-width space after every separator."""
    return text.replace("/", "/\u200b").replace("_", "_\u200b")
