"""Renew the pictures of the README: python -m tests.take_screenshots [labelling] [training]

Draws the real window on the demo recording, without a screen, in the font that comes with
matplotlib, so that the pictures come out alike everywhere. The training is a real one.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labeler.ui.training.dock import TrainingDock
    from labeler.ui.window.main_window import MainWindow

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
SIZE = (1280, 800)
COLOURS = 255  # of a picture in the repository
PATIENCE = 600.0  # seconds that a training may take
BY_HAND = (0, 1, 2, 3, 5, 6, 10)  # lifts and one that never succeeds
SUGGESTED = 7


def main() -> None:
    pictures = {"labelling": take_labelling, "training": take_training}
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
            os.environ[f"XDG_{kind}_HOME"] = str(Path(folder) / kind.lower())
        os.environ["LABELER_CACHE"] = str(Path(folder) / "features")
        IMAGES.mkdir(parents=True, exist_ok=True)
        for name in sys.argv[1:] or pictures:
            pictures[name](Path(folder) / name)


def take_labelling(folder: Path) -> None:
    """The labelling page in the middle of the work."""
    with demo_window(folder, "dark", range(8)) as window:
        window.desk.show_episode(4)
        pause(15)  # thumbnails fill in
        keep(window, "labelling")


def take_training(folder: Path) -> None:
    """Curves of a training that has ended, and what it suggests for an episode without a label."""
    with demo_window(folder, "light", BY_HAND) as window:
        window.page.training.open_dock()
        wait_for(lambda: window.page.training.dock is not None)
        train(window.page.training.dock)
        window.page.training.dock.results.use_button.click()
        wait_for(lambda: window.desk.scores is not None)
        window.desk.show_episode(SUGGESTED)
        window.page.training.dock.results_button.setChecked(False)
        pause(15)  # thumbnails fill in
        keep(window, "training")


def train(dock: "TrainingDock") -> None:
    """Train as the form proposes, with the encoder that needs no download, to the end."""
    from classifier.config import RANDOM

    dock.form.given.put("reward_model.model_name", RANDOM)
    dock.form.start_button.click()
    wait_for(lambda: dock.training is not None and not dock.training.alive)
    assert dock.training.failure is None, dock.training.failure


@contextmanager
def demo_window(
    folder: Path, theme: str, labelled: range | tuple[int, ...]
) -> Iterator["MainWindow"]:
    """The window on the demo recording, some episodes of which are labelled as they truly are."""
    from PySide6.QtGui import QFont, QFontDatabase

    from labeler.demo import true_labels, write_demo
    from labeler.session.preferences import Preferences
    from labeler.ui.kit import theme as looks
    from labeler.ui.window.app import make_application
    from labeler.ui.window.main_window import MainWindow

    root = folder / "pick_lift"
    write_demo(root, "v3.0", lambda episode: None)
    app = make_application()
    app.setFont(QFont(QFontDatabase.applicationFontFamilies(_font())[0], 9))
    looks.apply(app, theme)
    window = MainWindow(Preferences(theme=theme, author="ana", continuous=False))
    window.resize(*SIZE)
    window.show()
    window.open(root)
    wait_for(lambda: window.desk is not None)
    for episode in labelled:
        window.desk.session.decide(episode, true_labels()[episode], frame=0, what="label")
    yield window
    window.close()


def keep(window: "MainWindow", name: str) -> None:
    """Write what the window shows, in few colours so that the file is small."""
    from PIL import Image

    path = IMAGES / f"{name}.png"
    window.grab().save(str(path))
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        pause(0.05)


def pause(seconds: float) -> None:
    from PySide6.QtTest import QTest

    QTest.qWait(round(seconds * 1000))


def _font() -> int:
    import matplotlib
    from PySide6.QtGui import QFontDatabase

    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    return QFontDatabase.addApplicationFont(str(path))


if __name__ == "__main__":
    sys.exit(main())
