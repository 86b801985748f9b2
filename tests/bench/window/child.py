"""One start of `labeler ROOT` in the tree that is the working folder; prints figures as JSON.

    python -P FILE ROOT TASK STARTED

Runs in older trees, too, so it knows only what all of them have. STARTED is the wall time at which
the parent began (seconds since 1970). Without -P the folder of this file would come first on the
path, in which `operator` is not Python's own module.
"""

import importlib.abc
import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

Figures = dict[str, list[float]]
MAIN_WINDOWS = ("labeler.ui.window.main_window", "labeler.ui.main_window")
EPISODES, STEPS, HELD = 10, 250, 1 / 30  # a key that is held repeats 30 times a second
SETTLED = 10.0  # s after which memory is read: at the start, and after the last key
WARM = 6.0  # s in which what lies around the place shown is decoded, as in `tests.bench.window`
OPENED, LOOKED = 2.0, 60  # s on an episode before the key is held, and frames that it passes


def resident_mb() -> float:
    """Resident memory of this process in MB (10^6 bytes)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Hand:
    """Presses keys in the window of this process."""

    def __init__(self, window) -> None:
        self.window = window

    @property
    def view(self):
        return self.window.page.stage.large

    @property
    def painted(self) -> bool:
        playhead = self.window.desk.playhead
        return self.view.on_screen == (playhead.episode, playhead.frame)

    def wait(self, seconds: float = 30.0) -> None:
        from PySide6.QtCore import QEventLoop, QTimer

        if self.painted:
            return
        loop = QEventLoop()
        connection = self.view.painted.connect(lambda: loop.quit() if self.painted else None)
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()
        self.view.painted.disconnect(connection)
        if not self.painted:
            raise TimeoutError("the image did not come")

    def press(self, key) -> list[float]:
        """Milliseconds from a key to the picture: wall time, and of this thread's processor."""
        from PySide6.QtTest import QTest

        start, own = time.perf_counter(), time.thread_time()
        QTest.keyPress(self.window.windowHandle(), key)
        QTest.keyRelease(self.window.windowHandle(), key)
        self.wait()
        return [(time.perf_counter() - start) * 1000, (time.thread_time() - own) * 1000]

    def rest(self, seconds: float) -> None:
        from PySide6.QtTest import QTest

        QTest.qWait(round(seconds * 1000))


def memory(hand: Hand, figures: Figures) -> None:
    """At the start, and after ten episodes, each looked at and gone through with a held key."""
    from PySide6.QtCore import Qt

    most = 0.0
    for _ in range(round(SETTLED * 4)):
        hand.rest(0.25)
        most = max(most, resident_mb())
    figures["memory, 10 s after the first image"] = [resident_mb()]
    figures["memory, at most until then"] = [most]
    hand.rest(2 * SETTLED)
    figures["memory, 30 s after the first image"] = [resident_mb()]
    for number in range(EPISODES):
        if number:
            hand.press(Qt.Key.Key_Down)
        hand.rest(OPENED)
        took(hand, {}, "", Qt.Key.Key_Right, LOOKED, HELD)
    figures["memory, right after ten episodes"] = [resident_mb()]
    hand.rest(SETTLED)
    figures["memory, 10 s after ten episodes"] = [resident_mb()]


def steps(hand: Hand, figures: Figures) -> None:
    """Without a pause between keys: a first pass, back, the next episodes; then after a rest."""
    from PySide6.QtCore import Qt

    right, left, down = Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Down
    hand.rest(WARM)
    took(hand, figures, "step, first pass", right, STEPS)
    took(hand, figures, "step back", left, STEPS)
    for _ in range(4):
        hand.rest(WARM)
        took(hand, figures, "next episode", down, 1)
    hand.rest(SETTLED)
    took(hand, figures, "step after 10 s of rest", right, STEPS)
    hand.press(down)
    hand.rest(SETTLED)
    took(hand, figures, "held key after 10 s of rest", right, STEPS, HELD)


def took(hand: Hand, figures: Figures, name: str, key, times: int, pause: float = 0.0) -> None:
    walls, owns, began = [], [], time.perf_counter()
    for number in range(times):
        if pause:
            hand.rest(max(began + number * pause - time.perf_counter(), 0))
        wall, own = hand.press(key)
        walls.append(wall)
        owns.append(own)
    figures.setdefault(name, []).extend(walls)
    figures.setdefault(f"{name}, CPU", []).extend(owns)


def begin(task: str, started: float) -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    figures: Figures = {}
    timer = QTimer(QApplication.instance(), interval=2)

    def look() -> None:
        window = next((w for w in QApplication.topLevelWidgets() if hasattr(w, "desk")), None)
        if window is None or window.desk is None or getattr(window, "page", None) is None:
            return
        hand = Hand(window)
        if not hand.painted:
            return
        timer.stop()
        figures["first exact frame"] = [(time.time() - started) * 1000]
        figures["first exact frame, CPU"] = [time.process_time() * 1000]
        QTimer.singleShot(0, lambda: act(hand))

    def act(hand: Hand) -> None:
        {"memory": memory, "steps": steps}[task](hand, figures)
        print(json.dumps(figures), flush=True)
        os._exit(0)

    timer.timeout.connect(look)
    timer.start()


class Hook(importlib.abc.MetaPathFinder):
    """Begins to measure where the event loop of the program starts."""

    def __init__(self, task: str, started: float) -> None:
        self.task, self.started = task, started

    def find_spec(self, name, path=None, target=None):
        if name in MAIN_WINDOWS:
            from PySide6.QtWidgets import QApplication

            plain = QApplication.exec

            def execute(*_) -> int:
                begin(self.task, self.started)
                return plain()

            QApplication.exec = execute
        return


if __name__ == "__main__":
    root, task, started = sys.argv[1:]
    sys.argv[:] = ["labeler", root]
    sys.meta_path.insert(0, Hook(task, float(started)))
    from labeler.__main__ import main

    main()
