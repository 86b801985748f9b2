"""A camera of the system, or a film played as one: the newest picture counts, older ones drop."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import av

from classifier.preview.sources import Shot, decoded, is_device, opened, translated
from labeler.video import RgbConverter

_PATIENCE = 0.2  # s after which it is looked whether anybody still wants pictures


class LiveShots:
    """Iterates over pictures as they come, as long as they are `wanted`.

    Those that came while one was judged are dropped. A film is played at its own speed, as a camera
    would give it. Use it as a context manager.

    Raises:
        UsageError: there is no such camera or film.
        DamagedDatasetError: it stopped in the middle.
    """

    def __init__(self, path: Path, key: str, wanted: Callable[[], bool] = lambda: True) -> None:
        self.dropped = 0
        """Pictures that nobody saw."""
        self._path, self._key, self._wanted = path, key, wanted
        self._played = not is_device(path)
        self._new = threading.Condition()
        self._newest: tuple[int, float, float, av.VideoFrame] | None = None
        self._ended, self._error = False, None  # type: tuple[bool, BaseException | None]
        self._thread = threading.Thread(target=self._read, name="camera", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended = True
        self._thread.join()

    def __iter__(self) -> Iterator[Shot]:
        to_rgb = RgbConverter()
        while (found := self._next()) is not None:
            index, seconds, taken, picture = found
            yield Shot(index, seconds, {self._key: to_rgb(picture)}, taken)
        if self._error is not None:
            raise self._error

    def _next(self) -> tuple[int, float, float, av.VideoFrame] | None:
        with self._new:
            while self._newest is None and not self._ended and self._wanted():
                self._new.wait(_PATIENCE)
            found, self._newest = self._newest, None
            return found

    def _read(self) -> None:
        try:
            with opened(self._path) as container, translated(self._path):
                start = time.monotonic()
                for index, (seconds, picture) in enumerate(decoded(container)):
                    if self._played:
                        self._wait_until(start + seconds)
                    if self._ended:
                        return
                    self._put(index, seconds, picture)
        except BaseException as error:  # noqa: BLE001 - raised again where pictures are used
            self._error = error
        finally:
            with self._new:
                self._ended = True
                self._new.notify_all()

    def _wait_until(self, moment: float) -> None:
        while not self._ended and (left := moment - time.monotonic()) > 0:
            time.sleep(min(left, _PATIENCE))

    def _put(self, index: int, seconds: float, picture: av.VideoFrame) -> None:
        with self._new:
            if self._newest is not None:
                self.dropped += 1
            self._newest = index, seconds, time.monotonic(), picture
            self._new.notify_all()
