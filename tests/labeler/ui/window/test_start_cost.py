"""The window's process looks for nothing heavy and opens no way out of the machine."""

import json
import os
import subprocess
import sys

import pytest

from tests.test_start import ROOT, asked_for

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
PAGE = """
import sys
from labeler.left_out import leave_out
leave_out()  # as the program does
from labeler.ui.window.main_window import MainWindow
show = MainWindow._show_page
def show_and_tell(self, *parts):
    show(self, *parts)
    print(*sys.modules)
    self.close()
MainWindow._show_page = show_and_tell
"""
LATER = (
    "pyarrow.compute", "pyarrow.dataset", "numpy.ma.",
    "classifier", "labeler.hilserl", "labeler.inspection",
    "labeler.runs", "labeler.storage.checking", "labeler.storage.copying.guarded_copy",
    "labeler.ui.crop", "labeler.ui.hub", "labeler.ui.settings", "labeler.ui.watching",
    "labeler.ui.training.trainings", "labeler.ui.writing.panel",
)  # fmt: skip
"""What the first image of a recording does not wait for."""
PROGRAM = """
import json, linecache, os, sys
class Page:
    def find_spec(self, name, path=None, target=None):
        if name != "labeler.ui.page.labelling_page":
            return
        import pyarrow
        pool = pyarrow.default_memory_pool().backend_name
        threads = os.environ.get("OPENBLAS_NUM_THREADS")
        print(json.dumps([len(linecache.cache), pool, threads]), flush=True)
        os._exit(0)
sys.meta_path.insert(0, Page())
from labeler.__main__ import main
main([{root!r}])
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


def test_the_first_image_waits_for_nothing_that_is_not_shown(make_recording) -> None:
    root = make_recording(lengths=(5, 5))
    path = f"__import__('pathlib').Path({str(root)!r})"
    program = WINDOW.format(extra=PAGE, root=path)
    # A process of its own: the modules of this one are those of all tests.
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=os.environ
    )
    assert done.returncode == 0, done.stderr
    there = done.stdout.split()
    assert "labeler.ui.page.labelling_page" in there
    early = [name for name in there if name.startswith(LATER)]
    assert not early


@pytest.mark.parametrize("wish", ["", "7"])
def test_the_program_takes_no_more_memory_than_it_needs(make_recording, wish) -> None:
    root = make_recording(lengths=(5, 5))
    variables = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OPENBLAS_NUM_THREADS": wish}
    if not wish:
        del variables["OPENBLAS_NUM_THREADS"]
    program = [sys.executable, "-c", PROGRAM.format(root=str(root))]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, env=variables)
    assert done.returncode == 0, done.stderr
    texts, pool, threads = json.loads(done.stdout)
    assert texts < 10  # PySide's hook leaves some 300 behind
    assert pool == "system"
    assert threads == (wish or None)  # what the window starts inherits the user's own wish only
