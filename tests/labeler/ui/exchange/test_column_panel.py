"""Labels from a column of the recording: asked for, shown, taken over; at opening, too."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from labeler.dataset.labels_of import ColumnReading
from labeler.labels import Origin, State
from labeler.ui.desk.desk import Desk
from labeler.ui.page.panels import Panels
from labeler.ui.window.main_window import MainWindow
from tests.conftest import MakeRecording
from tests.labeler.ui.conftest import OpenWindow, Press, wait_for_picture
from tests.labeler.ui.mouse import click

LENGTHS = (12, 9, 15)


def penalties(episode: int) -> NDArray[np.float32]:
    """-1 for each step, 0 from frame 4 + episode on; the last episode never gets there."""
    found = np.full(LENGTHS[episode], -1, np.float32)
    if episode < 2:
        found[4 + episode :] = 0
    return found


def passing(episode: int) -> NDArray[np.float32]:
    """Success in the first two episodes, in one of them lost before the end."""
    found = np.zeros(LENGTHS[episode], np.float32)
    if episode < 2:
        found[3:5] = 1
    if episode == 1:
        found[-1] = 1
    return found


def opened(window: MainWindow) -> tuple[Desk, Panels]:
    assert window.desk is not None
    assert window.page is not None
    return window.desk, window.page.panels


def test_rewards_of_other_values_are_offered_with_a_threshold(
    open_window: OpenWindow, make_recording: MakeRecording, press: Press, qtbot: QtBot
) -> None:
    window = open_window(make_recording(reward=penalties))
    desk, panels = opened(window)
    assert window.page is not None
    guard = window.page.inspector.guard
    qtbot.waitUntil(guard.choose.isVisible)
    assert "next.reward may say success" in guard.trouble.text()
    assert not guard.take.isVisible()
    click(guard.choose)
    panel = panels.column_panel
    qtbot.waitUntil(panel.show_button.isEnabled)
    assert panel.names.currentText() == "next.reward (per frame)"
    click(panel.show_button)
    qtbot.waitUntil(panel.trouble.isVisible)
    assert "for example -0.5" in panel.trouble.cure.text()
    panel.above.setFocus()
    QTest.keyClicks(panel.above, "much")
    click(panel.show_button)
    assert panel.trouble.what.text() == "much is not a number."
    panel.above.clear()
    QTest.keyClicks(panel.above, "-0.5")
    click(panel.show_button)
    qtbot.waitUntil(panels.import_panel.isVisible)
    assert not desk.session.table.touched, "nothing is taken over before it was seen"
    click(panels.import_panel.take)
    assert [desk.session.label(e).cutoff for e in range(3)] == [4, 5, None]
    assert desk.session.label(2).state is State.NEVER
    assert desk.session.label(0).origin is Origin.IMPORTED
    press(window, "Ctrl+Z")
    assert not desk.session.table.touched


def states(
    window: MainWindow, panels: Panels, rule: str, desk: Desk, press: Press, qtbot: QtBot
) -> list[State]:
    """What taking the column by a rule makes of the episodes; undone afterwards."""
    window.actions_by_id["file.column"].trigger()
    panel = panels.column_panel
    qtbot.waitUntil(panel.show_button.isEnabled)
    panel.rules.setCurrentIndex(panel.rules.findData(rule))
    click(panel.show_button)
    qtbot.waitUntil(lambda: bool(panels.importing.changes))
    click(panels.import_panel.take)
    found = [desk.session.label(episode).state for episode in range(len(LENGTHS))]
    press(window, "Escape", "Ctrl+Z")
    return found


def test_the_rule_is_the_operators(
    open_window: OpenWindow, make_recording: MakeRecording, press: Press, qtbot: QtBot
) -> None:
    window = open_window(make_recording(reward=passing))
    desk, panels = opened(window)
    waits, never, success = State.UNLABELED, State.NEVER, State.SUCCESS
    about = (desk, press, qtbot)
    assert states(window, panels, "frame", *about) == [success, success, never]
    assert states(window, panels, "last", *about) == [never, waits, never]
    assert states(window, panels, "any", *about) == [waits, waits, never]


def test_a_column_named_at_the_start_fills_in_what_is_not_decided(
    open_window: OpenWindow, make_recording: MakeRecording, press: Press, qtbot: QtBot
) -> None:
    root = make_recording(reward=penalties)
    window = open_window(root)
    press(window, "X")
    window.show_start()
    with qtbot.waitSignal(window.opening.opened):
        window.open(root, None, ColumnReading("next.reward", above=-0.5))
    wait_for_picture(window, qtbot)
    desk, _ = opened(window)
    assert [desk.session.label(e).cutoff for e in range(3)] == [None, 5, None]
    assert desk.session.label(0).state is State.NEVER, "what was decided is not undone by opening"
    assert "next.reward says something else about episode 0" in window.status.text()


def test_a_column_that_is_not_there_is_told_on_the_start_page(
    window: MainWindow, make_recording: MakeRecording, qtbot: QtBot
) -> None:
    root: Path = make_recording(reward=passing)
    with qtbot.waitSignal(window.opening.failed):
        window.open(root, None, ColumnReading("next.success"))
    qtbot.waitUntil(window.start.notice.isVisible)
    assert window.desk is None
