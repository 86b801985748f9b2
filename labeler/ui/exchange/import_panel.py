"""What is to be asked or told about a label file that is taken over."""

from PySide6.QtWidgets import QLabel

from labeler.ui.commands.deciding import Deciding
from labeler.ui.exchange.counting import CountingQuestion
from labeler.ui.exchange.importing import Importing
from labeler.ui.kit.controls import muted, push_button
from labeler.ui.kit.side_panel import SidePanel, Trouble, breakable


class ImportPanel(SidePanel):
    """Question with its answers, error with its cure, or result with its way back."""

    def __init__(self, importing: Importing, deciding: Deciding) -> None:
        super().__init__("Import labels")
        self._importing = importing
        self.file = muted()
        self.trouble = Trouble()
        self.counting = CountingQuestion()
        self.counting.answered.connect(importing.answer)
        self.question, self.answers = self.counting.question, self.counting.answers
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
        for part in (
            self.file, self.trouble, self.counting, self.result, self.notes, self.undo, self.finish,
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
        self.result.setText(importing.done)
        self.notes.setText("\n".join(map(breakable, importing.notes)))
        for part in (self.result, self.undo, self.finish):
            part.setVisible(bool(importing.done))
        self.notes.setVisible(bool(importing.notes))
        self.undo.setVisible("changed" in importing.done)
        self.counting.ask(importing.question)
