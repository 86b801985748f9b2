"""The real window, which tells where its parts lie: python -m tests.screen.watched_window

Arguments: recording, label file, and the file that says what is on the screen now, as JSON in
pixels of the screen. A hand that moves a mouse has to see; this is its eye, and changes nothing.
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from labeler.session.preferences import read_preferences
from labeler.ui.kit import theme
from labeler.ui.window.app import make_application
from labeler.ui.window.main_window import MainWindow

_EVERY = 20  # ms


def main(recording: str, labels: str, report: str) -> int:
    app = make_application()
    preferences = read_preferences()
    theme.apply(app, preferences.theme)
    window = MainWindow(preferences)
    window.show()
    window.open(Path(recording), Path(labels))
    timer = QTimer(window, interval=_EVERY)
    timer.timeout.connect(lambda: tell(window, Path(report)))
    timer.start()
    return app.exec()


def tell(window: MainWindow, report: Path) -> None:
    """Write down what is seen; a reader gets the old file or the new one."""
    page, desk = window.page, window.desk
    if page is None or desk is None or not page.isVisible():
        return
    strip, view = page.timeline.filmstrip, page.queue.view
    rows = [view.visualRect(view.model().index(row, 0)) for row in range(len(desk.queue))]
    port = view.viewport()
    focus = QApplication.focusWidget()
    seen = {
        "episode": desk.episode,
        "frame": desk.playhead.frame,
        "playing": desk.playhead.playing,
        "row": desk.queue.episode(view.currentIndex().row())
        if view.currentIndex().isValid()
        else -1,
        "card": page.inspector.state.spoken_value(),
        "active": window.isActiveWindow() and focus is not None,
        "inside": inside(window),
        "cross": (window.frameGeometry().right() - 14, window.frameGeometry().top() + 10),
        "frames": [
            place(strip, QPoint(round(strip.scale.x(f + 0.5, strip.width())), strip.height() // 2))
            for f in range(desk.playhead.length)
        ],
        "rows": {
            desk.queue.episode(row): place(port, rect.center())
            for row, rect in enumerate(rows)
            if port.rect().contains(rect)
        },
        "buttons": {
            button.accessibleName(): place(button, button.rect().center())
            for button in page.inspector.findChildren(QAbstractButton)
            if button.isVisible() and button.isEnabled()
        },
    }
    new = report.with_suffix(".new")
    new.write_text(json.dumps(seen))
    new.replace(report)


def place(widget: QWidget, at: QPoint) -> tuple[int, int]:
    there = widget.mapToGlobal(at)
    return there.x(), there.y()


def inside(window: MainWindow) -> bool:
    """Whether the window, with the frame of the window manager, lies on its screen."""
    return window.screen().availableGeometry().contains(window.frameGeometry())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
