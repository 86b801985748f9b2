"""The main states of the window, compared with kept pictures.

    LABELER_RENEW_SCREENS=1 uv run pytest tests/labeler/ui/window/test_screens.py

writes the pictures anew; look at them before they are kept.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QFont, QFontDatabase, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labeler.session import words
from labeler.ui.kit import theme
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import CAMERAS, OpenWindow, Press, wait_for_picture

SCREENS = Path(__file__).with_name("screens")
RENEW = "LABELER_RENEW_SCREENS" in os.environ
SIZE = (960, 600)
COLOURS = 64  # of a kept picture, which makes it small
MEAN = 3.0  # of 255: mean difference that another version of a font renderer may make
STRONG, SHARE = 60, 0.02  # share of pixels that may differ by more than STRONG
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def one_look(qapp: QApplication, monkeypatch: pytest.MonkeyPatch):
    """A font that comes with a dependency, and times that stand still."""
    file = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
    number = QFontDatabase.addApplicationFont(str(file))
    before = QApplication.font()
    font = QFont(QFontDatabase.applicationFontFamilies(number)[0])
    font.setPointSizeF(9)
    QApplication.setFont(font)
    monkeypatch.setattr(words, "ago", lambda time, now=None: "just now")
    yield
    QApplication.setFont(before)


@pytest.fixture(params=["dark", "light"])
def labelling(
    request: pytest.FixtureRequest, window: MainWindow, open_window: OpenWindow, make_recording
) -> tuple[MainWindow, str]:
    """The window with a recording of four episodes, the third of which has no pictures."""
    window.use(window.preferences.model_copy(update={"theme": request.param}))
    window.resize(*SIZE)
    root = make_recording(
        "v2.1", (30, 24, 36, 20), name="pick_cube", cameras=CAMERAS, size=(48, 64)
    )
    for camera in CAMERAS:
        (root / f"videos/chunk-000/{camera}/episode_000002.mp4").unlink()
    open_window(root)
    return window, request.param


STATES = {
    "unlabeled": ["Right", "Right"],
    "success": ["Shift+Right", "Shift+S", "Right"],
    "range": ["Right", "R", "Shift+Right", "R", "End", "Left", "E", "T", "F", "Home"],
    "missing": ["X", "D"],
}


@pytest.mark.parametrize("state", STATES)
def test_a_state_looks_as_it_did(
    labelling: tuple[MainWindow, str], press: Press, qtbot: QtBot, state
) -> None:
    window, look = labelling
    press(window, *STATES[state])
    settle(window, qtbot)
    compare(window, f"{state}-{look}")


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Everything that is decoded in the background has come and is drawn."""
    wait_for_picture(window, qtbot)
    window.page.queue.view.setFocus()
    desk = window.desk
    assert desk.session.flush(20)

    def drawn() -> bool:
        strip = window.page.timeline.filmstrip
        rows = range(len(desk.queue))
        lengths = desk.session.dataset.lengths
        from labeler.video import FrameKey

        small = [FrameKey(e, desk.camera, int(lengths[e]) // 2) for e in rows]
        return all(desk.images.strip.get(key) is not None for key in strip._keys()) and all(
            desk.images.queue.get(key) is not None for key in small
        )

    qtbot.waitUntil(drawn, timeout=20_000)
    guard = window.page.inspector.guard
    qtbot.waitUntil(lambda: bool(guard.damaged.sentence), timeout=20_000)
    qtbot.wait(300)  # timers that draw several arrivals together
    window.status.say("")


def compare(window: MainWindow, name: str) -> None:
    found = pixels(window)
    if name.startswith("missing"):
        blank(found, window)
    kept = SCREENS / f"{name}.png"
    if RENEW:
        SCREENS.mkdir(exist_ok=True)
        small = Image.fromarray(found).quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(kept, optimize=True)
        return
    with Image.open(kept) as image:
        expected = np.asarray(image.convert("RGB")).astype(np.int16)
    assert found.shape == expected.shape
    different = np.abs(found - expected)
    strong = float((different.max(axis=2) > STRONG).mean())
    assert different.mean() < MEAN, f"{name}: mean difference {different.mean():.2f}"
    assert strong < SHARE, f"{name}: {strong:.1%} of the pixels differ strongly"


def blank(found: NDArray[np.uint8], window: MainWindow) -> None:
    """Cover the sentence about the file, whose path is another one on every machine."""
    stage = window.page.stage.large
    corner = stage.mapTo(window, stage.rect().topLeft())
    rows = slice(corner.y() + 60, corner.y() + stage.height() - 40)
    found[rows, corner.x() : corner.x() + stage.width()] = 128


def pixels(window: MainWindow) -> NDArray[np.uint8]:
    """What the window paints, as RGB."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def test_the_comparison_sees_another_state(labelling, press: Press, qtbot: QtBot) -> None:
    """A comparison that nothing fails proves nothing."""
    if RENEW:
        pytest.skip("images are being written")
    window, look = labelling
    press(window, *STATES["success"])
    settle(window, qtbot)
    with pytest.raises(AssertionError):
        compare(window, f"missing-{look}")
    assert theme.colours(window) is (theme.DARK if look == "dark" else theme.LIGHT)
