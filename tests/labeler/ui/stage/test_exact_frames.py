"""What is painted is the frame whose number is shown: read back from the pixels of the window."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labeler.labels import State
from labeler.ui.desk.desk import Desk
from labeler.ui.stage.camera_view import CameraView
from labeler.ui.window.main_window import MainWindow
from tests.conftest import MakeRecording, episode_and_frame
from tests.labeler.ui.conftest import OpenWindow, Press, wait_for_picture
from tests.labeler.video.listening import idle

CAMERAS = ("observation.images.front", "observation.images.gripper")


def at_hand(view: CameraView) -> tuple[int, int]:
    """Episode and frame that the decoded image of a view shows."""
    return episode_and_frame(_pixels(view.image))


def painted(view: CameraView) -> tuple[int, int]:
    """Episode and frame that the pixels of a view show."""
    grabbed = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rect = view.image_rect().toRect()  # only now: grabbing delivers a resize that waits
    return episode_and_frame(_pixels(grabbed.copy(rect)))


def _pixels(image: QImage) -> NDArray[np.uint8]:
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)


def told(window: MainWindow) -> str:
    """Frame number that stands over the picture."""
    return window.page.stage.overlay.place_text().split()[1]


def expect(window: MainWindow, qtbot: QtBot, episode: int, frame: int) -> None:
    """Every camera shows this frame, and the overlay says its number."""

    def there() -> bool:
        return not any(view.waiting for view in window.page.stage.views)

    qtbot.waitUntil(there, timeout=20_000)
    assert not [view._missing for view in window.page.stage.views if view._missing is not None]
    for seen in (at_hand, painted):
        found = [seen(view) for view in window.page.stage.views]
        assert found == [(episode, frame)] * len(found), seen.__name__
    assert told(window) == str(frame)


def visit(window: MainWindow, qtbot: QtBot, places: Sequence[tuple[int, int]]) -> None:
    desk = window.desk
    for episode, frame in places:
        desk.show_episode(episode, frame)
        expect(window, qtbot, episode, frame)


def borders(lengths: Sequence[int]) -> list[tuple[int, int]]:
    """First, second, last but one and last frame of every episode, jumped to and fro."""
    places = []
    for episode, length in enumerate(lengths):
        places += [(episode, frame) for frame in (length - 1, 0, length - 2, 1, length // 2)]
    return [*places, *reversed(places)]


@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
@pytest.mark.parametrize(
    ("codec", "gop", "b_frames"),
    [("h264", 2, None), ("h264", 250, 3), ("av1", 2, None), ("av1", 250, None)],
    ids=["h264-g2", "h264-b-g250", "av1-g2", "av1-g250"],
)
def test_every_codec(
    window, open_window: OpenWindow, make_recording: MakeRecording, qtbot, version, codec, gop,
    b_frames,
) -> None:  # fmt: skip
    lengths = (14, 9, 23)  # in v3.0 all in one file
    open_window(
        make_recording(
            version,
            lengths,
            codec=codec,
            gop=gop,
            b_frames=b_frames,
            cameras=CAMERAS,
            size=(64, 64),
        )
    )
    visit(window, qtbot, borders(lengths))


def test_large_pictures(window, open_window, make_recording, qtbot) -> None:
    lengths = (40, 25)
    open_window(make_recording(lengths=lengths, codec="h264", gop=250, b_frames=2, size=(480, 640)))
    visit(window, qtbot, borders(lengths))


@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
def test_images(window, open_window, make_recording, qtbot, version) -> None:
    lengths = (6, 4, 7)
    open_window(make_recording(version, lengths, kind="image", cameras=CAMERAS))
    visit(window, qtbot, borders(lengths))


def test_cameras_whose_files_hold_other_episodes(
    window, open_window, make_recording, qtbot
) -> None:
    lengths = (6, 9, 4, 8, 5)
    root = make_recording(lengths=lengths, cameras=CAMERAS, episodes_per_video_file=(2, 3))
    open_window(root)
    visit(window, qtbot, borders(lengths))


def test_side_by_side_and_swapped(window, open_window, make_recording, qtbot, press) -> None:
    open_window(make_recording(lengths=(9, 9), cameras=CAMERAS))
    press(window, "Right", "Shift+V")
    expect(window, qtbot, 0, 1)
    press(window, "V", "Right")
    expect(window, qtbot, 0, 2)
    press(window, "Shift+V", "Down")
    expect(window, qtbot, 1, 0)


@pytest.mark.parametrize("speed", [1.0, 8.0])
def test_cameras_never_show_different_frames(
    window, open_window, make_recording, qtbot, speed
) -> None:
    """One camera is much slower to decode than the other; while playing, too."""
    root = make_recording(
        lengths=(60, 60), cameras=CAMERAS, codec="h264", gop=250, episodes_per_video_file=(1, 2)
    )
    open_window(root)
    taken: set[tuple[tuple[int, int], ...]] = set()
    views = window.page.stage.views

    def look() -> None:
        taken.add(tuple(view.shown for view in views))

    for view in views:
        view.painted.connect(look)
    window.desk.show_episode(1)
    enough = 5 if speed == 1.0 else 2  # a busy machine drops frames when fast
    for _ in range(5):  # and one that stood still dropped nearly all of them
        window.desk.playhead.go(0)
        window.desk.playhead.play(speed)
        qtbot.waitUntil(lambda: not window.desk.playhead.playing, timeout=60_000)
        expect(window, qtbot, 1, 59)
        if len(taken) >= enough:
            break
    for view in views:
        view.painted.disconnect(look)
    assert len(taken) >= enough
    assert [place for place in taken if len(set(place)) > 1] == []


class Painted:
    """The frames that a view painted, read from its pixels, without repetitions."""

    def __init__(self, view: CameraView) -> None:
        self.frames: list[int] = []
        self._view = view
        self.places: list[tuple[int, int]] = []
        view.painted.connect(lambda: self.places.append(view.on_screen))

    @property
    def changes(self) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for place in self.places:
            if not found or found[-1] != place:
                found.append(place)
        return found


@pytest.fixture
def long(open_window: OpenWindow, make_recording: MakeRecording) -> Desk:
    """An episode of 300 frames, all decoded."""
    desk = open_window(make_recording(lengths=(300, 5))).desk
    idle(desk.images._supply)
    return desk


@pytest.mark.parametrize(("key", "start", "step"), [("Right", 0, 1), ("Left", 299, -1)])
def test_a_key_held_down_paints_every_frame_once(
    window: MainWindow, long: Desk, press: Press, qtbot: QtBot, key, start, step
) -> None:
    long.playhead.go(start)
    expect(window, qtbot, 0, start)
    view = window.page.stage.large
    log = Painted(view)
    code = Qt.Key.Key_Right if step > 0 else Qt.Key.Key_Left
    QTest.keyPress(window, code)
    for number in range(298):
        QTest.qWait(0)
        if number % 50 == 0:
            assert painted(view)[1] == long.playhead.frame
        QTest.keyClick(window, code)
    QTest.keyRelease(window, code)
    qtbot.waitUntil(lambda: log.places and log.places[-1] == (0, 299 - start), timeout=20_000)
    expect(window, qtbot, 0, 299 - start)
    frames = [frame for episode, frame in log.changes]
    expected = list(range(start + step, 300)) if step > 0 else list(range(298, -1, -1))
    assert [frame for frame in frames if frame != start] == expected


def test_a_burst_of_keys_paints_every_frame_once(
    window: MainWindow, long: Desk, qtbot: QtBot
) -> None:
    """Key presses that waited while the thread was busy come all at once."""
    log = Painted(window.page.stage.large)
    for _ in range(100):
        QTest.keyClick(window, Qt.Key.Key_Right)
    expect(window, qtbot, 0, 100)
    assert [frame for _, frame in log.changes if frame] == list(range(1, 101))


def test_every_frame_mode_paints_each(
    window: MainWindow, long: Desk, press: Press, qtbot: QtBot
) -> None:
    window.use(window.preferences.model_copy(update={"every_frame": True}))
    log = Painted(window.page.stage.large)
    press(window, "L", "L", "L", "L")
    qtbot.waitUntil(lambda: not long.playhead.playing, timeout=60_000)
    expect(window, qtbot, 0, 299)
    assert [frame for _, frame in log.changes if frame] == list(range(1, 300))


def test_true_time_says_what_it_drops(
    window: MainWindow, open_window: OpenWindow, make_recording, press: Press, qtbot: QtBot
) -> None:
    """Pictures that cannot be ready in time: nothing is kept of them, and they are slow."""
    window.use(window.preferences.model_copy(update={"memory_mb": 1}))
    root = make_recording(lengths=(200,), codec="av1", gop=250, size=(480, 640), fps=100)
    desk = open_window(root).desk
    press(window, "L", "L", "L", "L")
    qtbot.waitUntil(lambda: desk.playhead.dropped > 0, timeout=20_000)
    assert f"{desk.playhead.dropped} dropped" in window.page.stage.overlay.motion_text()
    qtbot.waitUntil(lambda: not desk.playhead.playing, timeout=60_000)
    expect(window, qtbot, 0, 199)


def test_while_a_picture_is_on_its_way_that_is_said(
    window: MainWindow, open_window, make_recording, qtbot: QtBot
) -> None:
    root = make_recording(lengths=(120, 120), codec="av1", gop=250, size=(480, 640))
    desk = open_window(root).desk
    stage = window.page.stage
    desk.show_episode(1, 119)
    assert stage.large.waiting and stage.overlay.waiting
    assert "decoding" in stage.overlay.motion_text()
    expect(window, qtbot, 1, 119)
    assert not stage.overlay.waiting


def _cut(video: Path, share: float) -> None:
    data = video.read_bytes()
    video.write_bytes(data[: int(len(data) * share)])


def test_missing_last_frames(
    window: MainWindow, open_window, make_recording, press: Press, qtbot: QtBot
) -> None:
    """The rows go on although the video ends: the frames that exist are right."""
    short = make_recording("v2.1", (12, 9), name="short")
    root = make_recording("v2.1", (20, 9))
    video = "videos/chunk-000/observation.images.gripper/episode_000000.mp4"
    (root / video).write_bytes((short / video).read_bytes())
    open_window(root)
    visit(window, qtbot, [(0, 0), (0, 11), (1, 8), (0, 5)])
    desk = window.desk
    for frame in (12, 19):
        desk.show_episode(0, frame)
        assert_no_picture(window, qtbot)
    press(window, "Home")
    expect(window, qtbot, 0, 0)
    press(window, "End", "E", "T", "Left", "Shift+S")
    assert desk.label.cutoff == 18 and len(desk.label.excluded[0]) == 1
    press(window, "D")
    assert desk.session.label(0).state is State.SKIPPED
    expect(window, qtbot, 1, 0)


def test_a_video_that_is_cut_off(
    window: MainWindow, open_window, make_recording, press: Press, qtbot: QtBot
) -> None:
    root = make_recording(
        lengths=(9, 9), cameras=CAMERAS, episodes_per_video_file=(1,), codec="h264"
    )
    _cut(root / f"videos/{CAMERAS[1]}/chunk-000/file-001.mp4", 0.5)
    open_window(root)
    expect(window, qtbot, 0, 0)
    press(window, "Down")
    assert_no_picture(window, qtbot)
    small = window.page.stage.views[1]
    assert painted(small) == (1, 0)  # the other camera is whole
    press(window, "Right", "E", "H", "Shift+X")
    assert window.desk.label.state is State.NEVER
    assert len(window.desk.label.excluded[0]) == 1
    press(window, "Up")
    expect(window, qtbot, 0, 0)


def test_a_video_that_is_gone(
    window: MainWindow, open_window, make_recording, press: Press, qtbot: QtBot
) -> None:
    root = make_recording("v2.1", (9, 9))
    (root / "videos/chunk-000/observation.images.gripper/episode_000001.mp4").unlink()
    open_window(root)
    press(window, "Down")
    assert_no_picture(window, qtbot)
    press(window, "D", "Up", "Home", "S")
    assert window.desk.session.label(0).state is State.SUCCESS


def test_a_recording_without_cameras(
    window: MainWindow, open_window, make_recording, press: Press
) -> None:
    open_window(make_recording(lengths=(5, 5), cameras=()))
    press(window, "Right", "Space", "K", "V", "S", "X")
    assert window.desk.session.label(0).cutoff is not None
    assert window.desk.session.label(1).state is State.NEVER


def assert_no_picture(window: MainWindow, qtbot: QtBot) -> None:
    """The large view is hatched and says a sentence and a cure."""
    wait_for_picture(window, qtbot)
    view = window.page.stage.large
    qtbot.waitUntil(lambda: not view.waiting, timeout=20_000)
    missing = view._missing
    assert missing is not None and missing.message and missing.hint
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    corner = _pixels(image.copy(view.image_rect().toRect()))[:40, :40, :3]
    assert len(np.unique(corner.reshape(-1, 3), axis=0)) >= 2  # hatched, not one colour
    QApplication.processEvents()
