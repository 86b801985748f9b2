"""Labels that a recording brings along are offered, and taken over as one step."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from labeler.dataset import open_dataset
from labeler.labels import Crop, DatasetLabels, EpisodeLabel, Origin, State
from labeler.labels.episode import with_cutoff
from labeler.storage.copying.guarded_copy import write_copy as write_copy_of
from labeler.storage.copying.preparation import prepare
from labeler.storage.record.copy_record import Options
from labeler.storage.recording import Version
from labeler.ui.desk.desk import Desk
from labeler.ui.page.guard import GuardCard
from labeler.ui.window.main_window import MainWindow
from tests.conftest import MakeRecording
from tests.labeler.ui.conftest import OpenWindow, Press
from tests.labeler.ui.mouse import click


def rewards(episode: int) -> NDArray[np.float32]:
    """Success from frame 4 + episode on; the last episode fails."""
    lengths = (12, 9, 15)
    found = np.zeros(lengths[episode], np.float32)
    if episode < 2:
        found[4 + episode :] = 1
    return found


def zeros(episode: int) -> NDArray[np.float32]:
    return np.zeros((12, 9, 15)[episode], np.float32)


def opened(open_window: OpenWindow, root: Path) -> tuple[MainWindow, GuardCard]:
    window = open_window(root)
    assert window.page is not None
    return window, window.page.inspector.guard


def test_labels_of_the_column_are_offered_and_taken_over(
    open_window: OpenWindow, make_recording: MakeRecording, press: Press, qtbot: QtBot
) -> None:
    window, guard = opened(open_window, make_recording(reward=rewards))
    qtbot.waitUntil(guard.take.isVisible)
    assert "labels for 3 episodes" in guard.trouble.text()
    assert "next.reward" in guard.trouble.text()
    session = window.desk.session
    assert not session.table.touched, "nothing is taken over unasked"
    click(guard.take)
    assert [session.label(e).cutoff for e in range(3)] == [4, 5, None]
    assert session.label(2).state is State.NEVER
    assert session.label(0).origin is Origin.IMPORTED
    assert not guard.take.isVisible()
    press(window, "Ctrl+Z")
    assert not session.table.touched


GRIPPER = "observation.images.gripper"
CROP, OTHER = (0, 0, 32, 32), (8, 8, 32, 32)


def write_copy(root: Path, cutoffs: tuple[int, ...], crops: dict[str, Crop]) -> Path:
    """The copy of a recording, written or brought up to date."""
    place = root.with_name("copy")
    with open_dataset(root) as dataset:
        labels = {
            episode: with_cutoff(EpisodeLabel(int(dataset.lengths[episode])), cutoff)
            for episode, cutoff in enumerate(cutoffs)
        }
        wanted = DatasetLabels(dataset.lengths.tolist(), labels, crops=crops)
        write_copy_of(prepare(dataset, wanted, place, Options()))
    return place


@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
def test_a_copy_that_was_written_again_brings_its_present_labels_and_crops(
    open_window: OpenWindow,
    make_recording: MakeRecording,
    version: Version,
    press: Press,
    qtbot: QtBot,
) -> None:
    root = make_recording(version)
    copy = write_copy(root, (3, 3, 3), {GRIPPER: CROP})
    window, guard = opened(open_window, copy)
    qtbot.waitUntil(guard.take.isVisible)
    assert "labels for 3 episodes, with crops, in" in guard.trouble.text()
    click(guard.take)
    qtbot.waitUntil(lambda: window.desk.crops == {GRIPPER: CROP})
    window.show_start()

    write_copy(root, (3, 5, 3), {GRIPPER: OTHER})
    window, guard = opened(open_window, copy)
    session = window.desk.session
    if not session.table.touched:  # known by metadata that are others now
        qtbot.waitUntil(guard.take.isVisible)
        click(guard.take)
    else:
        assert [session.label(e).cutoff for e in range(3)] == [3, 3, 3]
        told = "has other labels for 1 episode than were imported from there."
        qtbot.waitUntil(lambda: told in guard.trouble.text())
        click(guard.take)
        qtbot.waitUntil(lambda: told not in guard.trouble.text())
    assert [session.label(e).cutoff for e in range(3)] == [3, 5, 3]
    qtbot.waitUntil(lambda: window.desk.crops == {GRIPPER: OTHER})
    assert session._recording.wait(30)
    assert session.save_state().dataset_changed == ""
    press(window, "X")
    window.show_start()

    write_copy(root, (3, 6, 3), {GRIPPER: OTHER})
    window, guard = opened(open_window, copy)
    session = window.desk.session
    if session.table.touched:
        assert session._recording.wait(30)
        assert not guard.take.isVisible(), "what was decided here is not replaced"


def test_the_offer_ends_with_a_decision_and_can_be_hidden(
    open_window: OpenWindow, make_recording: MakeRecording, press: Press, qtbot: QtBot
) -> None:
    window, guard = opened(open_window, make_recording(reward=rewards))
    qtbot.waitUntil(guard.take.isVisible)
    press(window, "X")
    assert not guard.take.isVisible() and not guard.banner.isVisible()
    press(window, "Ctrl+Z")
    assert guard.take.isVisible()
    click(guard.dismiss)
    assert not guard.take.isVisible()


def test_rewards_that_are_never_success_are_not_offered(
    open_window: OpenWindow, make_recording: MakeRecording, qtbot: QtBot
) -> None:
    _, guard = opened(open_window, make_recording(reward=zeros))
    qtbot.waitUntil(lambda: not guard.carried._work.running)
    qtbot.wait(100)
    assert not guard.take.isVisible() and not guard.banner.isVisible()


def test_the_label_file_is_shown_and_its_folder_opened(
    window: MainWindow, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url.toLocalFile()))
    assert window.page is not None
    guard = window.page.inspector.guard
    assert guard.file.text() == guard.file.toolTip() == str(desk.session.file)
    click(guard.show_file)
    assert asked == [str(desk.session.file.parent)]
    assert str(desk.session.file) in window.status.text()
