"""Where the crops drawn differ from those of the classifier in use, with a way to take its own."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from labeler.hilserl import size_differences
from labeler.ui.crop.crop_preview import INPUT
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.side_panel import breakable, heading


class CropComparison(QWidget):
    """Hidden while there is no classifier."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.title = heading("")
        self.title.setWordWrap(True)
        self.differences = quiet_label()
        self.take = push_button("Use its crops")
        self.take.setToolTip("Draw the crops that this classifier was trained with")
        self.take.clicked.connect(self._take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.setSpacing(4)
        for part in (self.title, self.differences, self.take):
            layout.addWidget(part)
        desk.crops_changed.connect(self.refresh)
        desk.classifier.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Compare again."""
        classifier = self._desk.classifier
        self.setVisible(classifier.checkpoint is not None)
        if classifier.checkpoint is None:
            return
        told = classifier.differences(self._desk.crops)
        self.take.setVisible(self._desk.crops != self._crops_in_use())
        told += size_differences(classifier.checkpoint, (INPUT, INPUT))
        self.title.setText(f"Compared with {classifier.name}")
        self.differences.setText(
            breakable("\n\n".join(told)) or "It was trained on images cropped as they are here."
        )
        self.differences.setProperty("warning", bool(told))
        self.differences.style().polish(self.differences)

    def _crops_in_use(self) -> dict[str, tuple[int, int, int, int]]:
        """The crops drawn, with its own for the cameras that it looks at."""
        classifier = self._desk.classifier
        others = {k: crop for k, crop in self._desk.crops.items() if k not in classifier.keys}
        return others | classifier.crops

    def _take(self) -> None:
        self._desk.show_crops(self._crops_in_use())
