"""Which recordings become one dataset, where it goes and how it is made: the panel's fields."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from labeler.session.copy_writing import place_of
from labeler.session.merge_writing import MergePreview, MergeWish, usual_place
from labeler.session.words import plural
from labeler.storage.merging import Repeated, Wishes
from labeler.storage.record.copy_record import Options
from labeler.ui.collection.camera_keys import CameraKeys
from labeler.ui.collection.merging import Merging
from labeler.ui.collection.parts import DifferenceChoices, Folded, Ways
from labeler.ui.kit.choosing import choose_folder
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.writing.wish_form import ADVANCED, UNDECIDED, option_box

_REPEATED = {
    Repeated.REFUSE: ("Write nothing", ""),
    Repeated.DROP: ("Leave the later ones out", "The first of each stays."),
    Repeated.KEEP: ("Keep them all", "The classifier sees their frames twice."),
}
_MANY = 8  # recordings, from which on their list is folded away at first


class MergeForm(QWidget):
    """Shows the wish of `merging` and what a preview asks about, and changes the wish."""

    def __init__(self, merging: Merging) -> None:
        super().__init__()
        self._merging = merging
        self._near = merging.session.places[0]
        self.place = QLineEdit(str(merging.wish.place))
        self.place.setAccessibleName("Folder of the merged dataset")
        self.place.textEdited.connect(lambda text: self._choose())
        self.choose_button = push_button("Choose…")
        self.choose_button.clicked.connect(self.choose_folder)
        self.recordings = {
            one.name: self._box(f"{one.name}, {plural(len(one.chosen), 'episode')}", on=True)
            for one in merging.session.members
        }
        names = ", ".join(one.name for one in merging.session.absent)
        self.without_absent = self._box(f"Write without {names}")
        self.differing = DifferenceChoices()
        self.differing.changed.connect(self._choose)
        self.camera_keys = CameraKeys()
        self.camera_keys.changed.connect(self._choose)
        self.repeated = Ways("Duplicate episodes", _REPEATED, self._choose)
        self.undecided = Ways("Episodes without a decision", UNDECIDED, self._choose)
        self.options = {name: self._box(text, more) for name, (text, more) in ADVANCED.items()}
        self._arrange()
        merging.wish_changed.connect(self._show)
        self._show()

    def wish(self) -> MergeWish:
        """What the fields say."""
        flags = {name: box.isChecked() for name, box in self.options.items()}
        own = {"unlabeled": self.undecided.choice(), "camera_keys": self.camera_keys.keys()}
        options = Options.model_validate({**own, **flags})
        return MergeWish(
            self._place_told(),
            Wishes(options, self.differing.choices(), self.repeated.choice()),
            frozenset(name for name, box in self.recordings.items() if not box.isChecked()),
            self.without_absent.isChecked(),
        )

    def ask(self, preview: MergePreview) -> None:
        """Ask about what a preview found: differences, repetitions, undecided episodes."""
        self.differing.show_differences(preview.differences, preview.names)
        self.camera_keys.ask(preview.renamable)
        self.repeated.setVisible(bool(preview.duplicates))
        self.repeated.tell("\n".join(preview.duplicates))
        self.undecided.setVisible(bool(preview.undecided))
        counts = ", ".join(f"{count:,} in {name}" for name, count in preview.undecided.items())
        self.undecided.tell(counts)

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(quiet_label("Into the new folder"))
        layout.addWidget(self.place)
        layout.addWidget(self.choose_button, alignment=Qt.AlignmentFlag.AlignLeft)
        few = len(self.recordings) <= _MANY
        layout.addWidget(Folded("Recordings", self.recordings.values(), unfolded=few))
        layout.addWidget(self.without_absent)
        self.without_absent.setVisible(bool(self._merging.session.absent))
        for part in (self.differing, self.camera_keys, self.repeated, self.undecided):
            layout.addWidget(part)
        layout.addWidget(Folded("Advanced", self.options.values()))

    def _box(self, text: str, more: str = "", *, on: bool = False) -> QCheckBox:
        box = option_box(text, more)
        box.setChecked(on)
        box.clicked.connect(lambda checked: self._choose())
        return box

    def _show(self) -> None:
        place = self._merging.wish.place
        self.place.setPlaceholderText(str(usual_place(self._merging.session)))
        if self._place_told() != place:
            self.place.setText(str(place))
        self.place.setToolTip(str(place))

    def _place_told(self) -> Path:
        """Where the dataset goes by the field; where that is empty, what stands in it pale."""
        told = self.place.text() or self.place.placeholderText()
        return place_of(told, self._near)

    def _choose(self) -> None:
        self._merging.choose(self.wish())

    def choose_folder(self) -> None:
        """Ask for another folder."""
        found = choose_folder(self, "Folder of the merged dataset", self._near.parent)
        if found is not None:
            self.place.setText(str(found))
            self._choose()
