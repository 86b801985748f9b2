"""Renew the pictures of the README: python -m tests.take_screenshots

Draws the real window on the demo recording, without a screen, in the font that comes with
matplotlib, so that the pictures come out alike everywhere.
"""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
SIZE = (1280, 800)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
            os.environ[f"XDG_{kind}_HOME"] = str(Path(folder) / kind.lower())
        IMAGES.mkdir(parents=True, exist_ok=True)
        take_labelling(Path(folder))


def take_labelling(folder: Path) -> None:
    """The labelling page in the middle of the work."""
    from PySide6.QtGui import QFont, QFontDatabase
    from PySide6.QtTest import QTest

    from labeler.demo import true_labels, write_demo
    from labeler.session.preferences import Preferences
    from labeler.ui import theme
    from labeler.ui.app import make_application
    from labeler.ui.main_window import MainWindow

    root = folder / "pick_lift"
    write_demo(root, "v3.0", lambda episode: None)
    app = make_application()
    app.setFont(QFont(QFontDatabase.applicationFontFamilies(_font())[0], 9))
    theme.apply(app, "dark")
    window = MainWindow(Preferences(theme="dark", author="ana", continuous=False))
    window.resize(*SIZE)
    window.show()
    window.open(root)
    while window.desk is None:
        QTest.qWait(50)
    for episode, label in sorted(true_labels().items())[:8]:
        window.desk.session.decide(episode, label, frame=0, what="label")
    window.desk.show_episode(4)
    QTest.qWait(6000)  # thumbnails fill in
    window.grab().save(str(IMAGES / "labelling.png"))
    window.close()


def _font() -> int:
    import matplotlib
    from PySide6.QtGui import QFontDatabase

    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    return QFontDatabase.addApplicationFont(str(path))


if __name__ == "__main__":
    sys.exit(main())
