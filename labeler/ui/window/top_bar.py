"""The bar above the page: which recording, how far, how safe, and the way on."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy

from labeler.ui.commands.actions import Actions
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import action_button
from labeler.ui.kit.elided import ElidedLabel

_NAME = 0.25  # share of the width that a name takes at most


class TopBar(QFrame):
    """Name and progress of what is open, and buttons for what comes after labelling."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._desk: Desk | None = None
        self.name = ElidedLabel("Labeler")
        self.name.setProperty("strong", True)
        self.safe = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.safe.setProperty("muted", True)
        self.safe.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 10, 6)
        layout.addWidget(self.name)
        layout.addSpacing(14)
        layout.addWidget(self.safe, 1)
        for name, text in (
            ("file.write", "Write labels…"), ("train.new", "Train classifier…"),
            ("file.settings", "Settings"), ("view.keys", "Keys"),
        ):  # fmt: skip
            layout.addWidget(action_button(actions[name], text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A long name leaves room for what is said of the labels."""
        super().resizeEvent(event)
        self.name.setMaximumWidth(round(self.width() * _NAME))

    def use(self, desk: Desk | None) -> None:
        """Speak of another recording, or of none."""
        self._desk = desk
        self.name.setText("Labeler" if desk is None else desk.session.dataset.name)
        if desk is None:
            self.safe.setText("")
        else:
            desk.safety_changed.connect(self._show)
            self._show()

    def _show(self) -> None:
        if self._desk is not None:
            told = ("source read-only", *self._desk.safety(), self._desk.suggestions_text)
            self.safe.setText("   ·   ".join(filter(None, told)))
