"""Suggestions that keep up with the labels by themselves, by the real trainer."""

import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from labeler.contracts.events import Started
from labeler.dataset import open_dataset
from labeler.labels import DatasetLabels, EpisodeLabel, FrameRange
from labeler.labels.episode import exclude, never, skip, with_cutoff
from labeler.review.order import ReviewOrder
from labeler.runs import process
from labeler.runs.record import Run, runs_in
from labeler.runs.refresh import FOLDER, NO_ENCODER, what_is_missing
from labeler.session.default_places import runs_folder
from labeler.ui.training.suggestions.continuous import Continuous
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import OpenWindow, Press
from tests.labeler.ui.training.conftest import (
    WriteRun,
    labels_of_small,
    panel_of,
    wait_for,
)

STARTED = Started(
    output_dir="", device="cpu", encoder="random", train_frames=60, held_out_frames=12,
    train_episodes=5, held_out_episodes=1, steps=8,
)  # fmt: skip
TWELVE = EpisodeLabel(12)


@pytest.fixture
def continuous(
    request, write_run: WriteRun, open_window: OpenWindow, small_root: Path, qtbot: QtBot
) -> Continuous:
    """Switched on, in a window without labels, after a training with small settings."""
    if getattr(request, "param", "trained") == "trained":
        write_run([STARTED])
    window = open_window(small_root)
    window.use(window.preferences.model_copy(update={"continuous": True}))
    found = panel_of(window.desk).continuous
    qtbot.waitUntil(lambda: not found.busy)
    return found


def suggestion_runs(root: Path) -> list[Run]:
    with open_dataset(root) as dataset:
        return list(runs_in(runs_folder(dataset) / FOLDER))


def label(window: MainWindow, *episodes: int) -> None:
    labels = labels_of_small()
    for episode in episodes:
        window.desk.session.decide(episode, labels[episode], frame=0, what="test")


def test_suggestions_come_and_are_refreshed_while_nothing_moves(
    continuous: Continuous, window: MainWindow, small_root: Path, press: Press, qtbot: QtBot
) -> None:
    desk = window.desk
    label(window, 0, 1, 2)
    wait_for(qtbot, lambda: not continuous.busy)
    assert continuous.state == "from 4 labels on"
    assert "suggestions: from 4 labels on" in window.bar.safe.text()
    press(window, "Down", "Down", "Down", "Right", "Right")
    desk.say("")
    label(window, 5)
    before = desk.episode, desk.playhead.frame, window.page.queue.view.currentIndex().row()
    wait_for(qtbot, lambda: desk.has_scores)
    assert np.isfinite(desk.scores.values).all()
    after = desk.episode, desk.playhead.frame, window.page.queue.view.currentIndex().row()
    assert after == before == (3, 2, 3)
    assert continuous.state == "up to date"
    assert window.status.text() == "", "nobody is told of what goes well"
    assert len(panel_of(desk).trainings.all) == 1, "the list of trainings is as it was"
    assert len(suggestion_runs(small_root)) == 1


def test_later_ones_leave_lists_and_threshold_and_the_next_session_begins_with_them(
    continuous: Continuous, window: MainWindow, small_root: Path, qtbot: QtBot
) -> None:
    desk = window.desk
    label(window, 0, 1, 2, 5)
    wait_for(qtbot, lambda: desk.review.found is not None)
    [run] = suggestion_runs(small_root)
    first = desk.scores
    desk.queue.choose(order=ReviewOrder.CONFIDENCE)
    rows = desk.queue.rows.tolist()
    desk.threshold = 0.7
    label(window, 4)
    with qtbot.waitSignal(desk.review.refreshed, timeout=120_000):
        wait_for(qtbot, lambda: desk.scores is not first)
    assert desk.threshold == 0.7
    assert desk.queue.rows.tolist() == rows, "rows stay under the eyes of whoever reads them"
    [again] = suggestion_runs(small_root)
    assert again.folder != run.folder
    assert again.record.labels != run.record.labels

    latest = desk.scores.values
    window.show_start()
    window.open(small_root)
    wait_for(qtbot, lambda: window.desk is not None and window.desk.has_scores)
    np.testing.assert_array_equal(window.desk.scores.values, latest)
    restored = panel_of(window.desk).continuous
    wait_for(qtbot, lambda: not restored.busy)
    assert restored.state == "up to date"
    assert suggestion_runs(small_root) == [again], "a session begins where the last one ended"


def test_keys_and_trainings_go_first_and_the_window_takes_it_along(
    continuous: Continuous, window: MainWindow, small_root: Path, qtbot: QtBot
) -> None:
    label(window, 0, 1, 2, 5)
    typed = time.monotonic()
    end_of_typing = typed + 3
    while typed < end_of_typing:
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Right)
        qtbot.wait(50)
        before, typed = typed, time.monotonic()
        if typed - before > 1:
            break  # the machine stood still, and meanwhile nobody typed
        assert not continuous.tool.running
    wait_for(qtbot, lambda: continuous.tool.running)
    [run] = suggestion_runs(small_root)
    pid = continuous.tool.pid
    born = process.birth(pid)
    assert process.alive(pid, born)
    label(window, 3)
    window.close()
    assert not process.alive(pid, born)
    assert not run.out_of_fold.exists()


def test_a_killed_run_is_said_once_and_tried_again_with_the_next_label(
    continuous: Continuous, window: MainWindow, qtbot: QtBot
) -> None:
    told = []
    window.desk.said.connect(told.append)
    for episodes in ((0, 1, 2, 5), (3,)):
        label(window, *episodes)
        wait_for(qtbot, lambda: continuous.tool.running)
        process.end(continuous.tool.pid)
        wait_for(qtbot, lambda: not continuous.busy)
        assert continuous.state == "not refreshed"
    assert told == [
        "Suggestions were not refreshed: The training program stopped unexpectedly, "
        "probably killed because memory ran out."
    ]


@pytest.mark.parametrize("continuous", ["never trained"], indirect=True)
def test_without_an_encoder_it_waits_for_a_first_training(
    continuous: Continuous,
    window: MainWindow,
    qtbot: QtBot,
    small_root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "no encoder"))
    label(window, 0, 1, 2, 5)
    wait_for(qtbot, lambda: continuous.state == NO_ENCODER)
    assert not suggestion_runs(small_root), "nothing was begun"
    assert "need an encoder on this machine" in window.status.text()
    assert not window.desk.has_scores


def test_it_is_switched_off_and_on_by_its_command(
    continuous: Continuous, window: MainWindow, qtbot: QtBot
) -> None:
    action = window.actions_by_id["train.continuous"]
    assert action.isChecked()
    label(window, 0, 1, 2, 5)
    wait_for(qtbot, lambda: continuous.tool.running)
    action.trigger()
    assert not continuous.tool.running
    assert not continuous.busy
    assert "suggestions" not in window.bar.safe.text()
    label(window, 3)
    assert not continuous.busy
    action.trigger()
    assert continuous.busy
    assert "suggestions: refreshed in a moment" in window.bar.safe.text()


@pytest.mark.parametrize(
    ("labels", "missing"),
    [
        ([with_cutoff(TWELVE, 5)] * 3 + [skip(TWELVE)], "from 4 labels on"),
        ([with_cutoff(TWELVE, 5)] * 4, ""),
        ([with_cutoff(TWELVE, 5)] + [never(TWELVE)] * 3, "once 2 episodes succeed"),
        ([with_cutoff(TWELVE, 5)] * 2 + [never(TWELVE)] * 2, ""),
        ([with_cutoff(TWELVE, 0)] * 3 + [never(TWELVE)], "once 2 episodes show failure"),
        (
            [exclude(with_cutoff(TWELVE, 5), FrameRange(0, 5))] * 3 + [never(TWELVE)],
            "once 2 episodes show failure",
        ),
    ],
)
def test_four_episodes_of_both_kinds_are_enough(labels, missing: str) -> None:
    told = DatasetLabels((12,) * 6, dict(enumerate(labels)))
    assert what_is_missing(told) == missing
