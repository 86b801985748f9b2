"""`Crop overlay…`: a field per camera, in the place of the inspector."""

from pathlib import Path

from PySide6.QtWidgets import QLineEdit

from labeler.dataset.layout import Camera
from labeler.errors import LabelerError
from labeler.hilserl import checked, crop_of, crops_of_file
from labeler.ui.choosing import choose_file
from labeler.ui.controls import muted, push_button
from labeler.ui.desk import Desk
from labeler.ui.side_panel import SidePanel, Trouble, heading


class CropPanel(SidePanel):
    """Crops are drawn as they are typed; one that leaves the picture is refused in place."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("Crop overlay")
        self._desk = desk
        self.cameras = {camera.key: camera for camera in desk.session.dataset.cameras}
        self.fields: dict[str, QLineEdit] = {}
        self.troubles: dict[str, Trouble] = {}
        self.file_trouble = Trouble()
        self.load = push_button("Read from JSON…")
        self.load.setToolTip("Training configuration or HIL-SERL configuration")
        self.load.clicked.connect(self._choose)
        self.clear = push_button("Remove all")
        self.clear.clicked.connect(self._remove)
        self._arrange()
        self._fill(desk.crops)

    def read(self, path: Path) -> None:
        """Take the crops of a JSON file; those of cameras that are not here are named."""
        self.file_trouble.clear()
        try:
            told = crops_of_file(path)
        except LabelerError as error:
            self.file_trouble.say(error.message, error.hint)
            return
        for key in self.cameras:
            if key in told:
                self._take(key, told[key])
        if absent := [key for key in told if key not in self.cameras]:
            self.file_trouble.say(
                f"{path.name} has crops of cameras that this recording lacks: {', '.join(absent)}.",
                "",
            )

    def _arrange(self) -> None:
        self.column.addWidget(muted("Pixels of the recorded picture: top, left, height, width."))
        for key, camera in self.cameras.items():
            field = QLineEdit(placeholderText=f"0, 0, {camera.height}, {camera.width}")
            field.setAccessibleName(f"Crop of {key}")
            field.textEdited.connect(lambda text, camera=camera: self._type(camera, text))
            self.fields[key], self.troubles[key] = field, Trouble()
            name = heading(key.removeprefix("observation.images."))
            name.setToolTip(key)
            self.column.addWidget(name)
            self.column.addWidget(field)
            self.column.addWidget(self.troubles[key])
        for part in (self.load, self.clear, self.file_trouble):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def _type(self, camera: Camera, text: str) -> None:
        self.troubles[camera.key].clear()
        crops = {key: crop for key, crop in self._desk.crops.items() if key != camera.key}
        if text.strip():
            try:
                crops[camera.key] = crop_of(text, camera)
            except LabelerError as error:
                self.troubles[camera.key].say(error.message, error.hint)
        self._desk.show_crops(crops)

    def _take(self, key: str, numbers: object) -> None:
        self.troubles[key].clear()
        try:
            crop = checked(numbers, self.cameras[key])
        except LabelerError as error:
            self.troubles[key].say(error.message, error.hint)
            return
        self.fields[key].setText(", ".join(map(str, crop)))
        self._desk.show_crops({**self._desk.crops, key: crop})

    def _fill(self, crops: dict[str, tuple[int, int, int, int]]) -> None:
        for key, field in self.fields.items():
            field.setText(", ".join(map(str, crops[key])) if key in crops else "")

    def _remove(self) -> None:
        self._desk.show_crops({})
        self._fill({})
        for trouble in (*self.troubles.values(), self.file_trouble):
            trouble.clear()

    def _choose(self) -> None:
        start = self._desk.session.dataset.root.parent
        found = choose_file(self, "Crops of a configuration", "JSON (*.json);;All files (*)", start)
        if found is not None:
            self.read(found)
