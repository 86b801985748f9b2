"""The queue's thumbnails: made for the rows in sight, the latest sight first."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QTableView

from labeler.ui.desk.desk import Desk
from labeler.video import FrameKey

_PAUSE = 60  # ms: rows that fly past while scrolling are not worth an image


class QueueThumbnails(QObject):
    """One image per episode: the frame in its middle, of the camera shown large at the start."""

    def __init__(self, desk: Desk, view: QTableView) -> None:
        super().__init__(view)
        self._desk = desk
        self._view = view
        self._camera = desk.camera
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE)
        self._soon.timeout.connect(self._want)
        desk.images.queue.ready.connect(lambda key: view.viewport().update())

    def get(self, episode: int) -> NDArray[np.uint8] | None:
        """Pixels of an episode's thumbnail (BGRA), or None for now or where there is no image."""
        key = self._key(episode)
        if not key.camera:
            return None
        found = self._desk.images.queue.get(key)
        if found is None and not self._soon.isActive():
            self._soon.start()
        return found if isinstance(found, np.ndarray) else None

    def _key(self, episode: int) -> FrameKey:
        camera = self._desk.camera_for(episode, self._camera)
        return FrameKey(episode, camera, int(self._desk.session.dataset.lengths[episode]) // 2)

    def _want(self) -> None:
        """Ask for the rows in sight."""
        queue = self._desk.queue
        if not len(queue):
            return
        top = max(self._view.indexAt(QPoint(4, 2)).row(), 0)
        last = self._view.indexAt(QPoint(4, self._view.viewport().height() - 2)).row()
        last = last if last >= 0 else len(queue) - 1
        rows = range(top, min(last, top + 60) + 1)
        self._desk.images.queue.want([self._key(queue.episode(row)) for row in rows])
