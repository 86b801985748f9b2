"""Which cameras the classifier is fed, and what is cut out of their images."""

from contextlib import suppress

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from labeler.contracts.classifier_releases import NEEDS_COLOUR
from labeler.errors import LabelerError
from labeler.hilserl import check_crop
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import quiet_label
from labeler.ui.kit.elided import ElidedCheckBox
from labeler.ui.training.setup.options import Given

_CAMERAS, _CROPS = "train.cameras", "dataset.crop_params_dict"
_WHOLE: dict[str, object] = {}  # unlike None, which leaves it to the label file


class CameraChoice(QWidget):
    """A box per camera of the recording."""

    def __init__(self, desk: Desk, given: Given) -> None:
        super().__init__()
        self._desk, self._given = desk, given
        self.boxes: dict[str, QCheckBox] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for camera in desk.session.dataset.cameras:
            size = f"{camera.width} × {camera.height}"
            name = camera.key.removeprefix("observation.images.")
            box = ElidedCheckBox(name, f"   {size}{'   depth' if camera.is_depth else ''}")
            box.setToolTip(camera.key)
            if camera.is_depth:
                box.setEnabled(False)
                box.setToolTip(f"{camera.key} measures depth, {NEEDS_COLOUR}.")
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            box.clicked.connect(lambda on, key=camera.key: self._turn(key))
            layout.addWidget(box)
            self.boxes[camera.key] = box
        given.changed.connect(self._show)
        self._show()

    def put_default(self) -> None:
        """Choose the camera that is shown large, or the first of colour, if none was chosen."""
        fit = [key for key, box in self.boxes.items() if box.isEnabled()]
        if fit and not self._given.get(_CAMERAS):
            shown = self._desk.camera
            self._given.put(_CAMERAS, [shown if shown in fit else fit[0]])

    def _turn(self, key: str) -> None:
        chosen = [name for name, box in self.boxes.items() if box.isChecked()]
        if chosen:
            self._given.put(_CAMERAS, chosen)
        else:  # without any, the trainer would take them all
            self.boxes[key].setChecked(True)
            self._desk.say("A classifier needs at least one camera.")

    def _show(self) -> None:
        chosen = self._given.get(_CAMERAS) or []
        for key, box in self.boxes.items():
            box.setChecked(key in chosen)


class CropChoice(QWidget):
    """Whether the crops drawn in the window are used; they are, unless the user says no."""

    def __init__(self, desk: Desk, given: Given) -> None:
        super().__init__()
        self._desk, self._given = desk, given
        self.use = QCheckBox("use the crops drawn")
        self.use.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.use.clicked.connect(self._take)
        self.told = quiet_label()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.use)
        layout.addWidget(self.told)
        given.changed.connect(self._show)
        desk.crops_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """The crops drawn may be others now."""
        if self._given.get(_CROPS) != _WHOLE:
            self._take(True)
        self._show()

    def adopt(self) -> None:
        """Draw the crops of a preset: there is one truth about them."""
        drawn = self._desk.crops.copy()
        for camera in self._desk.session.dataset.cameras:
            numbers = (self._given.get(_CROPS) or {}).get(camera.key)
            if numbers is not None:
                with suppress(LabelerError):  # of other images; the form says so
                    drawn[camera.key] = check_crop(numbers, camera)
        if drawn != self._desk.crops:
            self._desk.show_crops(drawn)

    def _take(self, on: bool) -> None:
        drawn = {key: list(crop) for key, crop in self._desk.crops.items()} or None
        self._given.put(_CROPS, drawn if on else _WHOLE)

    def _show(self) -> None:
        crops = self._given.get(_CROPS) or {}
        self.use.setChecked(bool(crops))
        self.use.setEnabled(bool(crops) or bool(self._desk.crops))
        texts = [
            f"{key.rpartition('.')[2]}: {crop[3]} × {crop[2]} at {crop[1]}, {crop[0]}"
            for key, crop in crops.items()
        ]
        self.told.setText("; ".join(texts) or "whole images")
