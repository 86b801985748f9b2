"""Measures how long the window's thread was busy without looking at events."""

import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QAbstractEventDispatcher, QObject, Qt

_LOOK = 0.005  # s between looks of the witness
_DEEPEST = 6  # calls of a stack that are told
_MOST = 4  # places that are told


@dataclass(frozen=True)
class Stretch:
    """Seconds between two looks at the event queue: all, of processor time, waiting for a core.

    The rest was spent waiting for Python's lock, another thread, or a disk. `places` are calls in
    which the thread was seen meanwhile.
    """

    seconds: float = 0.0
    own: float = 0.0
    queued: float = 0.0
    places: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = (self.seconds, self.own, self.queued)
        told = "{:.0f} ms (own {:.0f}, waiting for a core {:.0f})"
        return "\n    ".join([told.format(*(part * 1000 for part in parts)), *self.places])


class Watchdog(QObject):
    """`longest`: seconds of the longest stretch between two looks at the event queue.

    `busiest`: the most seconds of processor time in such a stretch, which do not grow where other
    programs hold the cores. `worst`: the longest stretch with all that is known of it. With
    `witness` (seconds) a thread looks where longer stretches are spent; `close` ends it.
    """

    def __init__(self, witness: float | None = None):
        super().__init__()
        self.longest = self.busiest = 0.0
        self.worst = Stretch()
        self._thread = threading.get_ident()
        waits = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._waits = waits if witness is not None and waits.exists() else None
        self._seen: list[str] = []
        self._begin()
        self._busy = True
        self._end = threading.Event()
        if witness is not None:
            threading.Thread(target=self._witness, args=(witness,), daemon=True).start()
        dispatcher = QAbstractEventDispatcher.instance()
        direct = Qt.ConnectionType.DirectConnection
        dispatcher.awake.connect(self._look, direct)
        dispatcher.aboutToBlock.connect(self._rest, direct)

    def forget(self) -> None:
        """Begin to measure now."""
        self.longest = self.busiest = 0.0
        self.worst = Stretch()
        self._begin()

    def close(self) -> None:
        """End the witness."""
        self._end.set()

    def _look(self) -> None:
        if self._busy:
            self._note()
        self._busy = True
        self._begin()

    def _rest(self) -> None:
        self._note()
        self._busy = False

    def _note(self) -> None:
        seconds, own = time.perf_counter() - self._since, time.thread_time() - self._since_cpu
        self.busiest = max(self.busiest, own)
        if seconds > self.longest:
            self.longest = seconds
            self.worst = Stretch(seconds, own, self._queued() - self._since_queue, self._places())
        self._begin()

    def _begin(self) -> None:
        self._seen = []
        self._since_queue = self._queued()
        self._since, self._since_cpu = time.perf_counter(), time.thread_time()

    def _queued(self) -> float:
        """Seconds that the thread has waited for a core so far (Linux: proc(5), schedstat)."""
        return int(self._waits.read_bytes().split()[1]) / 1e9 if self._waits else 0.0

    def _places(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._seen))[:_MOST]

    def _witness(self, patience: float) -> None:
        while not self._end.wait(_LOOK):
            if self._busy and time.perf_counter() - self._since > patience:
                self._seen.append(_place(self._thread))


def _place(thread: int) -> str:
    """The innermost calls of a thread: `band.py:53 draw < lane.py:63 paintEvent < …`."""
    frame, calls = sys._current_frames().get(thread), []
    while frame is not None and len(calls) < _DEEPEST:
        code = frame.f_code
        calls.append(f"{Path(code.co_filename).name}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    return " < ".join(calls)
