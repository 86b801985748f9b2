"""Labels that a recording brings along are offered, and taken over as one step."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from labeler.labels import Origin, State
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
