"""A recording of which some episodes are damaged: the window works with the others."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from labeler.dataset import open_dataset
from labeler.inspection import inspect_dataset
from labeler.labels import State
from labeler.session.copy_writing import CopyWish, write_labels
from labeler.storage.checking.check import differences
from labeler.storage.record.copy_record import Options
from labeler.ui.window.main_window import MainWindow
from tests.conftest import MakeRecording
from tests.labeler.cli.test_split_intact import LENGTHS, POINTER, cut
from tests.labeler.ui.conftest import OpenWindow, Press
from tests.labeler.ui.mouse import click
from tests.snapshot import snapshot


class _Steps:
    def step(self, value: object = None) -> None:
        """Nobody looks."""

    def check(self) -> None:
        """Nobody cancels."""


@pytest.fixture(params=["v2.1", "v3.0"])
def damaged(request: pytest.FixtureRequest, make_recording: MakeRecording) -> Path:
    """Episode 1 is a pointer, 2 is cut off, 4 has no rows; 0, 3 and 5 are whole."""
    root = make_recording(
        request.param, LENGTHS, size=(32, 32), episodes_per_data_file=1,
        episodes_per_video_file=(1,),
    )  # fmt: skip
    videos = sorted(root.rglob("*.mp4"))
    videos[1].write_text(POINTER)
    cut(videos[2])
    cut(sorted(root.glob("data/*/*.parquet"))[4])
    return root


def states(window: MainWindow) -> list[State]:
    assert window.desk is not None
    return [window.desk.session.label(episode).state for episode in range(len(LENGTHS))]


def test_the_whole_episodes_are_worked_with(
    damaged: Path, open_window: OpenWindow, press: Press, qtbot: QtBot, tmp_path: Path
) -> None:
    before = snapshot(damaged)
    window = open_window(damaged)
    assert window.desk is not None
    assert window.page is not None
    guard = window.page.inspector.guard
    qtbot.waitUntil(guard.whole.isVisible)
    told = guard.trouble.text().replace("\u200b", "")
    assert "3 of 6 episodes are whole. Not whole: episodes 1-2 and 4." in told
    assert "is a Git LFS pointer" in told
    assert guard.whole.text() == "Work with the 3 whole ones"
    click(guard.whole)
    waits, skipped = State.UNLABELED, State.SKIPPED
    assert states(window) == [waits, skipped, skipped, waits, skipped, waits]
    session = window.desk.session
    assert "is a Git LFS pointer" in session.label(1).note
    assert ".mp4" in session.label(2).note
    assert ".parquet" in session.label(4).note
    assert not guard.whole.isVisible()
    press(window, "Ctrl+Z")
    assert states(window) == [waits] * 6
    assert guard.whole.isVisible()
    click(guard.whole)
    for episode in (0, 3, 5):
        window.desk.show_episode(episode)
        press(window, "X")
    wish = CopyWish(tmp_path / "copy", Options(unlabeled="drop"))
    written = write_labels(_Steps(), damaged, session.labels(), wish)
    assert differences(written.place) == []
    with open_dataset(written.place) as copy:
        assert copy.lengths.tolist() == [LENGTHS[0], LENGTHS[3], LENGTHS[5]]
        assert inspect_dataset(copy).usable
    assert snapshot(damaged) == before


@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
def test_a_video_with_a_stretch_of_zeros_is_named(
    version: str, make_recording: MakeRecording, open_window: OpenWindow, qtbot: QtBot
) -> None:
    """Its index is whole, and nothing but its bytes says that images are gone."""
    root = make_recording(version, (6, 6, 6), size=(64, 64), episodes_per_video_file=(1,))
    path = sorted(root.rglob("*.mp4"))[1]
    data = bytearray(path.read_bytes())
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    assert end - start > 200, "a stretch of zeros in it is longer than images have any"
    data[start + 8 : end - 8] = bytes(end - start - 16)
    path.write_bytes(data)
    window = open_window(root)
    assert window.page is not None
    guard = window.page.inspector.guard
    qtbot.waitUntil(guard.whole.isVisible)
    told = guard.trouble.text().replace("\u200b", "")
    assert told.startswith("2 of 3 episodes are whole. Not whole: episode 1.")
    assert "bytes of image 0 are 0" in told


def test_where_all_is_whole_nothing_is_said(
    open_window: OpenWindow, make_recording: MakeRecording, qtbot: QtBot
) -> None:
    window = open_window(make_recording())
    assert window.page is not None
    guard = window.page.inspector.guard
    qtbot.waitUntil(lambda: not guard.damaged._work.running)
    qtbot.wait(100)
    assert not guard.banner.isVisible()


def test_what_is_missing_is_said_once(
    make_recording: MakeRecording, open_window: OpenWindow, qtbot: QtBot
) -> None:
    root = make_recording("v2.1", (6, 6, 6), size=(32, 32))
    gone = sorted(root.rglob("*.mp4"))[2]
    gone.unlink()
    window = open_window(root)
    assert window.page is not None
    guard = window.page.inspector.guard
    qtbot.waitUntil(guard.whole.isVisible)
    told = guard.trouble.text().replace("\u200b", "")
    assert told.count(gone.name) == 1 and "\n" not in told
    assert told.startswith("2 of 3 episodes are whole. Not whole: episode 2.")
