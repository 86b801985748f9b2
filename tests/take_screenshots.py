"""Renew the images of README and guide: python -m tests.take_screenshots [NAME ...]

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

from labeler.left_out import leave_out

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
    pictures = {
        "labelling": take_labelling,
        "training": take_training,
        "rules": take_rules,
        "sheet": take_sheet,
        "writing": take_writing,
        "merging": take_merging,
        "comparing": take_comparing,
    }
    leave_out()  # as the program does: its import in a thread delays the first images
    with tempfile.TemporaryDirectory() as folder:
        IMAGES.mkdir(parents=True, exist_ok=True)
        for name in sys.argv[1:] or pictures:
            home = Path(folder) / f"home of {name}"  # no picture shows the trainings of another
            for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
                os.environ[f"XDG_{kind}_HOME"] = str(home / kind.lower())
            os.environ["LABELER_CACHE"] = str(home / "features")
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


def take_rules(folder: Path) -> None:
    """Decision rules of a training: what each threshold and hold would cost."""
    from PySide6.QtWidgets import QTabWidget

    with demo_window(folder, "light", range(13)) as window:
        window.page.training.open_dock()
        wait_for(lambda: window.page.training.dock is not None)
        dock = window.page.training.dock
        train(dock)
        tabs = dock.results.findChild(QTabWidget)
        tabs.setCurrentIndex(tabs.count() - 1)
        window.page.rows.setSizes([300, 440])
        pause(15)
        keep(window, "rules")


def take_sheet(folder: Path) -> None:
    """The frames around the edge of an episode."""
    take_command("sheet", folder, range(5), 4, "view.sheet")


def take_writing(folder: Path) -> None:
    """What writing the copy would do, when every episode has its label."""
    take_command("writing", folder, range(13), 10, "file.write")


def take_command(name: str, folder: Path, labelled: range, episode: int, command: str) -> None:
    """What a command shows beside an episode."""
    with demo_window(folder, "light", labelled) as window:
        window.desk.show_episode(episode)
        window.actions_by_id[command].trigger()
        pause(15)
        keep(window, name)


def take_merging(folder: Path) -> None:
    """Recordings of several evenings in one list, and the dataset that would come of them."""
    from labeler.demo import SPEC, write_sessions

    write_sessions(folder)
    window = new_window("dark")
    window.open_together([folder / SPEC])
    wait_for(lambda: window.desk is not None)
    window.desk.show_episode(3)
    window.actions_by_id["file.write"].trigger()
    pause(15)
    keep(window, "merging")
    window.close()


def take_comparing(folder: Path) -> None:
    """Labels beside those of another operator, who sees success later in some episodes."""
    from labeler.demo import true_labels
    from labeler.labels import DatasetLabels
    from labeler.labels.dialects import Dialect, write_labels
    from labeler.labels.episode import with_cutoff

    with demo_window(folder, "dark", range(13)) as window:
        others = dict(true_labels())
        for episode in (2, 4, 7):
            others[episode] = with_cutoff(others[episode], (others[episode].cutoff or 0) + 5)
        lengths = window.desk.session.dataset.lengths.tolist()
        file = folder / "ben.json"
        file.write_text(write_labels(DatasetLabels(lengths, others), Dialect.LABELER))
        window.page.panels.probabilities.compare(file)
        window.desk.show_episode(4)
        pause(15)
        keep(window, "comparing")


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
    from labeler.demo import true_labels, write_demo

    root = folder / "pick_lift"
    write_demo(root, "v3.0", lambda episode: None)
    window = new_window(theme)
    window.open(root)
    wait_for(lambda: window.desk is not None)
    for episode in labelled:
        window.desk.session.decide(episode, true_labels()[episode], frame=0, what="label")
    yield window
    window.close()


def new_window(theme: str) -> "MainWindow":
    """A window in the font of the images, with nothing open."""
    from PySide6.QtGui import QFont, QFontDatabase
    from PySide6.QtWidgets import QApplication

    from labeler.session.preferences import Preferences
    from labeler.ui.kit import theme as looks
    from labeler.ui.window.app import make_application
    from labeler.ui.window.main_window import MainWindow

    app = QApplication.instance() or make_application()
    assert isinstance(app, QApplication)
    app.setFont(QFont(QFontDatabase.applicationFontFamilies(_font())[0], 9))
    looks.apply(app, theme)
    window = MainWindow(Preferences(theme=theme, author="ana", continuous=False))
    window.resize(*SIZE)
    window.show()
    return window


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
