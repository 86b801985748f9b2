"""Asking in place from where a label file counts, and what is asked of one to compare with."""

from pathlib import Path
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from labeler.cures import Counted
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.cures import Action
from labeler.ui.kit.side_panel import SidePanel, Trouble, breakable


class CountingQuestion(QWidget):
    """The question with a button for each answer; invisible while nothing is asked."""

    action = Action.COUNT
    """What it does about an error, as the offers of a `Trouble` do."""

    answered = Signal(int)
    """The file counts from this number."""

    def __init__(self) -> None:
        super().__init__()
        self.question = QLabel()
        self.question.setWordWrap(True)
        self.question.setProperty("strong", True)
        self.answers = [push_button(f"From {first}") for first in (0, 1)]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.question)
        for first, button in enumerate(self.answers):
            button.clicked.connect(lambda _=False, first=first: self.answered.emit(first))
            layout.addWidget(button)
        self.ask(None)

    def ask(self, counted: Counted | Literal[""] | None) -> None:
        """Ask from where `counted` is counted; nothing if that is empty."""
        self.question.setText(f"Does the file count {counted} from 0 or from 1?" if counted else "")
        self.setVisible(bool(counted))
        if counted:
            self.answers[0].setFocus()


class ComparePanel(SidePanel):
    """What is asked about a file of labels before it can be compared with."""

    def __init__(self) -> None:
        super().__init__("Compare with labels")
        self.file = quiet_label()
        self.trouble = Trouble()
        self.counting = CountingQuestion()
        for part in (self.file, self.trouble, self.counting):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def ask(self, path: Path, what: str, counted: Counted) -> None:
        """Ask about a file; `what` says why."""
        self.file.setText(breakable(str(path)))
        self.trouble.say(what, "")
        self.counting.ask(counted)
