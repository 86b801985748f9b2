"""The crop of one camera in numbers, and what is wrong with them."""

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from labeler.dataset.layout import Camera
from labeler.errors import LabelerError
from labeler.hilserl import crop_of
from labeler.labels import Crop
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.elided import ElidedLabel
from labeler.ui.kit.side_panel import Trouble


class CropField(QWidget):
    """Numbers are drawn as they are typed, and follow what is drawn by hand."""

    def __init__(self, desk: Desk, camera: Camera) -> None:
        super().__init__()
        self._desk, self.camera = desk, camera
        self.numbers = QLineEdit(placeholderText=f"0, 0, {camera.height}, {camera.width}")
        self.numbers.setAccessibleName(f"Crop of {camera.key}")
        self.numbers.textEdited.connect(self._type)
        self.trouble = Trouble()
        name = ElidedLabel(camera.key.removeprefix("observation.images."))
        name.setProperty("strong", True)
        name.setToolTip(camera.key)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for part in (name, self.numbers, self.trouble):
            layout.addWidget(part)
        desk.crops_changed.connect(self._follow)
        self._follow()

    def put(self, crop: Crop) -> None:
        """Take a crop that lies inside the image."""
        self.trouble.clear()
        self._desk.show_crops({**self._desk.crops, self.camera.key: crop})

    def clear(self) -> None:
        """No crop, and nothing wrong with it."""
        self.numbers.clear()
        self.trouble.clear()

    def _type(self, text: str) -> None:
        self.trouble.clear()
        crops = {key: crop for key, crop in self._desk.crops.items() if key != self.camera.key}
        if text.strip():
            try:
                crops[self.camera.key] = crop_of(text, self.camera)
            except LabelerError as error:
                self.trouble.explain(error)
        self._desk.show_crops(crops)

    def _follow(self) -> None:
        """Say the crop that there is; numbers that are no crop yet stay while there is none."""
        crop, told = self._desk.crops.get(self.camera.key), self._crop_in_field()
        if crop == told:
            return
        self.trouble.clear()
        self.numbers.setText("" if crop is None else ", ".join(map(str, crop)))

    def _crop_in_field(self) -> Crop | None:
        try:
            return crop_of(self.numbers.text(), self.camera)
        except LabelerError:
            return None
