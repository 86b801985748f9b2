"""Where the copy goes and how it is made: the fields of the panel."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from labeler.session.copy_writing import CopyWish, place_of
from labeler.storage.copying.destination import default_destination
from labeler.storage.record.copy_record import Options
from labeler.storage.record.selection import Unlabeled
from labeler.ui.kit.choosing import choose_folder
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.elided import ElidedCheckBox
from labeler.ui.kit.side_panel import heading
from labeler.ui.writing.writing import Writing

UNDECIDED = {
    Unlabeled.REFUSE: ("Write nothing until all are decided", ""),
    Unlabeled.DROP: ("Leave them out", "The other episodes are renumbered in the copy."),
    Unlabeled.ZERO: ("Count them as failure", "All their frames get reward 0."),
}
ADVANCED = {
    "trim": ("Remove excluded heads and tails", "Their rows are left out of the copy."),
    "done": ("Write next.done", "True on the last frame of each episode."),
    "success_column": ("Write next.success", "True or false for every frame."),
}


class WishForm(QWidget):
    """Shows the wish of `writing` and changes it."""

    def __init__(self, writing: Writing) -> None:
        super().__init__()
        self._writing = writing
        self._root = writing.desk.session.dataset.root
        self.place = QLineEdit(str(writing.wish.place))
        self.place.setPlaceholderText(str(default_destination(self._root)))
        self.place.setAccessibleName("Folder of the copy")
        self.place.textEdited.connect(lambda text: self._choose())
        self.choose_button = push_button("Choose…")
        self.choose_button.clicked.connect(self.choose_folder)
        self.default_button = push_button("Default folder")
        self.default_button.clicked.connect(self._use_default)
        self.undecided = QWidget()
        self.choices = {value: option_radio(*texts) for value, texts in UNDECIDED.items()}
        self._group = QButtonGroup(self)
        for button in self.choices.values():
            self._group.addButton(button)
            button.clicked.connect(lambda checked: self._choose())
        self.unfold = push_button("▸ Advanced")
        self.unfold.setProperty("flat", True)
        self.advanced = QWidget()
        self.boxes = {name: option_box(*texts) for name, texts in ADVANCED.items()}
        for box in self.boxes.values():
            box.clicked.connect(lambda checked: self._choose())
        self.unfold.clicked.connect(lambda: self.show_advanced(self.advanced.isHidden()))
        self._place_all()
        writing.wish_changed.connect(self._show)
        self._show()

    def wish(self) -> CopyWish:
        """What the fields say."""
        chosen = next(value for value, button in self.choices.items() if button.isChecked())
        flags = {name: box.isChecked() for name, box in self.boxes.items()}
        options = Options.model_validate({"unlabeled": chosen, **flags})
        return CopyWish(self._place_told(), options)

    def show_advanced(self, wanted: bool) -> None:
        """Unfold the further options, or fold them away."""
        self.unfold.setText("▾ Advanced" if wanted else "▸ Advanced")
        self.advanced.setVisible(wanted)

    def _place_all(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(quiet_label("Into the folder"))
        layout.addWidget(self.place)
        line = QHBoxLayout()
        line.addWidget(self.choose_button)
        line.addWidget(self.default_button)
        line.addStretch(1)
        layout.addLayout(line)
        choices = QVBoxLayout(self.undecided)
        choices.setContentsMargins(0, 4, 0, 0)
        choices.setSpacing(4)
        choices.addWidget(heading("Episodes without a decision"))
        for button in self.choices.values():
            choices.addWidget(button)
        layout.addWidget(self.undecided)
        layout.addWidget(self.unfold, alignment=Qt.AlignmentFlag.AlignLeft)
        options = QVBoxLayout(self.advanced)
        options.setContentsMargins(0, 0, 0, 0)
        options.setSpacing(4)
        for box in self.boxes.values():
            options.addWidget(box)
        layout.addWidget(self.advanced)
        self.advanced.hide()

    def _show(self) -> None:
        wish = self._writing.wish
        if self._place_told() != wish.place:
            self.place.setText(str(wish.place))
        self.place.setToolTip(str(wish.place))
        self.default_button.setEnabled(wish.place != default_destination(self._root))
        self.choices[wish.options.unlabeled].setChecked(True)
        for name, box in self.boxes.items():
            box.setChecked(getattr(wish.options, name))
        if any(box.isChecked() for box in self.boxes.values()):
            self.show_advanced(True)

    def _place_told(self) -> Path:
        """Where the copy goes by the field; where that is empty, what stands in it pale."""
        told = self.place.text() or self.place.placeholderText()
        return place_of(told, self._root)

    def _choose(self) -> None:
        self._writing.choose(self.wish())

    def choose_folder(self) -> None:
        """Ask for another folder."""
        found = choose_folder(self, "Folder of the copy", self._root.parent)
        if found is not None:
            self.place.setText(str(found))
            self._choose()

    def _use_default(self) -> None:
        self.place.setText(str(default_destination(self._root)))
        self._choose()


def option_radio(text: str, more: str) -> QRadioButton:
    """One of several ways."""
    button = QRadioButton(text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setToolTip(more)
    return button


def option_box(text: str, more: str) -> QCheckBox:
    """Something that may be wanted, or not."""
    box = ElidedCheckBox(text)
    box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    box.setToolTip(more or text)
    return box
