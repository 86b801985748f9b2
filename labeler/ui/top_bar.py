"""The bar above the page: which recording, how far, how safe, and the way on."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from labeler.ui.commands.actions import Actions
from labeler.ui.controls import action_button
from labeler.ui.desk import Desk


class TopBar(QFrame):
    """Name and progress of what is open, and buttons for what comes after labelling."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._desk: Desk | None = None
        self.name = QLabel("Labeler")
        self.name.setProperty("strong", True)
        self.progress = QLabel()
        self.progress.setProperty("muted", True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 10, 6)
        layout.addWidget(self.name)
        layout.addSpacing(14)
        layout.addWidget(self.progress, 1)
        for name, text in (
            ("file.write", "Write labels…"), ("file.settings", "Settings"), ("view.keys", "Keys"),
        ):  # fmt: skip
            layout.addWidget(action_button(actions[name], text))

    def use(self, desk: Desk | None) -> None:
        """Speak of another recording, or of none."""
        self._desk = desk
        self.name.setText("Labeler" if desk is None else desk.session.dataset.name)
        if desk is not None:
            desk.bridge.labels_changed.connect(lambda episodes: self._show())
        self._show()

    def _show(self) -> None:
        self.progress.setText("" if self._desk is None else self._desk.progress())
