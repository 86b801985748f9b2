"""The place of the start page for what goes on: steps of opening, errors, a question."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.theme import repolish

Answer = tuple[str, Callable[[], object]]


class Notice(QFrame):
    """One thing at a time: a headline, a second line, a bar while it lasts, and buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.head = QLabel()
        self.head.setWordWrap(True)
        self.line = quiet_label("")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName("Progress")
        self.buttons: list[QPushButton] = []
        self._row = QHBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        for part in (self.head, self.line, self.bar):
            layout.addWidget(part)
        layout.addLayout(self._row)
        self.hide()

    def show_work(self, what: str, cancel: Callable[[], object]) -> None:
        """Something goes on."""
        self._show(what, "", ("Cancel", cancel))
        self.bar.setRange(0, 0)
        self.bar.show()
        self.buttons[0].setFocus()

    def show_step(self, text: str) -> None:
        """What is being done now."""
        self.line.setText(text)
        self.line.setVisible(bool(text))

    def show_advance(self, done: int, total: int) -> None:
        """How far it is; of 0 nothing is known."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def show_error(self, what: str, cure: str, *answers: Answer) -> None:
        """What went wrong and what to do about it."""
        self._show(what, cure, *answers, error=True)
        if self.buttons:
            self.buttons[0].setFocus()

    def ask(self, question: str, more: str, *answers: Answer) -> None:
        """Ask something; the first answer is the usual one."""
        self._show(question, more, *answers)
        self.buttons[0].setFocus()

    def clear(self) -> None:
        """Nothing goes on."""
        self.hide()

    def _show(self, what: str, more: str, *answers: Answer, error: bool = False) -> None:
        self.head.setText(what)
        self.head.setProperty("error", error)
        self.head.setProperty("strong", not error)
        repolish(self.head)
        self.show_step(more)
        self.bar.hide()
        self.setAccessibleName(what)
        self.setAccessibleDescription(more)
        self._offer(answers)
        self.show()

    def _offer(self, answers: tuple[Answer, ...]) -> None:
        while (item := self._row.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self.buttons = []
        for text, run in answers:
            button = push_button(text)
            button.clicked.connect(lambda _=False, run=run: run())
            self._row.addWidget(button)
            self.buttons.append(button)
        self._row.addStretch(1)
