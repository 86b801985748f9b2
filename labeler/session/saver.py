"""The thread that brings decisions from the journal into the label file."""

import threading
import time
from collections.abc import Callable

DELAY = 1.0
"""Seconds without a decision after which the file is written."""
LONGEST = 5.0
"""Seconds after which it is written although decisions keep coming."""
RETRY = 5.0
"""Seconds after which a write that failed is tried again."""


class Saver:
    """Calls `save` soon after `wake`, in a thread of its own.

    `save` says whether nothing is left to do; it is called again after a while if not. A slow
    disk or a large file stretches the delays, so that saving takes a small part of the time.
    """

    def __init__(self, save: Callable[[], bool]) -> None:
        self._save = save
        self._condition = threading.Condition()
        self._first = self._last = 0.0  # when the oldest and the newest wish was made
        self._wanted = False
        self._at_once = False
        self._stopping = self._working = False
        self._took = 0.0
        self._thread = threading.Thread(target=self._run, name="label saver", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to save."""
        with self._condition:
            self._last = time.monotonic()
            if not self._wanted:
                self._wanted, self._first = True, self._last
            self._condition.notify_all()

    def save_now(self, timeout: float) -> bool:
        """Save without delay; whether that is over, well or not, within `timeout` seconds."""
        with self._condition:
            self._wanted = self._at_once = True
            self._condition.notify_all()
            return self._condition.wait_for(self._is_idle, timeout) and self._thread.is_alive()

    def stop(self) -> None:
        """Save what is left, once, and end the thread."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        self._thread.join()
        self._save = _always  # whoever is saved is not held any longer

    def _is_idle(self) -> bool:
        return not (self._at_once or self._working) or not self._thread.is_alive()

    def _run(self) -> None:
        while self._wait():
            self._work()
        self._work()

    def _work(self) -> None:
        started = time.monotonic()
        done = self._save()
        with self._condition:
            self._took = time.monotonic() - started
            self._working = False
            self._condition.notify_all()
            if not done and not self._wanted:
                self._wanted, self._first = True, time.monotonic() + RETRY
                self._last = self._first

    def _wait(self) -> bool:
        """Wait until it is time to save; False when stopping."""
        with self._condition:
            while not self._stopping:
                left = self._due() - time.monotonic() if self._wanted else None
                if self._at_once or (left is not None and left <= 0):
                    self._wanted = self._at_once = False
                    self._working = True
                    return True
                self._condition.wait(left)
            self._at_once, self._working = False, True
            return False

    def _due(self) -> float:
        stretch = 20 * self._took
        return min(self._last + DELAY + stretch, self._first + LONGEST + stretch)


def _always() -> bool:
    return True
