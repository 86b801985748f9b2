"""The classifier whose suggestions are shown, or that was trained last: what images it wants."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from labeler.dataset.layout import Camera
from labeler.errors import LabelerError
from labeler.labels import Crop

if TYPE_CHECKING:
    from labeler.hilserl import Checkpoint


class ClassifierInUse(QObject):
    """At most one; only its JSON files are read, by what is imported for it.

    name: which training it is of, as a sentence says it
    """

    changed = Signal()

    def __init__(self, cameras: tuple[Camera, ...], parent: QObject) -> None:
        super().__init__(parent)
        self._cameras = cameras
        self.checkpoint: Checkpoint | None = None
        self.name = ""

    def use(self, folder: Path, name: str) -> None:
        """Take the checkpoint of a folder; one that cannot be read is none."""
        from labeler.hilserl import read_checkpoint

        try:
            self.checkpoint = read_checkpoint(folder)
        except LabelerError:
            self.checkpoint = None
        self.name = name
        self.changed.emit()

    @property
    def crops(self) -> dict[str, Crop]:
        """What it was trained with, for the cameras that are here."""
        if self.checkpoint is None:
            return {}
        from labeler.hilserl import crops_of

        return crops_of(self.checkpoint, self._cameras)

    @property
    def keys(self) -> set[str]:
        """Cameras that it looks at."""
        return set() if self.checkpoint is None else {c.key for c in self.checkpoint.cameras}

    def differences(self, crops: Mapping[str, Crop]) -> list[str]:
        """Sentences on how its images differ from those that these crops would give."""
        if self.checkpoint is None:
            return []
        from labeler.hilserl import crop_differences

        return crop_differences(self.checkpoint, self._cameras, crops)
