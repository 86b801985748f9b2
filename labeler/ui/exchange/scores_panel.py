"""Scores of several models beside each other: what each is worth, and which makes suggestions."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from labeler.review.worth import Worth
from labeler.session.words import sentence
from labeler.ui.kit.controls import quiet_label
from labeler.ui.kit.elided import ElidedRadioButton
from labeler.ui.kit.side_panel import SidePanel

_WHY = (
    "Compared with the labels as they were when the files were opened. The one that is chosen "
    "makes the suggestions and the order of the queue."
)


class ScoresPanel(SidePanel):
    """One radio button per source, with its figures below; `chosen` is told its place."""

    least_width = 300
    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__("Scores")
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self._list = QWidget()
        self.column.addWidget(quiet_label(_WHY))
        self.column.addWidget(self._list)
        self.column.addStretch(1)

    @property
    def buttons(self) -> list[QRadioButton]:
        """One per source, in their order."""
        return [one for one in self._group.buttons() if isinstance(one, QRadioButton)]

    def show_worth(self, worth: Sequence[Worth], used: int) -> None:
        """List these; the one at place `used` makes the suggestions."""
        for button in self.buttons:
            self._group.removeButton(button)
        old, self._list = self._list, QWidget()
        layout = QVBoxLayout(self._list)
        layout.setContentsMargins(0, 0, 0, 0)
        for place, one in enumerate(worth):
            button = ElidedRadioButton(one.name)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setChecked(place == used)
            self._group.addButton(button, place)
            layout.addWidget(button)
            layout.addWidget(quiet_label(sentence(one.figures)))
        self.column.replaceWidget(old, self._list)
        old.deleteLater()
