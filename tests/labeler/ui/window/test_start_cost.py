"""The window's process looks for nothing heavy and opens no way out of the machine."""

from tests.test_start import asked_for

# torch and its kin are looked for by none of the packages that the window needs; transformers of
# pyarrow or matplotlib would be. Sockets of the families of the internet are what counts: Qt and
# the handler of signals use pairs of local ones.
WINDOW = """
import os, socket
os.environ["QT_QPA_PLATFORM"] = "offscreen"
plain = socket.socket.__init__
def watched(self, family=-1, *rest, **more):
    if family in (-1, socket.AF_INET, socket.AF_INET6):
        raise SystemExit("a socket was opened")
    plain(self, family, *rest, **more)
socket.socket.__init__ = watched
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from labeler.ui.window.app import run
{extra}
assert run({root}, None, None) == 0
"""
SHORT = """
def act():
    QTimer.singleShot(300, QApplication.closeAllWindows)
QTimer.singleShot(0, act)
"""
LABEL = """
from PySide6.QtTest import QTest
from PySide6.QtCore import Qt
from labeler.ui.window.main_window import MainWindow
def act():
    main = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
    if main.page is None or main.page.stage.large.on_screen[0] != 0:
        QTimer.singleShot(20, act)
        return
    QTest.keyClick(main, Qt.Key.Key_Home)
    QTest.keyClick(main, Qt.Key.Key_S)
    main.close()
QTimer.singleShot(0, act)
"""
FORBIDDEN = {
    "torch", "torchvision", "transformers", "pandas", "huggingface_hub", "datasets", "lerobot",
    "sklearn", "matplotlib", "pyqtgraph",
}  # fmt: skip


def looked_for(program: str) -> set[str]:
    return asked_for("exec(" + repr(program) + ", {})")


def test_the_empty_window_is_light() -> None:
    asked = looked_for(WINDOW.format(extra=SHORT, root=None))
    assert "PySide6" in asked
    assert not asked & FORBIDDEN


def test_labelling_is_light(make_recording) -> None:
    root = make_recording(lengths=(5, 5))
    path = f"__import__('pathlib').Path({str(root)!r})"
    asked = looked_for(WINDOW.format(extra=LABEL, root=path))
    assert "av" in asked and "pyarrow" in asked
    assert not asked & (FORBIDDEN - {"pandas"})  # pyarrow asks for it and goes on without
