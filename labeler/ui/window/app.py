"""Starts Qt, hooks errors, and puts the window together."""

import gc
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from labeler import __version__
from labeler.dataset.labels_of import ColumnReading
from labeler.session.preferences import read_preferences
from labeler.storage.program.reports import write_crash_report
from labeler.ui.commands.typing import TypingFilter
from labeler.ui.kit import theme
from labeler.ui.kit.small_process import give_memory_back
from labeler.ui.kit.spoken import tell_of_painted_widgets
from labeler.ui.window.main_window import MainWindow

_TURN = 0.001  # s a worker may keep Python busy before the window's thread gets its turn
_STANDS = 3000  # ms after which what was asked for at the start is on the screen
_SETTLED = 6000  # ms after which what was made beside it has closed its files
_ENDING = {signal.SIGINT, signal.SIGTERM}


def run(
    root: Path | None,
    labels: Path | None,
    column: ColumnReading | None,
    begin: Callable[[], None] = lambda: None,
) -> int:
    """Open the window, at a recording if one is given; the exit code comes back.

    `begin` is called when signals close the window from then on: it may raise for one that came
    before.
    """
    app = make_application()
    with _end_by_signals(app):
        begin()
        return _run(app, root, labels, column)


def _run(
    app: QApplication, root: Path | None, labels: Path | None, column: ColumnReading | None
) -> int:
    preferences = read_preferences()
    theme.apply(app, preferences.theme)
    window = MainWindow(preferences)
    QGuiApplication.styleHints().colorSchemeChanged.connect(lambda scheme: window.use_theme())
    if preferences.notice:
        window.status.say(preferences.notice)
    report_errors(window.on_crash)
    if root is not None:
        QTimer.singleShot(0, lambda: window.open(root, labels, column))
    window.show()
    QTimer.singleShot(_STANDS, _collect_garbage)
    QTimer.singleShot(_SETTLED, give_memory_back)
    return app.exec()


def _collect_garbage() -> None:
    """Have garbage collected from now on, but never look through all that was imported again."""
    gc.freeze()
    gc.enable()


def make_application() -> QApplication:
    """Qt's application with our names and the filter for fields that are typed into."""
    sys.setswitchinterval(_TURN)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("labeler")
    app.setApplicationDisplayName("Labeler")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("labeler")
    app.setStyle("Fusion")
    TypingFilter(app)
    tell_of_painted_widgets()
    return app


def report_errors(show: Callable[[str], None]) -> None:
    """Keep a report with the traceback of every error that nobody handled.

    `show` puts a sentence into the window; decisions are on the disk already.
    """

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(text)
        place = write_crash_report(f"Labeler {__version__}, Python {sys.version}\n\n{text}")
        where = f" Report: {place}" if place else ""
        show(f"This is an error of Labeler itself; your labels are safe.{where}")

    sys.excepthook = report
    threading.excepthook = lambda args: report(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )


@contextmanager
def _end_by_signals(app: QApplication) -> Iterator[None]:
    """Ctrl-C and SIGTERM close the window as its cross does.

    Python would run a handler between any two instructions, maybe where a lock is held that closing
    waits for. So the handlers do nothing, and Qt's loop is told by the socket, which gets the
    number of each signal as a byte.
    """
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)
    previous = signal.set_wakeup_fd(writing.fileno())
    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(
        lambda *_: app.closeAllWindows() if set(reading.recv(64)) & _ENDING else None
    )
    before = {number: signal.signal(number, lambda *_: None) for number in _ENDING}
    try:
        yield
    finally:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(previous)
        for number, handler in before.items():
            signal.signal(number, handler)
        reading.close()
        writing.close()
