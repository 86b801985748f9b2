"""What a supply announced, and supplies that are closed after the test."""

import threading
import time
from collections.abc import Callable

import av

from labeler.dataset import Dataset
from labeler.video import FrameKey, FrameSupply, Missing, RgbConverter, ThumbnailSupply

PATIENCE = 60  # seconds after which a test gives up; nothing is measured by it


class Announced:
    """Callback that remembers, and lets a test wait."""

    def __init__(self) -> None:
        self.keys: list[FrameKey] = []
        self.threads: set[str] = set()
        self._changed = threading.Condition()

    def __call__(self, key: FrameKey) -> None:
        with self._changed:
            self.keys.append(key)
            self.threads.add(threading.current_thread().name)
            self._changed.notify_all()

    def until(self, done: Callable[[list[FrameKey]], bool]) -> list[FrameKey]:
        with self._changed:
            assert self._changed.wait_for(lambda: done(self.keys), PATIENCE), self.keys
            return list(self.keys)


class CountedSupply(FrameSupply):
    """Counts the images that are decoded."""

    def __init__(self, dataset: Dataset, on_ready, memory: int | None) -> None:
        self._counting, self.decode_count = threading.Lock(), 0
        super().__init__(dataset, on_ready, memory)

    def _store_decoded(self, lane, key, image) -> None:
        with self._counting:
            self.decode_count += 1
        super()._store_decoded(lane, key, image)


def shown(supply: FrameSupply, key: FrameKey, read_picture) -> tuple[int, int]:
    """Episode and frame that a picture shows, which must be there."""
    picture = supply.get(key)
    assert isinstance(picture, av.VideoFrame), picture
    return read_picture(RgbConverter()(picture))


def wait(supply: FrameSupply, key: FrameKey) -> av.VideoFrame | Missing:
    """The picture, as soon as it is there."""
    _until(lambda: supply.get(key) is not None)
    found = supply.get(key)
    assert found is not None
    return found


def idle(supply: FrameSupply) -> None:
    """Wait until nothing is left to decode."""
    _until(lambda: not _at_work(supply))


def _at_work(supply: FrameSupply) -> bool:
    with supply._lock:
        return any(lane.busy or supply._head(lane) for lane in supply._lanes.values())


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end
        time.sleep(0.001)


def threads() -> list[str]:
    """Names of the supplies' threads that run."""
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith(("frames-", "thumbnails"))]


def thumbnail(supply: ThumbnailSupply, key: FrameKey):
    made = supply.get(key)
    assert made is not None
    return made
