"""Fixtures for the real window: shown offscreen, on real recordings, driven by real key events."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from labeler.session.preferences import read_preferences
from labeler.ui.desk.desk import Desk
from labeler.ui.kit import theme
from labeler.ui.window.app import make_application
from labeler.ui.window.main_window import MainWindow
from tests.conftest import recording_maker

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

LENGTHS = (30, 24, 36, 20)
"""Frames of the episodes of `root`."""
CAMERAS = ("observation.images.front", "observation.images.gripper")
_PATIENCE = 60_000  # ms
NewWindow = Callable[[], MainWindow]


class OpenWindow(Protocol):
    """Opens a recording in the window and waits for its first picture."""

    def __call__(self, root: Path, labels: Path | None = None) -> MainWindow: ...


class Press(Protocol):
    """Presses keys as Qt writes them ("Ctrl+K", "S") one after the other."""

    def __call__(self, window: QWidget, *keys: str) -> None: ...


@pytest.fixture(scope="session")
def qapp() -> Iterator[QApplication]:
    """The application as the program makes it, with its filter for fields that are typed into."""
    yield make_application()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no failure: whatever is waited for may take a minute."""
    for name in ("waitUntil", "waitSignal"):
        wait = getattr(QtBot, name)

        def patient(self, *args, timeout=0, _wait=wait, **options):
            return _wait(self, *args, timeout=max(timeout, _PATIENCE), **options)

        monkeypatch.setattr(QtBot, name, patient)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, list of recent recordings and labels lie below this folder."""
    home = tmp_path / "home"
    for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    return home


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of `LENGTHS` with two cameras, shared by all tests: it is only read."""
    make = recording_maker(tmp_path_factory.mktemp("window"))
    return make("v3.0", LENGTHS, name="pick_cube", cameras=CAMERAS)


@pytest.fixture
def new_window(qtbot: QtBot) -> Iterator[NewWindow]:
    """Function that shows another window with the settings on disk, as a restart does."""
    before = set(threading.enumerate())
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        still = {"continuous": False, "loop_at": "off"}
        preferences = read_preferences().model_copy(update=still)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, preferences.theme)
        window = MainWindow(preferences)
        windows.append(window)
        window.resize(1280, 800)  # whatever the screen is that there is not
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qtbot.waitUntil(lambda: not _left(before), timeout=10_000)


def _left(before: set[threading.Thread]) -> set[threading.Thread]:
    """Threads that were started since and still run."""
    return {thread for thread in threading.enumerate() if thread not in before}


@pytest.fixture
def window(new_window: NewWindow) -> MainWindow:
    """The window at its start page; closed after the test, which then must have no thread left."""
    return new_window()


@pytest.fixture
def open_window(window: MainWindow, qtbot: QtBot) -> OpenWindow:
    """Function that opens a recording in `window` and waits for its first picture."""

    def open_recording(root: Path, labels: Path | None = None) -> MainWindow:
        with qtbot.waitSignal(window.opening.opened, timeout=20_000):
            window.open(root, labels)
        wait_for_picture(window, qtbot)
        return window

    return open_recording


def wait_for_picture(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until the frame shown is decoded and painted once."""

    def there() -> bool:
        desk = window.desk
        return desk is not None and desk.images.ready(desk.episode, desk.playhead.frame)

    qtbot.waitUntil(there, timeout=20_000)
    QApplication.processEvents()


@pytest.fixture
def desk(open_window: OpenWindow, root: Path) -> Desk:
    """The desk of `window`, with `root` open."""
    desk = open_window(root).desk
    assert desk is not None
    return desk


@pytest.fixture
def press() -> Press:
    """Function that presses keys in the widget that has the focus, or in an open menu."""

    def press_keys(window: QWidget, *keys: str) -> None:
        for key in keys:
            combination = QKeySequence(key)[0]
            popup, focus = QApplication.activePopupWidget(), QApplication.focusWidget()
            target = popup or focus or window
            QTest.keyClick(target, combination.key(), combination.keyboardModifiers())

    return press_keys
