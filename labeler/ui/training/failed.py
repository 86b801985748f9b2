"""A training that failed: what happened, what to do, and the buttons that do it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from labeler.runs.failure import Failure
from labeler.ui.kit.controls import push_button


class FailureCard(QFrame):
    """The sentence and its cure; hidden while nothing failed."""

    change = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.message = QLabel()
        self.message.setProperty("error", True)
        self.hint = QLabel()
        for label in (self.message, self.hint):
            label.setWordWrap(True)
        self.settings = push_button("Change settings…")
        self.settings.clicked.connect(self.change)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(4)
        layout.addWidget(self.message)
        line = QHBoxLayout()
        line.addWidget(self.hint, 1)
        line.addWidget(self.settings)
        layout.addLayout(line)
        self.hide()

    def show_failure(self, failure: Failure | None) -> None:
        """Show why a training failed; None hides the card."""
        self.setVisible(failure is not None)
        if failure is not None:
            self.message.setText(failure.message)
            self.hint.setText(failure.hint)
