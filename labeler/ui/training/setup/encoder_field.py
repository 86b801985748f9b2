"""Which encoder looks at the images, and whether anything will be fetched for it."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from classifier.config import RANDOM
from labeler.runs.encoders import has_encoder
from labeler.ui.kit.controls import combo_box, push_button
from labeler.ui.training.setup.options import Given

PATH = "reward_model.model_name"
_HUB, _FOLDER, _RANDOM = "Hub model", "Folder or file here", "Random (demonstration only)"
_WEIGHTS = "*.safetensors"
_ABSENT = (
    "Not on this machine yet. Starting fetches it once from huggingface.co; nothing else is sent "
    "or fetched. Without a connection, choose a folder with an encoder that was fetched elsewhere."
)
_NOTES = {
    _HUB: "On this machine. Nothing is fetched.",
    _FOLDER: "Nothing is fetched.",
    _RANDOM: "Untrained, for trying things out. Nothing is fetched.",
}


class EncoderControl(QWidget):
    """Kind of encoder, and its name where it has one."""

    noted = Signal(str)

    def __init__(self, given: Given) -> None:
        super().__init__()
        self._given = given
        self.kind = combo_box("Kind of encoder")
        self.kind.addItems([_HUB, _FOLDER, _RANDOM])
        self.kind.activated.connect(lambda index: self._choose())
        self.name = QLineEdit()
        self.name.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.name.setAccessibleName("Name of the encoder")
        self.name.editingFinished.connect(self._take)
        self.browse = push_button("Choose…")
        self.browse.clicked.connect(self._browse)
        line = QHBoxLayout()
        line.addWidget(self.name, 1)
        line.addWidget(self.browse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.kind)
        layout.addLayout(line)
        given.changed.connect(self.show_given)

    @property
    def contacts_hub(self) -> bool:
        """Whether starting may ask the Hub."""
        name = str(self._given.get(PATH))
        return kind_of(name) == _HUB and not has_encoder(name)

    def show_given(self) -> None:
        """Show the setting."""
        name = str(self._given.get(PATH))
        self._show(kind_of(name), "" if name == RANDOM else name)

    def _show(self, kind: str, name: str) -> None:
        self.kind.setCurrentText(kind)
        self.name.setVisible(kind != _RANDOM)
        self.browse.setVisible(kind == _FOLDER)
        self.name.setPlaceholderText("owner/name" if kind == _HUB else "/path/to/encoder")
        if not self.name.hasFocus():
            self.name.setText(name)
        self.noted.emit(_ABSENT if self.contacts_hub else _NOTES[kind])

    def _choose(self) -> None:
        kind = self.kind.currentText()
        if kind == _RANDOM:
            self._given.put(PATH, RANDOM)
            return
        current = str(self._given.get(PATH))
        fits = current if kind_of(current) == kind else ""
        self._given.put(PATH, fits or ("lerobot/resnet10" if kind == _HUB else ""))

    def _browse(self) -> None:
        start = str(self._given.get(PATH)) or str(Path.home())
        folder = QFileDialog.getExistingDirectory(self, "Encoder", start)
        if folder:
            self._given.put(PATH, folder)

    def _take(self) -> None:
        text = self.name.text().strip()
        if text:
            self._given.put(PATH, text)


def encoder_problem(name: str) -> str:
    """Why an encoder on this machine cannot be used, as far as its folder says; else empty."""
    if kind_of(name) != _FOLDER:
        return ""
    if not name:
        return "Choose the folder of the encoder, or its file."
    path = Path(name).expanduser()
    if not path.exists():
        return f"There is no {path}."
    if path.is_dir() and not any(path.glob(_WEIGHTS)):
        return f"{path} holds no weights ({_WEIGHTS}), so it is no encoder."
    return ""


def kind_of(name: str) -> str:
    """What a model's name means to the trainer."""
    if name == RANDOM:
        return _RANDOM
    is_path = name.startswith(("/", "~", ".")) or name.count("/") != 1 or Path(name).exists()
    return _FOLDER if is_path else _HUB
