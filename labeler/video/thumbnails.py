"""Small images of frames, made beside everything else."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from labeler.background import give_way
from labeler.dataset import Dataset
from labeler.errors import LabelerError, MissingFrameError
from labeler.video.key import FrameKey, Missing, defect
from labeler.video.pixels import ONE_THREAD, BgraConverter
from labeler.video.precedence import GLANCING, LOOKING
from labeler.video.reader import FrameReader

Thumbnail = NDArray[np.uint8] | Missing

_OPEN_FILES = 2  # per camera
_PATIENCE = 0.5  # seconds that a thumbnail waits for the image shown, then it is made anyway
_IDLE = 2.0  # seconds without a wish after which the files are closed: decoders take memory
_END = 1.0  # seconds that `close` waits for an image that is being decoded
_log = logging.getLogger(__name__)


class _Stopped(Exception):
    """What is decoded is not wanted any more."""


class ThumbnailSupply:
    """Small images for filmstrip, queue and contact sheet, made one after the other.

    All methods may be called by any thread. `on_ready` is called by the worker for every wanted
    image that was not there when it was wanted and now is, also as `Missing`. The `limit`
    images made or asked for last are kept. Images that somebody looks at go first: between
    two frames the worker waits for every `FrameSupply` of the process.
    """

    def __init__(
        self,
        dataset: Dataset,
        on_ready: Callable[[FrameKey], None],
        height: int = 72,
        limit: int = 2000,
    ) -> None:
        self._dataset = dataset.reopen()
        self._on_ready = on_ready
        self._height, self._limit = height, limit
        self._made: OrderedDict[FrameKey, Thumbnail] = OrderedDict()
        self._wanted: dict[FrameKey, None] = {}
        self._readers: dict[str, FrameReader] = {}
        self._small, self._to_bgra = VideoReformatter(), BgraConverter()
        self._kind: tuple[object, ...] = ()
        self._closed = False
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._thread = threading.Thread(target=self._run, name="thumbnails", daemon=True)
        self._thread.start()

    def get(self, key: FrameKey) -> Thumbnail | None:
        """B, G, R, 255 as uint8 (height, width, 4), aspect kept; None while it is not there."""
        with self._lock:
            found = self._made.get(key)
            if found is not None:
                self._made.move_to_end(key)
            return found

    def want(self, keys: Sequence[FrameKey]) -> None:
        """Replace what was wanted before. Made in this order, but for what lies on the way."""
        with self._lock:
            if self._closed:  # nobody would ever make them, and others would wait for that
                return
            self._wanted = dict.fromkeys(key for key in keys if key not in self._made)
            GLANCING.say(self, bool(self._wanted))
            self._work.notify_all()

    def close(self) -> None:
        """End the thread and close the files; at most a second. May be called again."""
        with self._lock:
            self._closed = True
            self._wanted.clear()
            GLANCING.say(self, False)
            self._work.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join(_END)

    def _run(self) -> None:
        give_way()
        while (key := self._take()) is not None:
            LOOKING.give_way(_PATIENCE)
            try:
                self._make(key)
            except _Stopped:
                continue
            except MissingFrameError as error:
                self._store(key, Missing(error.message, error.advice))
            except LabelerError as error:
                self._store_all(key, Missing(error.message, error.advice))
            except Exception as error:  # noqa: BLE001 - ours; there are other images to make
                _log.exception("%s", key)
                self._store(key, defect(key, error))
        self._close_files()
        self._dataset.close()

    def _take(self) -> FrameKey | None:
        """Wait for the next wish; None at the end."""
        key = self._wait(_IDLE)
        while key is None and not self._closed:
            self._close_files()
            key = self._wait(None)
        return key

    def _wait(self, seconds: float | None) -> FrameKey | None:
        with self._work:
            self._work.wait_for(lambda: bool(self._wanted) or self._closed, seconds)
            return next(iter(self._wanted), None)

    def _close_files(self) -> None:
        for reader in self._readers.values():
            reader.close()

    def _make(self, key: FrameKey) -> None:
        if key.camera not in self._readers:
            self._readers[key.camera] = FrameReader(self._dataset, key.camera, _OPEN_FILES)

        def keep(frame: int, image: av.VideoFrame) -> None:
            other = FrameKey(key.episode, key.camera, frame)
            with self._lock:
                wanted, needed = other in self._wanted, key in self._wanted
            if wanted:
                self._store(other, self._thumbnail(image))
            if not needed:
                raise _Stopped
            LOOKING.give_way(_PATIENCE)

        with self._lock:
            same = (other for other in self._wanted if other.episode == key.episode)
            since = min((other.frame for other in same if other.camera == key.camera), default=0)
        image = self._readers[key.camera].raw(key.episode, key.frame, keep, since)
        if self.get(key) is None:
            self._store(key, self._thumbnail(image))

    def _thumbnail(self, image: av.VideoFrame) -> NDArray[np.uint8]:
        kind = (image.format.name, image.width, image.height, image.color_range)
        if kind != self._kind:
            self._kind, self._small = kind, VideoReformatter()
        width = max(round(image.width * self._height / image.height), 1)
        small = self._small.reformat(
            image,
            width=width,
            height=self._height,
            format="rgb24",
            interpolation="AREA",
            threads=ONE_THREAD,
        )
        return self._to_bgra(small)

    def _store(self, key: FrameKey, thumbnail: Thumbnail) -> None:
        with self._lock:
            wanted = key in self._wanted
            self._wanted.pop(key, None)
            GLANCING.say(self, bool(self._wanted))
            self._made[key] = thumbnail
            while len(self._made) > self._limit:
                self._made.popitem(last=False)
        if wanted:
            self._announce(key)

    def _store_all(self, key: FrameKey, missing: Missing) -> None:
        """The whole file cannot be read."""
        with self._lock:
            same = (key.episode, key.camera)
            keys = [other for other in self._wanted if (other.episode, other.camera) == same]
        for other in keys or [key]:
            self._store(other, missing)

    def _announce(self, key: FrameKey) -> None:
        try:
            self._on_ready(key)
        except Exception:  # noqa: BLE001 - a defect of the listener must not end the images
            _log.exception("on_ready(%s)", key)
