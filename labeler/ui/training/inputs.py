"""Which cameras the classifier is fed, and what is cut out of their pictures."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from labeler.ui.controls import muted
from labeler.ui.desk import Desk
from labeler.ui.training.options import Given

_CAMERAS, _CROPS = "train.cameras", "dataset.crop_params_dict"


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
            box = QCheckBox(f"{camera.key.removeprefix('observation.images.')}   {size}")
            box.setToolTip(camera.key)
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            box.clicked.connect(lambda on, key=camera.key: self._turn(key))
            layout.addWidget(box)
            self.boxes[camera.key] = box
        given.changed.connect(self._show)
        self._show()

    def put_default(self) -> None:
        """Choose the camera that is shown large, if none was chosen."""
        if not self._given.get(_CAMERAS) and self._desk.camera:
            self._given.put(_CAMERAS, [self._desk.camera])

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
    """Whether the crop overlay's parts of the pictures are used."""

    def __init__(self, desk: Desk, given: Given) -> None:
        super().__init__()
        self._desk, self._given = desk, given
        self.use = QCheckBox("use the crop overlay")
        self.use.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.use.clicked.connect(self._take)
        self.told = muted()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.use)
        layout.addWidget(self.told)
        given.changed.connect(self._show)
        self._show()

    def refresh(self) -> None:
        """The overlay may be another now."""
        if self._given.get(_CROPS) is not None:
            self._take(True)
        self._show()

    def _take(self, on: bool) -> None:
        chosen = self._given.get(_CAMERAS) or []
        crops = {key: list(crop) for key, crop in self._desk.crops.items() if key in chosen}
        self._given.put(_CROPS, crops or None if on else None)

    def _show(self) -> None:
        crops = self._given.get(_CROPS) or {}
        self.use.setChecked(bool(crops))
        self.use.setEnabled(bool(crops) or bool(self._desk.crops))
        texts = [
            f"{key.rpartition('.')[2]}: {crop[3]} × {crop[2]} at {crop[1]}, {crop[0]}"
            for key, crop in crops.items()
        ]
        self.told.setText("; ".join(texts) or "whole pictures")
