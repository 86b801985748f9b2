"""A question asked in place: it takes no focus and holds nothing up."""

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from labeler.ui.kit.controls import push_button


class Question(QFrame):
    """A sentence with a button per answer, beside or below it; hidden while nothing is asked."""

    def __init__(self, *, stacked: bool = False) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.answers: dict[str, QPushButton] = {}
        outer = QVBoxLayout(self) if stacked else QHBoxLayout(self)
        outer.setContentsMargins(10, 6, 8, 6)
        outer.addWidget(self.text, 1)
        self._line = QHBoxLayout()
        outer.addLayout(self._line)
        self.hide()

    def ask(self, text: str, answers: Mapping[str, Callable[[], object]]) -> None:
        """Ask; each answer does what it is bound to, after which the question is gone."""
        self.dismiss()
        self.text.setText(text)
        for number, (name, action) in enumerate(answers.items()):
            button = push_button(name, primary=number == 0)
            button.clicked.connect(lambda _=False, action=action: self._answer(action))
            self._line.addWidget(button)
            self.answers[name] = button
        self.show()

    def dismiss(self) -> None:
        """Ask no more."""
        for button in self.answers.values():
            button.hide()
            button.deleteLater()
        self.answers = {}
        self.hide()

    def _answer(self, action: Callable[[], object]) -> None:
        self.dismiss()
        action()
