"""Cameras get other keys in the merged dataset: a field for each that may need one."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from labeler.dataset.features import unfit_cameras
from labeler.ui.kit.controls import quiet_label
from labeler.ui.kit.side_panel import breakable, heading

_STAYS = "keeps its key"


class CameraKeys(QWidget):
    """Fields for the new keys of cameras; what is typed for a camera stays while it is shown."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.told = quiet_label()
        self.fields: dict[str, QLineEdit] = {}
        self._captions: list[QWidget] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addWidget(heading("Camera keys"))
        self._layout.addWidget(self.told)
        self.hide()

    def keys(self) -> dict[str, str]:
        """New key of every camera that gets one."""
        typed = {key: field.text().strip() for key, field in self.fields.items()}
        return {key: text for key, text in typed.items() if text and text != key}

    def ask(self, cameras: tuple[str, ...]) -> None:
        """Offer other keys for these cameras; without any there is nothing to see."""
        self.setVisible(bool(cameras))
        sentence = unfit_cameras(self.keys().get(key, key) for key in cameras)
        self.told.setText(breakable(sentence))
        self.told.setVisible(bool(sentence))
        if cameras == tuple(self.fields):
            return
        typed = {key: field.text() for key, field in self.fields.items()}
        for widget in (*self._captions, *self.fields.values()):
            widget.hide()
            widget.deleteLater()
        self._captions = []
        self.fields = {key: self._field(key, typed.get(key, "")) for key in cameras}

    def _field(self, key: str, text: str) -> QLineEdit:
        caption = quiet_label(breakable(key))
        field = QLineEdit(text)
        field.setPlaceholderText(_STAYS)
        field.setAccessibleName(f"New key of the camera {key}")
        field.setToolTip(f"Key of {key} in the merged dataset, as observation.images.wrist.")
        field.textEdited.connect(lambda text: self.changed.emit())
        self._captions.append(caption)
        self._layout.addWidget(caption)
        self._layout.addWidget(field)
        return field
