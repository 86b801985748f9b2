"""An operator who presses keys in the real window and looks when the picture has changed."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from labeler.session.preferences import Preferences
from labeler.ui.kit import theme
from labeler.ui.window.main_window import MainWindow
from tests.watchdog import Watchdog

_PATIENCE = 30_000  # ms
_LONG = 0.025  # s: the places of longer blocks are told


class Operator:
    """Opens a recording in a window; every action returns its milliseconds."""

    def __init__(self, app: QApplication, memory_mb: int | None = None):
        preferences = Preferences(
            theme="dark", memory_mb=memory_mb, continuous=False, loop_at="off"
        )
        theme.apply(app, "dark")
        self.window = MainWindow(preferences)
        self.window.resize(1280, 800)
        self.window.show()
        QTest.qWaitForWindowActive(self.window)
        self.watchdog = Watchdog(witness=_LONG)

    def open(self, root: Path) -> float:
        """From the wish to open a recording to its first picture on the screen."""
        start = time.perf_counter()
        self.window.open(root)
        until(lambda: self.window.desk is not None)
        self.until_painted()
        return _ms(start)

    @property
    def playhead(self):
        return self.window.desk.playhead

    @property
    def view(self):
        return self.window.page.stage.large

    def press(self, key: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> float:
        """From a key to the picture of the frame that it leads to."""
        start = time.perf_counter()
        QTest.keyPress(self.window.windowHandle(), key, modifiers)
        QTest.keyRelease(self.window.windowHandle(), key, modifiers)
        self.until_painted()
        return _ms(start)

    def click(self, frame: int) -> float:
        """From a click on the timeline to the picture of that frame."""
        band = self.window.page.timeline.filmstrip
        x = round(band.scale.x(frame + 0.5, band.width()))
        at = band.mapTo(self.window, QPoint(x, band.height() // 2))
        start = time.perf_counter()
        QTest.mouseClick(self.window.windowHandle(), Qt.MouseButton.LeftButton, pos=at)
        self.until_painted()
        return _ms(start)

    def cached(self, frame: int) -> bool:
        desk = self.window.desk
        return desk.images.get(desk.episode, frame, desk.camera) is not None

    def until_painted(self) -> None:
        """Let the window work until the frame that it is to show is on the screen."""
        if self.painted:
            return
        loop = QEventLoop()
        connection = self.view.painted.connect(lambda: loop.quit() if self.painted else None)
        QTimer.singleShot(_PATIENCE, loop.quit)
        loop.exec()
        self.view.painted.disconnect(connection)
        assert self.painted, "the image did not come"

    @property
    def painted(self) -> bool:
        return self.view.on_screen == (self.playhead.episode, self.playhead.frame)

    def rest(self, seconds: float) -> None:
        """Look at the picture while the workers go on."""
        QTest.qWait(round(seconds * 1000))

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
        QTest.qWait(1)
        self.watchdog.close()


def until(condition: Callable[[], bool]) -> None:
    """Let the window work until something is so."""
    end = time.monotonic() + 4 * _PATIENCE / 1000
    while not condition():
        assert time.monotonic() < end, "it took too long"
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def _ms(start: float) -> float:
    return (time.perf_counter() - start) * 1000


def resident_mb() -> float:
    """Resident memory of this process in MB (10^6 bytes)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
