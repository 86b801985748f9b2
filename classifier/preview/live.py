"""A camera of the system, or what is played as one: the newest image counts, older ones drop."""

import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from types import TracebackType
from typing import Self

from classifier.preview.sources import Moment, Shot

_PATIENCE = 0.2  # s after which it is looked whether anybody still wants images


class LiveShots:
    """Iterates over images as they come, as long as they are `wanted`.

    Those that came while one was predicted are dropped. A source that is `played` comes at its own
    speed, as a camera would give it; `moments` is only used in the reading thread. Use it as a
    context manager. It raises what the source raises.
    """

    def __init__(
        self,
        moments: Generator[Moment, None, None],
        wanted: Callable[[], bool] = lambda: True,
        *,
        played: bool = True,
    ) -> None:
        self.dropped = 0
        """Images that nobody saw."""
        self._moments, self._wanted, self._played = moments, wanted, played
        self._new = threading.Condition()
        self._newest: tuple[Moment, float] | None = None
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
        while (found := self._next()) is not None:
            moment, taken = found
            yield Shot(moment.index, moment.seconds, moment.images(), taken, moment.values)
        if self._error is not None:
            raise self._error

    def _next(self) -> tuple[Moment, float] | None:
        with self._new:
            while self._newest is None and not self._ended and self._wanted():
                self._new.wait(_PATIENCE)
            found, self._newest = self._newest, None
            return found

    def _read(self) -> None:
        try:
            with closing(self._moments):
                self._read_all()
        except BaseException as error:  # noqa: BLE001 - raised again where images are used
            self._error = error
        finally:
            with self._new:
                self._ended = True
                self._new.notify_all()

    def _read_all(self) -> None:
        start = 0.0
        for moment in self._moments:
            start = start or time.monotonic() - moment.seconds
            if self._played:
                self._wait_until(start + moment.seconds)
            if self._ended:
                return
            self._put(moment)

    def _wait_until(self, moment: float) -> None:
        while not self._ended and (left := moment - time.monotonic()) > 0:
            time.sleep(min(left, _PATIENCE))

    def _put(self, moment: Moment) -> None:
        with self._new:
            if self._newest is not None:
                self.dropped += 1
            self._newest = moment, time.monotonic()
            self._new.notify_all()
