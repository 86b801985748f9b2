"""A new user at the window: `python -m tests.guide.operator ROOT [--labels FILE]`.

Opens the program's own window, labels by keys every episode that has no label yet, and closes it.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import labeler.ui.window.app
from labeler.__main__ import main
from labeler.dataset.labels_of import ColumnReading
from labeler.labels import State
from labeler.ui.window.main_window import MainWindow

_PAUSE = 20  # ms between two looks at the window
_PATIENCE = 100  # looks after which an episode that cannot be reached is left alone
_UNLABELED = tuple(State).index(State.UNLABELED)


class OperatedWindow(MainWindow):
    """The window, with somebody at its keys from the moment when a recording is open."""

    def open(
        self, root: Path, labels: Path | None = None, column: ColumnReading | None = None
    ) -> None:
        """Open it as ever, and sit down."""
        super().open(root, labels, column)
        self._looked = 0
        self._timer = QTimer(self, interval=_PAUSE)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        desk = self.desk
        if desk is None or not desk.images.ready(desk.episode, desk.playhead.frame):
            return
        left = (desk.session.states() == _UNLABELED).nonzero()[0].tolist()
        if not left or self._looked > _PATIENCE:
            self._timer.stop()
            self.close()
        elif desk.episode not in left:
            self._looked += 1
            self._press("U")
        elif desk.episode == len(desk.session.states()) - 1:
            self._press("X")
        else:
            for _ in range(3 + desk.episode % 2):
                self._press("Right")
            self._press("S")
            self._looked = 0

    def _press(self, key: str) -> None:
        combination = QKeySequence(key)[0]
        target = QApplication.focusWidget() or self
        QTest.keyClick(target, combination.key(), combination.keyboardModifiers())


if __name__ == "__main__":
    labeler.ui.window.app.MainWindow = OperatedWindow  # type: ignore[misc]
    main(sys.argv[1:])
