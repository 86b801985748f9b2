"""What is to be asked or told about a label file that is taken over."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from labeler.ui.commands.deciding import Deciding
from labeler.ui.exchange.importing import Importing
from labeler.ui.kit.controls import muted, push_button
from labeler.ui.kit.side_panel import SidePanel, Trouble, breakable

_ASKED = {
    "frames": "Does the file count frames from 0 or from 1?",
    "episodes": "Does the file count episodes from 0 or from 1?",
    "": "",
}


class ImportPanel(SidePanel):
    """Question with its answers, error with its cure, or result with its way back."""

    def __init__(self, importing: Importing, deciding: Deciding) -> None:
        super().__init__("Import labels")
        self._importing = importing
        self.file = muted()
        self.trouble = Trouble()
        self.question = QLabel()
        self.question.setWordWrap(True)
        self.question.setProperty("strong", True)
        self.answers = [push_button(f"From {first}") for first in (0, 1)]
        for first, button in enumerate(self.answers):
            button.clicked.connect(lambda _=False, first=first: importing.answer(first))
        self.result = QLabel()
        self.result.setWordWrap(True)
        self.notes = muted()
        self.undo = push_button("Undo the import")
        self.undo.clicked.connect(deciding.undo)
        self.undo.clicked.connect(self.closed)
        self.finish = push_button("Done", primary=True)
        self.finish.clicked.connect(self.closed)
        self._arrange()
        importing.changed.connect(self._show)
        self._show()

    def _arrange(self) -> None:
        answers = QWidget()
        line = QVBoxLayout(answers)
        line.setContentsMargins(0, 0, 0, 0)
        for button in self.answers:
            line.addWidget(button)
        for part in (
            self.file, self.trouble, self.question, answers, self.result, self.notes, self.undo,
            self.finish,
        ):  # fmt: skip
            self.column.addWidget(part)
        self.column.addStretch(1)

    def _show(self) -> None:
        importing = self._importing
        self.file.setText(breakable(str(importing.path)))
        if importing.what:
            self.trouble.say(importing.what, importing.cure)
        else:
            self.trouble.clear()
        self.question.setText(_ASKED[importing.question])
        self.question.setVisible(bool(importing.question))
        for button in self.answers:
            button.setVisible(bool(importing.question))
        self.result.setText(importing.done)
        self.notes.setText("\n".join(map(breakable, importing.notes)))
        for part in (self.result, self.undo, self.finish):
            part.setVisible(bool(importing.done))
        self.notes.setVisible(bool(importing.notes))
        self.undo.setVisible("changed" in importing.done)
        if importing.question:
            self.answers[0].setFocus()
