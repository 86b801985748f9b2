"""A training that failed: what happened, what to do, and the buttons that do it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from labeler.runs.failure import Failure
from labeler.ui.kit.cures import Action
from labeler.ui.kit.side_panel import Trouble


class FailureCard(QFrame):
    """The sentence and its cure; hidden while nothing failed."""

    change = Signal()
    """Its settings shall be changed for another training."""
    resume = Signal()
    """It shall go on."""
    new = Signal()
    """Another training shall be set up."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.trouble = Trouble(
            {
                Action.CHANGE_SETTING: self.change.emit,
                Action.RESUME: self.resume.emit,
                Action.RETRY: self.resume.emit,
                Action.NEW_TRAINING: self.new.emit,
            }
        )
        self.message, self.hint = self.trouble.what, self.trouble.cure
        self.settings = self.trouble.buttons[Action.CHANGE_SETTING]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(self.trouble)
        self.hide()

    def show_failure(self, failure: Failure | None) -> None:
        """Show why a training failed; None hides the card."""
        self.setVisible(failure is not None)
        if failure is not None:
            self.trouble.explain(failure)
            self.settings.show()  # other settings may always help
