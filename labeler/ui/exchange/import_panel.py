"""What is to be asked or told about labels that are taken over."""

from PySide6.QtWidgets import QLabel, QWidget

from labeler.session.words import plural
from labeler.ui.commands.deciding import Deciding
from labeler.ui.exchange.counting import CountingQuestion
from labeler.ui.exchange.import_preview import ImportPreview
from labeler.ui.exchange.importing import Importing
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.side_panel import SidePanel, Trouble, breakable


class ImportPanel(SidePanel):
    """Question with its answers, error with its cure, changes to choose from, or the result."""

    least_width = 340

    def __init__(self, importing: Importing, deciding: Deciding) -> None:
        super().__init__("Import labels")
        self._importing = importing
        self.file = quiet_label()
        self.trouble = Trouble()
        self.counting = CountingQuestion()
        self.counting.answered.connect(importing.answer)
        self.question, self.answers = self.counting.question, self.counting.answers
        self.preview = ImportPreview()
        self.preview.chosen_changed.connect(self._show_chosen)
        self.preview.opened.connect(importing.open_episode)
        self.take = push_button("Import", primary=True)
        self.take.clicked.connect(lambda: importing.take(self.preview.episodes()))
        self.cancel = push_button("Cancel")
        self.cancel.clicked.connect(self.closed)
        self.result = QLabel()
        self.result.setWordWrap(True)
        self.notes = quiet_label()
        self.undo = push_button("Undo the import")
        self.undo.clicked.connect(deciding.undo)
        self.undo.clicked.connect(self.closed)
        self.finish = push_button("Done", primary=True)
        self.finish.clicked.connect(self.closed)
        self._arrange()
        importing.changed.connect(self._show)
        self._show()

    def set_shown(self, shown: bool) -> None:
        """Closing the panel takes nothing over."""
        if not shown and self._importing.changes:
            self._importing.give_up()

    def _arrange(self) -> None:
        for part in (
            self.file, self.trouble, self.counting, self.preview, self.result, self.notes,
            self.take, self.cancel, self.undo, self.finish,
        ):  # fmt: skip
            self.column.addWidget(part)
        self.column.addStretch(1)

    def _show(self) -> None:
        importing = self._importing
        self.file.setText(breakable(importing.place))
        if importing.what:
            self.trouble.say(importing.what, importing.cure)
        else:
            self.trouble.clear()
        self.preview.show_changes(importing.changes)
        self.result.setText(breakable(importing.done))
        self.notes.setText("\n".join(map(breakable, importing.notes)))
        asking: tuple[QWidget, ...] = (self.preview, self.take, self.cancel)
        for part in asking:
            part.setVisible(bool(importing.changes))
        self.result.setVisible(bool(importing.done))
        self.finish.setVisible(bool(importing.done))
        self.notes.setVisible(bool(importing.notes))
        self.undo.setVisible(importing.undoable)
        self.counting.ask(importing.question)

    def _show_chosen(self) -> None:
        count = len(self.preview.episodes()) if self._importing.changes else 0
        self.take.setText(f"Import {plural(count, 'episode')}" if count else "Import")
        self.take.setEnabled(count > 0)
