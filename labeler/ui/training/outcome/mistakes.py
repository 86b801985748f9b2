"""The worst mistakes as thumbnails; each opens its episode at its frame."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from labeler.contracts.report import Mistake
from labeler.ui.desk.desk import Desk
from labeler.ui.desk.images import Thumbnails
from labeler.video import FrameKey

_WIDTH, _HEIGHT = 118, 66
_PLACE = Qt.ItemDataRole.UserRole


class MistakeStrip(QListWidget):
    """Images of the camera that is shown large, with what they are and how they are scored."""

    opened = Signal(int, int)
    """Episode and frame."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._images = Thumbnails(desk.session.dataset, _HEIGHT, self)
        self._images.ready.connect(self._on_ready, Qt.ConnectionType.QueuedConnection)
        self.setAccessibleName("Worst mistakes")
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setMovement(QListWidget.Movement.Static)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setIconSize(QSize(_WIDTH - 8, _HEIGHT))
        self.setGridSize(QSize(_WIDTH, _HEIGHT + 42))
        self.itemClicked.connect(self._open)
        self.itemActivated.connect(self._open)

    def show_mistakes(self, mistakes: Sequence[Mistake]) -> None:
        """Show the mistakes of a report."""
        self.clear()
        for one in mistakes:
            word = "success" if one.label else "failure"
            text = f"{one.episode}, frame {one.frame}\n{word}, p = {one.probability:.2f}"
            item = QListWidgetItem(text)
            item.setToolTip(
                f"Episode {one.episode}, frame {one.frame}: labelled {word}, probability of "
                f"success {one.probability:.1%}. Click to open it."
            )
            item.setData(_PLACE, (one.episode, one.frame))
            self.addItem(item)
        self._images.want([key for row in range(self.count()) if (key := self._key(row))])

    def close_images(self) -> None:
        """Stop the worker."""
        self._images.close()

    def _key(self, row: int) -> FrameKey | None:
        episode, frame = self.item(row).data(_PLACE)
        return FrameKey(episode, self._desk.camera, frame) if self._desk.camera else None

    def _on_ready(self, key: FrameKey) -> None:
        pixels = self._images.get(key)
        if not isinstance(pixels, np.ndarray):
            return
        height, width = pixels.shape[:2]
        image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
        for row in range(self.count()):
            if self._key(row) == key:
                self.item(row).setIcon(QIcon(QPixmap.fromImage(image.copy())))

    def _open(self, item: QListWidgetItem) -> None:
        episode, frame = item.data(_PLACE)
        self.opened.emit(episode, frame)
