"""What is to be watched: which classifier, looking at what, recorded where."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from labeler.runs.record import Run
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.choosing import choose_file, choose_folder, choose_new_file
from labeler.ui.kit.controls import combo_box, quiet_label
from labeler.ui.kit.side_panel import breakable
from labeler.ui.watching.watching import WatchWish

_FILMS = "Videos (*.mp4 *.mkv *.webm *.avi *.mov);;All files (*)"
_OTHER, _FILM, _EPISODE = "Another folder…", "A video…", "The open episode"
_DEVICES = Path("/dev")


class WatchForm(QWidget):
    """Two boxes and a tick; the last entry of a box asks for a path.

    `changed` is told when another checkpoint is chosen.
    """

    changed = Signal()

    def __init__(self, desk: Desk, runs: Callable[[], list[Run]]) -> None:
        super().__init__()
        self._desk, self._runs = desk, runs
        self.checkpoint = combo_box("Classifier to watch")
        self.checkpoint.activated.connect(lambda index: self._ask_checkpoint())
        self.source = combo_box("What it watches")
        self.source.activated.connect(lambda index: self._ask_source())
        self.record = QCheckBox("Record as a video…")
        self.record.clicked.connect(self._ask_record)
        self.recording: Path | None = None
        self.place = quiet_label()
        self.place.hide()
        rows = QGridLayout()
        rows.setColumnStretch(1, 1)
        for row, (name, box) in enumerate(
            (("Classifier", self.checkpoint), ("Source", self.source))
        ):
            rows.addWidget(QLabel(name), row, 0)
            rows.addWidget(box, row, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(rows)
        layout.addWidget(self.record)
        layout.addWidget(self.place)
        for box in (self.checkpoint, self.source):
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )

    def refresh(self) -> None:
        """Trainings may have ended since, and cameras may have been plugged in; choices stay."""
        _fill(self.checkpoint, [(run.title, run.checkpoint) for run in self._runs()], _OTHER)
        devices = sorted(_DEVICES.glob("video*"), key=lambda path: (len(path.name), path.name))
        cameras = [(f"Camera {path}", path) for path in devices]
        _fill(self.source, [(_EPISODE, None), *cameras], _FILM)

    def use_checkpoint(self, folder: Path, name: str = "") -> None:
        """Choose a checkpoint, which need not be listed."""
        if _choose(self.checkpoint, name or folder.name, folder):
            self.changed.emit()

    def use_source(self, path: Path | None) -> None:
        """Choose a video or a camera; None for the open episode."""
        if path is None:
            _choose(self.source, _EPISODE, None)
        else:
            camera = path.is_relative_to(_DEVICES)
            _choose(self.source, f"Camera {path}" if camera else path.name, path)

    def use_record(self, path: Path | None) -> None:
        """Write a video; None writes none."""
        self.recording = path
        self.record.setChecked(path is not None)
        self.place.setText("" if path is None else breakable(str(path)))
        self.place.setVisible(path is not None)

    def wish(self) -> WatchWish | None:
        """What is chosen; None without a classifier."""
        checkpoint, source = self.checkpoint.currentData(), self.source.currentData()
        if checkpoint is None:
            return None
        desk = self._desk
        if source is None:
            return WatchWish(checkpoint, desk.session.dataset.root, desk.episode, self.recording)
        return WatchWish(checkpoint, source, None, self.recording)

    def _ask_checkpoint(self) -> None:
        if self.checkpoint.currentText() == _OTHER:
            found = choose_folder(self, "Folder pretrained_model of a checkpoint", self._start)
            self.checkpoint.setCurrentIndex(0)
            if found is not None:
                self.use_checkpoint(found)
        else:
            self.changed.emit()

    def _ask_source(self) -> None:
        if self.source.currentText() == _FILM:
            found = choose_file(self, "Video to watch", _FILMS, self._start)
            self.use_source(found)

    def _ask_record(self, wanted: bool) -> None:
        name = self._start / f"{self._desk.session.dataset.name}-watched.mp4"
        kinds = "Videos (*.mp4)"
        self.use_record(choose_new_file(self, "Video to record", kinds, name) if wanted else None)

    @property
    def _start(self) -> Path:
        return self._desk.session.dataset.root.parent


def _fill(box: QComboBox, entries: list[tuple[str, Path | None]], last: str) -> None:
    """List entries; what was chosen stays, even if it is not among them."""
    text, chosen = box.currentText(), box.currentData()
    box.clear()
    for name, path in entries:
        box.addItem(name, path)
        box.setItemData(box.count() - 1, str(path or ""), Qt.ItemDataRole.ToolTipRole)
    box.addItem(last)
    if chosen is not None:
        _choose(box, text, chosen)


def _choose(box: QComboBox, name: str, path: Path | None) -> bool:
    """Choose an entry, added if it is not there; whether it is another than before."""
    before = box.currentData()
    index = next((i for i in range(box.count() - 1) if box.itemData(i) == path), -1)
    if index < 0:
        index = box.count() - 1
        box.insertItem(index, name, path)
    box.setCurrentIndex(index)
    return bool(before != path)
