"""A real classifier is watched on an episode, a film and what is no camera; it ends in time."""

import os
import signal
from pathlib import Path

import av
import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labeler.dataset import open_dataset
from labeler.runs import process
from labeler.ui.kit.cures import Action
from labeler.ui.watching.watch_panel import WatchPanel
from labeler.ui.window.main_window import MainWindow
from labeler.video import FrameReader
from tests.labeler.ui.conftest import Press
from tests.labeler.ui.training.conftest import wait_for
from tests.labeler.ui.watching.conftest import CAMERAS, CROP, GRIPPER
from tests.snapshot import snapshot


@pytest.fixture
def film(root: Path) -> Path:
    return next((root / "videos" / GRIPPER).rglob("*.mp4"))


def begin(panel: WatchPanel, qtbot: QtBot, frames: int = 1) -> None:
    panel.start_button.click()
    wait_for(qtbot, lambda: panel.watching.count >= frames or not panel.watching.running)
    assert panel.watching.count >= frames, panel.trouble.what.text()


def ended(panel: WatchPanel, qtbot: QtBot) -> None:
    wait_for(qtbot, lambda: not panel.watching.running)


def test_the_open_episode_is_watched_frame_by_frame(
    panel: WatchPanel, window: MainWindow, root: Path, checkpoint: Path, qtbot: QtBot
) -> None:
    before = snapshot(root)
    seen: dict[int, QImage] = {}

    def look() -> None:
        now = panel.watching.now
        assert now is not None
        seen[now.frame] = panel.image.images()[GRIPPER].copy()

    panel.watching.scored.connect(look)
    assert window.desk is not None
    window.desk.show_episode(2)
    panel.form.use_checkpoint(checkpoint)
    begin(panel, qtbot)
    assert panel.watching.started is not None
    assert panel.watching.started.cameras == {GRIPPER: CROP}
    ended(panel, qtbot)
    assert panel.watching.failure is None and panel.trouble.isHidden()
    assert panel.state.text() == f"Ended after {panel.watching.count} frames."
    assert "frames per second" in panel.facts.text()
    with open_dataset(root) as dataset, FrameReader(dataset, GRIPPER) as reader:
        expected = list(reader.frames(2))
    assert set(seen) <= set(range(36)) and len(seen) == panel.watching.count
    for frame, image in seen.items():
        shown = image.convertToFormat(QImage.Format.Format_RGB888)
        pixels = np.frombuffer(shown.constBits(), np.uint8).reshape(64, shown.bytesPerLine())
        difference = np.abs(pixels[:, : 64 * 3].reshape(64, 64, 3).astype(int) - expected[frame])
        assert difference.mean() < 8, frame
    assert snapshot(root) == before


def test_the_threshold_is_that_of_the_checkpoint_and_can_be_moved(
    panel: WatchPanel, window: MainWindow, checkpoint: Path, press: Press, qtbot: QtBot
) -> None:
    panel.form.use_checkpoint(checkpoint)
    begin(panel, qtbot)
    assert panel.watching.started is not None
    assert panel.threshold == pytest.approx(panel.watching.started.threshold, abs=1e-3)
    rule = panel.watching.started.rule
    assert rule is not None and panel.rule.text().startswith(f"Success: {rule.text}.")
    assert window.desk is not None
    frame = window.desk.playhead.frame
    panel.slider.setFocus()
    before = panel.threshold
    press(window, "Left" if before > 0.5 else "Right")
    assert panel.threshold == pytest.approx(before + (-0.01 if before > 0.5 else 0.01), abs=1e-3)
    assert window.desk.playhead.frame == frame, "the arrows move the threshold only"
    moved = rule.at(panel.threshold)
    assert panel.rule.text().startswith(f"Success: {moved.text}.")
    press(window, "Home")
    assert panel.threshold == 0
    # A rule may ask for more frames than have come.
    qtbot.waitUntil(lambda: panel.verdict.text().endswith("   success"), timeout=10_000)
    press(window, "End")
    assert panel.threshold == 1 and panel.verdict.text().endswith("no success")
    panel.stop_button.click()
    ended(panel, qtbot)
    assert panel.watching.failure is None
    begin(panel, qtbot)
    assert panel.watching.started.threshold == 1, "what was chosen by hand stays"


def test_a_film_is_watched_and_recorded_and_closing_keeps_the_film(
    panel: WatchPanel, checkpoint: Path, film: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    record = tmp_path / "watched.mp4"
    panel.form.use_checkpoint(checkpoint)
    panel.form.use_source(film)
    panel.form.use_record(record)
    begin(panel, qtbot, frames=5)
    assert "frames per second" in panel.facts.text()
    pid = panel.watching.tool.pid
    born = process.birth(pid)
    panel.close_button.click()
    assert not panel.isVisible()
    ended(panel, qtbot)
    assert not process.alive(pid, born)
    assert panel.form.recording is None, "the next start does not replace it"
    assert str(record) in panel.state.text().replace("\u200b", "")
    with av.open(str(record)) as container:
        count = sum(1 for _ in container.decode(video=0))
    assert 5 <= count <= sum((30, 24, 36, 20))


def test_closing_the_window_ends_it_and_keeps_the_film(
    panel: WatchPanel, window: MainWindow, checkpoint: Path, film: Path, tmp_path: Path, qtbot
) -> None:
    record = tmp_path / "watched.mp4"
    panel.form.use_checkpoint(checkpoint)
    panel.form.use_source(film)
    panel.form.use_record(record)
    begin(panel, qtbot, frames=2)
    pid, born = panel.watching.tool.pid, process.birth(panel.watching.tool.pid)
    window.close()
    assert not process.alive(pid, born)
    with av.open(str(record)) as container:
        assert sum(1 for _ in container.decode(video=0)) >= 2


def test_nothing_runs_before_start(panel: WatchPanel, checkpoint: Path) -> None:
    assert not panel.start_button.isEnabled() and "no classifier yet" in panel.image.words
    panel.form.use_checkpoint(checkpoint)
    assert panel.start_button.isEnabled()
    assert not panel.watching.running


def test_what_is_said_stands_above_the_image_in_a_low_panel(
    panel: WatchPanel, window: MainWindow, checkpoint: Path, qtbot: QtBot
) -> None:
    """At 200 % on 1920x1080 the image takes the panel's whole height."""
    window.resize(960, 492)
    panel.form.use_checkpoint(checkpoint)
    begin(panel, qtbot)
    ended(panel, qtbot)
    panel.difference.setText("These images differ from the training.")
    panel.difference.show()
    QApplication.processEvents()
    for told in (panel.verdict, panel.difference):
        bottom = told.mapTo(panel.viewport(), told.rect().bottomLeft()).y()
        assert bottom < panel.viewport().height(), told.text()


def test_a_kill_is_told_in_place_and_it_can_be_started_again(
    panel: WatchPanel, checkpoint: Path, qtbot: QtBot
) -> None:
    panel.form.use_checkpoint(checkpoint)
    begin(panel, qtbot)
    os.kill(panel.watching.tool.pid, signal.SIGKILL)
    ended(panel, qtbot)
    assert "The preview program stopped unexpectedly" in panel.trouble.what.text()
    assert panel.trouble.cure.text() == "Try again."
    assert panel.trouble.buttons[Action.RETRY].isVisible()
    begin(panel, qtbot)
    assert panel.trouble.isHidden()


def broken(film: Path, folder: Path) -> Path:
    """Its index is whole, the second part of its pictures is not."""
    data = bytearray(film.read_bytes())
    first, last = data.index(b"mdat") + 4, data.index(b"moov") - 4
    half = (last - first) // 2
    data[first + half : last] = b"\xff" * (last - first - half)
    (folder / "broken.mp4").write_bytes(data)
    return folder / "broken.mp4"


@pytest.mark.parametrize(
    ("source", "what", "cure"),
    [
        (lambda film, folder: Path("/dev/video97"), "There is no camera /dev/video97", "camera"),
        (lambda film, folder: Path("/dev/null"), "/dev/null cannot be opened", "Give an MP4"),
        (broken, "cannot be decoded any further", "Restore the video"),
    ],
    ids=["no device", "no camera", "broken video"],
)
def test_what_cannot_be_watched_is_told_in_place(
    source, what: str, cure: str, panel: WatchPanel, checkpoint: Path, film: Path,
    tmp_path: Path, qtbot: QtBot,
) -> None:  # fmt: skip
    panel.form.use_checkpoint(checkpoint)
    panel.form.use_source(source(film, tmp_path))
    panel.start_button.click()
    assert panel.stop_button.isEnabled() and not panel.start_button.isEnabled()
    ended(panel, qtbot)
    assert what in panel.trouble.what.text().replace("\u200b", "")
    assert cure in panel.trouble.cure.text()
    assert panel.start_button.isEnabled()


def test_a_classifier_of_two_cameras(
    panel: WatchPanel, checkpoint_of_two: Path, film: Path, qtbot: QtBot
) -> None:
    panel.form.use_checkpoint(checkpoint_of_two)
    panel.form.use_source(film)
    panel.start_button.click()
    ended(panel, qtbot)
    assert "the images of 2 cameras at once" in panel.trouble.what.text()
    assert "Preview an episode" in panel.trouble.cure.text()
    panel.form.use_source(None)
    begin(panel, qtbot)
    assert set(panel.image.images()) == set(CAMERAS)
