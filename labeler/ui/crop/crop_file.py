"""Crops read from a JSON configuration and written back into one, with what does not fit."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labeler.errors import LabelerError
from labeler.hilserl import crops_in, image_mismatches, json_like, read_config, with_crops
from labeler.storage.program.config_files import write_config_file
from labeler.ui.crop.crop_preview import INPUT
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.choosing import choose_file
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.cures import Action
from labeler.ui.kit.question import Question
from labeler.ui.kit.side_panel import Trouble, breakable
from labeler.ui.kit.work import Work, start_work

_KINDS = "JSON (*.json);;All files (*)"
_SIZE = (INPUT, INPUT)


class CropFile(QWidget):
    """Two buttons; before a file is changed it is said what will be in it, and asked."""

    found = Signal(object)
    """Crops by camera key, as a file has them; not checked yet."""
    answered = Signal()
    """Something was said or asked below the buttons."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._cameras = desk.session.dataset.cameras
        self._work: Work | None = None
        self.load = push_button("Read from JSON…")
        self.load.setToolTip("Training configuration or HIL-SERL configuration")
        self.load.clicked.connect(self._choose_source)
        self.save = push_button("Write into JSON…")
        self.save.setToolTip("Environment configuration of HIL-SERL")
        self.save.clicked.connect(self._choose_target)
        self.told = quiet_label()
        self.told.setProperty("warning", True)
        self.told.hide()
        self.question = Question(stacked=True)
        self._again: tuple[Callable[[], None], Callable[[], None]] = self._choose_source, self.clear
        self.trouble = Trouble(
            {
                Action.CHOOSE_PLACE: lambda: self._again[0](),
                Action.RETRY: lambda: self._again[1](),
            }
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for part in (self.load, self.save, self.trouble, self.told, self.question):
            layout.addWidget(part)
        desk.closing.connect(self._end)

    def read(self, path: Path) -> None:
        """Tell the crops of a JSON file; cameras that are not here, and other sizes, are named."""
        self.clear()
        self._again = self._choose_source, lambda: self.read(path)
        try:
            config = read_config(path)[0]
            crops = crops_in(config, path.name)
        except LabelerError as error:
            self.trouble.explain(error)
            return
        self.found.emit(crops)
        told = image_mismatches(config, self._cameras, _SIZE)
        known = {camera.key for camera in self._cameras}
        if absent := [key for key in crops if key not in known]:
            told.insert(0, f"{path.name} has crops for cameras that are not in this recording: "
                           f"{', '.join(absent)}. They are ignored.")  # fmt: skip
        self._tell(told)

    def offer(self, path: Path) -> None:
        """Say what writing the crops into a configuration would change, and ask."""
        self.clear()
        self._again = self._choose_target, lambda: self.offer(path)
        try:
            config, text = read_config(path)
            filled = with_crops(config, self._cameras, self._desk.crops, _SIZE)
        except LabelerError as error:
            self.trouble.explain(error)
            return
        new = json_like(text, filled.values)
        self._tell(list(filled.warnings))
        if filled.values == config:
            self._desk.say(f"{path.name} already has these crops.")
            return
        crops = self._desk.crops
        what = "the crops drawn" if crops else "whole images, since no crop is drawn,"
        self.question.ask(
            breakable(f"Write {what} into {path.name}?"),
            {"Write": lambda: self._write(path, new, text), "Cancel": self.clear},
        )

    def clear(self) -> None:
        """Nothing is said or asked."""
        self.trouble.clear()
        self.told.hide()
        self.question.dismiss()

    def _write(self, path: Path, new: str, old: str) -> None:
        self._work = start_work(
            self,
            lambda work: write_config_file(path, new, replacing=old),
            name="writing crops",
            done=lambda nothing: self._desk.say(f"The crops are in {path.name}."),
            failed=self._on_failed,
        )

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, LabelerError):
            raise error
        self.trouble.explain(error)

    def _tell(self, sentences: list[str]) -> None:
        self.told.setText(breakable("\n\n".join(sentences)))
        self.told.setVisible(bool(sentences))

    def _choose_source(self) -> None:
        self._choose("Crops of a configuration", self.read)

    def _choose_target(self) -> None:
        self._choose("HIL-SERL configuration", self.offer)

    def _choose(self, title: str, use: Callable[[Path], None]) -> None:
        found = choose_file(self, title, _KINDS, self._desk.session.dataset.root.parent)
        if found is not None:
            use(found)
            self.answered.emit()

    def _end(self) -> None:
        if self._work is not None:
            self._work.join(30)
