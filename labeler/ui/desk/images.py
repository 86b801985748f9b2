"""Brings the decoded frames of the workers into the window's thread."""

import threading
from collections.abc import Sequence

import av
from PySide6.QtCore import QObject, QTimer, Signal

from labeler.dataset import Dataset
from labeler.ui.desk.playhead import Playhead
from labeler.ui.kit.relay import Relay
from labeler.ui.kit.small_process import forget_closed, give_memory_back
from labeler.video import FrameKey, FrameSupply, Missing, ThumbnailSupply

STRIP_HEIGHT = 54
QUEUE_HEIGHT = 40
SHEET_HEIGHT = 132
_REST = 8_000  # ms without a step after which memory is given back


class Thumbnails(QObject):
    """Small images of one height; `ready` tells of each that has come."""

    ready = Signal(object)  # FrameKey

    def __init__(self, dataset: Dataset, height: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.height = height
        relay = Relay(self)
        relay.arrived.connect(self.ready)
        self._supply = ThumbnailSupply(dataset, relay.send, height)
        self.get = self._supply.get
        self.want = self._supply.want

    def close(self) -> None:
        """Stop the worker."""
        self._supply.close()


class DeskImages(QObject):
    """Frames of the place that the playhead shows, of every camera that is visible."""

    arrived = Signal(object)  # FrameKey of the place shown

    def __init__(self, dataset: Dataset, memory: int | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cameras: tuple[str, ...] = tuple(camera.key for camera in dataset.cameras)
        relay = Relay(self)
        relay.arrived.connect(self._on_ready)
        self._supply = FrameSupply(dataset, relay.send, memory)
        self.strip = Thumbnails(dataset, STRIP_HEIGHT, self)
        self.queue = Thumbnails(dataset, QUEUE_HEIGHT, self)
        self.sheet = Thumbnails(dataset, SHEET_HEIGHT, self)
        self._place = (-1, -1)
        self._resting = False
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._give_back)

    def show_first(self, camera: str) -> None:
        """Decode this camera before the others."""
        first = [key for key in self.cameras if key == camera]
        self.cameras = (*first, *(key for key in self.cameras if key != camera))

    def follow(self, playhead: Playhead) -> None:
        """Ask for the frames of the place shown; a loop that nobody began lets memory rest."""
        if playhead.episode != self._place[0] or not playhead.loops_by_itself:
            self._resting = False
            self._rest.start()
        self._place = (playhead.episode, playhead.frame)
        direction = playhead.direction if playhead.playing else 0
        self._supply.want(*self._place, self.cameras, direction, at_rest=self._resting)

    def plan(self, episodes: Sequence[int]) -> None:
        """Episodes that come next."""
        self._supply.plan(episodes)

    def get(self, episode: int, frame: int, camera: str) -> av.VideoFrame | Missing | None:
        """The decoded frame, the reason why there is none, or None while it is not there yet."""
        return self._supply.get(FrameKey(episode, camera, frame))

    def ready(self, episode: int, frame: int) -> bool:
        """Whether the images of a frame are there, of every camera: they are shown together."""
        return all(self.get(episode, frame, camera) is not None for camera in self.cameras)

    def close(self) -> None:
        """Stop all workers, all at once: each of them finishes its image first."""
        parts = (self._supply, self.strip, self.queue, self.sheet)
        ends = [threading.Thread(target=part.close, name="end of images") for part in parts]
        for end in ends:
            end.start()
        for end in ends:
            end.join()
        self.destroyed.connect(lambda: QTimer.singleShot(0, forget_closed))

    def _give_back(self) -> None:
        self._resting = True
        self._supply.rest()
        give_memory_back()

    def _on_ready(self, key: FrameKey) -> None:
        if (key.episode, key.frame) == self._place:
            self.arrived.emit(key)


def gripper_of(cameras: tuple[str, ...]) -> str:
    """The camera at the gripper as people name it, or the first one."""
    for word in ("gripper", "wrist", "hand"):
        for camera in cameras:
            if word in camera.rsplit(".", 1)[-1].lower():
                return camera
    return cameras[0] if cameras else ""
