"""The few settings that matter, with what does not fit beside the field that it is about."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from classifier.config import config_text
from labeler.errors import LabelerError
from labeler.labels import State
from labeler.session.training_form import remember_settings, remembered_settings
from labeler.session.words import plural
from labeler.storage.program.training_runs import write_preset
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import combo_box, push_button
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.elided import ElidedLabel
from labeler.ui.kit.theme import repolish
from labeler.ui.training.setup.advanced import Advanced
from labeler.ui.training.setup.encoder_field import PATH as ENCODER
from labeler.ui.training.setup.encoder_field import EncoderControl, encoder_problem
from labeler.ui.training.setup.fields import Field, number_box, percent_box
from labeler.ui.training.setup.inputs import CameraChoice, CropChoice
from labeler.ui.training.setup.options import Given
from labeler.ui.training.setup.place_field import PlaceControl

_NAME = 200  # pixels
_PLACE = "place"  # what is remembered beside the settings
_DEVICES = (("fastest available", None), ("cpu", "cpu"), ("cuda", "cuda"), ("mps", "mps"))


class TrainingForm(QWidget):
    """Shows `given`; `start` carries the settings as LeRobot's JSON."""

    start = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._desk = desk
        self.given = Given(self)
        self._later: dict[str, str] = {}  # what the trainer found, by setting
        self.cameras = CameraChoice(desk, self.given)
        self.crop = CropChoice(desk, self.given)
        self.encoder = EncoderControl(self.given)
        self.epochs = number_box(1, 10_000)
        self.image_size = number_box(0, 4096, none="as recorded")
        self.held_out = percent_box()
        self.folds = number_box(0, 100, none="none")
        self.device = _device_box()
        self.where = PlaceControl()
        self.fields = self._fields()
        self.labels = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.name = _name_field()
        self.general = QLabel()
        self.general.setWordWrap(True)
        self.general.setProperty("error", True)
        self.start_button = push_button("Start training", primary=True)
        self.advanced = Advanced(self.given)
        self.advanced_button = push_button("All settings")
        self.advanced_button.setCheckable(True)
        self.advanced_button.setToolTip("Show every setting of the trainer")
        self.pages = QStackedWidget()
        self._bind()
        self._place()
        self.given.changed.connect(self.refresh)
        desk.bridge.labels_changed.connect(self._on_labels)
        self._recall()
        self.refresh()

    def complain(self, setting: str, sentence: str) -> None:
        """Show what the trainer found until the setting changes."""
        self._later = {setting: sentence}
        self.refresh(keep=True)

    def load(self, path: Path) -> None:
        """Take settings from LeRobot's JSON.

        Raises:
            UsageError: it cannot be read or does not fit.
        """
        self.given.load(path)
        self.crop.adopt()

    def refresh(self, *, keep: bool = False) -> None:
        """Show the settings and what does not fit."""
        if not keep:
            self._later = {}
        given = self.given
        for box, value in (
            (self.epochs, given.get("train.epochs")),
            (self.folds, given.get("train.folds")),
            (self.image_size, given.get("reward_model.image_size") or 0),
            (self.held_out, given.get("train.held_out") * 100),
        ):
            if isinstance(value, int | float) and not box.hasFocus():
                box.setValue(value)  # type: ignore[arg-type]
        self.device.setCurrentIndex(max(self.device.findData(given.get("reward_model.device")), 0))
        self.encoder.show_given()
        self._show_problems()

    def showEvent(self, event: QShowEvent) -> None:
        """Labels and crops may be others now."""
        super().showEvent(event)
        self.crop.refresh()
        self.where.ask_once()
        self.refresh(keep=True)

    def problems(self) -> dict[str, str]:
        """What is known not to fit, by setting; nothing is started before that is mended."""
        found = {}
        if sentence := labels_problem(self._desk):
            found["labels"] = sentence
        if sentence := encoder_problem(str(self.given.get(ENCODER))):
            found[ENCODER] = sentence
        if self.where.problem:
            found[_PLACE] = self.where.problem
        sentence, setting = self.given.problem()
        if sentence:
            found[setting] = sentence
        folds, decided = self.given.get("train.folds"), self._desk.decision_count
        if isinstance(folds, int) and folds > decided > 0:
            found["train.folds"] = f"There are only {plural(decided, 'labelled episode')}."
        return found

    def _show_problems(self) -> None:
        hard = self.problems()
        found = {**self._later, **hard}
        for setting, field in self.fields.items():
            field.complain(found.pop(setting, ""))
        beside = [text for name, text in hard.items() if name in self.fields]
        # The field that it belongs to may be out of sight: the button says it, too.
        self.labels.setText(beside[0] if beside else _labels_text(self._desk))
        self.labels.setProperty("error", bool(beside))
        repolish(self.labels)
        self.general.setText("\n".join(found.values()))
        self.general.setVisible(bool(found))
        self.start_button.setEnabled(not hard)
        self.start_button.setToolTip("\n".join(hard.values()))
        hub = self.encoder.contacts_hub
        self.start_button.setText("Contact the Hub and train" if hub else "Start training")

    def _bind(self) -> None:
        given = self.given
        self.epochs.valueChanged.connect(lambda value: given.put("train.epochs", value))
        self.folds.valueChanged.connect(lambda value: given.put("train.folds", value))
        self.image_size.valueChanged.connect(
            lambda value: given.put("reward_model.image_size", value or None)
        )
        self.held_out.valueChanged.connect(
            lambda value: given.put("train.held_out", round(value / 100, 2))
        )
        self.device.activated.connect(
            lambda index: given.put("reward_model.device", self.device.itemData(index))
        )
        self.encoder.noted.connect(self.fields["reward_model.model_name"].say)
        self.where.noted.connect(self.fields[_PLACE].say)
        self.where.changed.connect(lambda: self.refresh(keep=True))
        self.advanced_button.toggled.connect(lambda on: self.pages.setCurrentIndex(int(on)))
        self.start_button.clicked.connect(self._start)

    def _on_labels(self, episodes: object) -> None:
        if self.isVisible():
            self._show_problems()

    def _start(self) -> None:
        if not self.problems():
            self._remember()
            self.start.emit(config_text(self.given.settings().config))

    def _recall(self) -> None:
        """Begin with what the last training was given."""
        root, cameras = self._desk.session.dataset.root, self.cameras.boxes
        values = remembered_settings(root)
        self.where.show_place(str(values.pop(_PLACE, "")))
        known = values.get("train.cameras")
        if isinstance(known, list) and not cameras.keys() >= set(known):
            values.pop("train.cameras")
        self.given.recall(values)
        self.cameras.put_default()

    def _remember(self) -> None:
        try:
            values = {**self.given.values, _PLACE: self.where.place}
            remember_settings(self._desk.session.dataset.root, values)
        except LabelerError as error:
            self._desk.say(as_line(error))

    def _fields(self) -> dict[str, Field]:
        return {
            "train.cameras": Field("Cameras", self.cameras, "Cameras the classifier uses"),
            "dataset.crop_params_dict": Field("Crop", self.crop, "As drawn in the crop panel"),
            "reward_model.model_name": Field("Encoder", self.encoder, "Vision encoder"),
            "reward_model.image_size": Field(
                "Image size", self.image_size, "Height and width that the encoder is given, pixels"
            ),
            "train.epochs": Field("Epochs", self.epochs, "Passes over the training frames"),
            "train.held_out": Field("Held-out episodes", self.held_out, "Held out for evaluation"),
            "train.folds": Field(
                "Folds", self.folds, "Rounds of cross-validation: honest suggestions everywhere"
            ),
            "reward_model.device": Field("Device", self.device, "Device"),
            _PLACE: Field("Where", self.where, "Who decodes and encodes the frames"),
        }

    def _place(self) -> None:
        columns = QHBoxLayout()
        columns.setSpacing(18)
        parts = list(self.fields.values())
        for part in (parts[:2], parts[2:4], parts[4:7], parts[7:]):
            column = QVBoxLayout()
            for field in part:
                column.addWidget(field)
            column.addStretch(1)
            columns.addLayout(column, 3 if part is parts[:2] else 2)
        few = QFrame()
        few.setProperty("panel", True)
        few.setLayout(columns)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(few)
        self.pages.addWidget(area)
        self.pages.addWidget(self.advanced)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.general)
        layout.addLayout(self._last_line())

    def _last_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.addWidget(self.start_button)
        line.addWidget(self.name, 1)
        line.addSpacing(8)
        line.addWidget(self.labels, 2)
        line.addWidget(self.advanced_button)
        for text, action in (("Load preset…", self._load), ("Save preset…", self._save)):
            button = push_button(text)
            button.clicked.connect(action)
            line.addWidget(button)
        return line

    def _load(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Load preset", "", "JSON (*.json)")
        if name:
            self._try(lambda: self.load(Path(name)), f"Settings of {Path(name).name} are loaded.")

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save preset", "train.json", "JSON (*.json)")
        if name:
            self._try(lambda: self.save(Path(name)), f"Settings are saved to {name}.")

    def save(self, path: Path) -> None:
        """Write the settings as LeRobot's JSON.

        Raises:
            LabelerError: they do not fit, or could not be written.
        """
        root = self._desk.session.dataset.root
        write_preset(path, config_text(self.given.settings().config), root)

    def _try(self, action: Callable[[], None], done: str) -> None:
        try:
            action()
        except LabelerError as error:
            self._desk.say(as_line(error))
        else:
            self._desk.say(done)


def _device_box() -> QComboBox:
    box = combo_box("Device")
    for text, device in _DEVICES:
        box.addItem(text, device)
    return box


def _name_field() -> QLineEdit:
    field = QLineEdit(placeholderText="Name")
    field.setToolTip("What the list calls this training; without a name, its time")
    field.setAccessibleName("Name of the training")
    field.setMinimumWidth(_NAME // 2)
    field.setMaximumWidth(_NAME)
    return field


def labels_problem(desk: Desk) -> str:
    """Why the labels cannot be trained on; empty if nothing is known against them."""
    counts = desk.session.counts()
    if not desk.decision_count:
        return "No episode is labelled yet. Label at least two: one is held out."
    if not counts[State.SUCCESS]:
        return "No episode succeeds. Label at least one success: there is nothing to tell apart."
    if desk.decision_count < 2:
        return "Only one episode is labelled. Label another one: one is held out for evaluation."
    return ""


def _labels_text(desk: Desk) -> str:
    problem = labels_problem(desk)
    counts = desk.session.counts()
    told = f"{counts[State.SUCCESS]} success, {counts[State.NEVER]} never"
    return "" if problem else f"{desk.decision_count} labelled: {told}."
