"""Runs a plain function off the window's thread and delivers its result, or its error."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from labeler.progress import Cancelled

Result = TypeVar("Result")
AFTER_IMAGE = 400
"""Milliseconds after a recording's page is made until what nobody waits for begins."""


class Work(QObject):
    """One piece of work in a thread of its own; make it with `start_work`.

    `step(value)` may be called from the work to report progress; it raises `Cancelled` once the
    user has cancelled.
    """

    done = Signal(object)
    failed = Signal(object)  # BaseException
    cancelled = Signal()
    stepped = Signal(object)
    _ended = Signal(object, object)
    _stepping = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop = threading.Event()
        self._over = False
        self._thread: threading.Thread | None = None
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._stepping.connect(self.stepped, Qt.ConnectionType.QueuedConnection)

    def begin(self, job: Callable[["Work"], object], name: str) -> None:
        """Start the thread, unless it was waited for before that."""
        if self._over:
            return
        self._thread = threading.Thread(target=self._run, args=(job,), name=name, daemon=True)
        self._thread.start()

    def step(self, value: object = None) -> None:
        """Called by the work: report, and end here if the user cancelled."""
        self.check()
        with suppress(RuntimeError):  # the window is gone
            self._stepping.emit(value)

    def check(self) -> None:
        """Called by the work: end here if the user cancelled."""
        if self._stop.is_set():
            raise Cancelled

    def cancel(self) -> None:
        """Ask the work to end at its next step."""
        self._stop.set()

    @property
    def running(self) -> bool:
        """Whether the thread still works."""
        return self._thread is not None and self._thread.is_alive()

    def join(self, seconds: float) -> None:
        """Wait for the thread; for the end of the program. What has not begun never will."""
        self._over = True
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self, job: Callable[["Work"], object]) -> None:
        result: object = None
        problem: BaseException | None = None
        try:
            result = job(self)
        except BaseException as error:  # noqa: BLE001 - delivered to the thread that can show it
            problem = error
        with suppress(RuntimeError):  # the window is gone
            self._ended.emit(result, problem)

    def _deliver(self, result: object, error: BaseException | None) -> None:
        if isinstance(error, Cancelled):
            self.cancelled.emit()
        elif error is not None:
            self.failed.emit(error)
        else:
            self.done.emit(result)


def start_work(
    parent: QObject,
    job: Callable[[Work], Result],
    *,
    name: str,
    done: Callable[[Result], None],
    failed: Callable[[BaseException], None] | None = None,
    cancelled: Callable[[], None] | None = None,
    stepped: Callable[[object], None] | None = None,
    after: int = 0,
) -> Work:
    """Run `job` in a thread; one of `done`, `failed`, `cancelled` is called in the window's.

    It begins `after` so many milliseconds: what nobody waits for gives way to the first image.

    Without `failed` an error is one of the program: it is raised there, and reported as a crash.
    """
    work = Work(parent)
    work.done.connect(done)
    work.failed.connect(failed or _raise)
    if cancelled is not None:
        work.cancelled.connect(cancelled)
    if stepped is not None:
        work.stepped.connect(stepped)
    if after:
        QTimer.singleShot(after, work, lambda: work.begin(job, name))
    else:
        work.begin(job, name)
    return work


def _raise(error: BaseException) -> None:
    raise error
