"""Groups of frames of which more should be recorded; their examples open in the window."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from labeler.contracts.report import LikeFrames, Mistake

_PLACE = Qt.ItemDataRole.UserRole
_NOTHING = "No false positives and no undecided frames."


class RecordNextList(QListWidget):
    """A row for each group, which opens its worst frame, and one for each example below it."""

    opened = Signal(int, int)
    """Episode and frame."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Record these next")
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(self._open)
        self.itemActivated.connect(self._open)

    def show_groups(self, groups: Sequence[LikeFrames]) -> None:
        """Show the groups of a report."""
        self.clear()
        for group in groups:
            self._add(group.sentence, group.examples[0])
            for one in group.examples:
                label = "success" if one.label else "failure"
                self._add(
                    f"    episode {one.episode}, frame {one.frame}: labelled {label}, "
                    f"p = {one.probability:.2f}",
                    one,
                )
        if not groups:
            self.addItem(_NOTHING)

    def _add(self, text: str, frame: Mistake) -> None:
        item = QListWidgetItem(text)
        item.setData(_PLACE, (frame.episode, frame.frame))
        self.addItem(item)

    def _open(self, item: QListWidgetItem) -> None:
        if (place := item.data(_PLACE)) is not None:
            self.opened.emit(*place)
