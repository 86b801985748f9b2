"""Measures how long the window's thread was busy without looking at events."""

import time

from PySide6.QtCore import QAbstractEventDispatcher, QObject, Qt


class Watchdog(QObject):
    """`longest`: seconds of the longest stretch between two looks at the event queue.

    `busiest`: the most seconds of processor time in such a stretch, which do not grow where other
    programs hold the cores.
    """

    def __init__(self):
        super().__init__()
        self.longest = self.busiest = 0.0
        self._begin()
        self._busy = True
        dispatcher = QAbstractEventDispatcher.instance()
        direct = Qt.ConnectionType.DirectConnection
        dispatcher.awake.connect(self._look, direct)
        dispatcher.aboutToBlock.connect(self._rest, direct)

    def forget(self) -> None:
        """Begin to measure now."""
        self.longest = self.busiest = 0.0
        self._begin()

    def _look(self) -> None:
        if self._busy:
            self._note()
        self._busy = True
        self._begin()

    def _rest(self) -> None:
        self._note()
        self._busy = False

    def _note(self) -> None:
        self.longest = max(self.longest, time.perf_counter() - self._since)
        self.busiest = max(self.busiest, time.thread_time() - self._since_cpu)
        self._begin()

    def _begin(self) -> None:
        self._since, self._since_cpu = time.perf_counter(), time.thread_time()
