"""Suggestions and doubtful labels in the real window, driven by keys."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from labeler.labels import Origin, State
from labeler.labels.episode import never, with_cutoff
from labeler.review import Scores
from labeler.review.blind import FEWEST, blind_episodes
from labeler.review.hint import HintRule, learn_rule
from labeler.review.order import ReviewOrder
from labeler.storage.recording import (
    CameraSpec,
    ColumnSpec,
    EpisodeFrames,
    RecordingSpec,
    write_recording,
)
from labeler.ui.desk import hints
from labeler.ui.desk.desk import Desk
from labeler.ui.queue.panel import ORDERS, REVIEW_ORDERS
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import LENGTHS, OpenWindow, Press

EDGES = (12, 9, 30, 20)  # where probabilities rise in the episodes of `root`; the last one never


def scores(lengths: tuple[int, ...] = LENGTHS, edges: tuple[int, ...] = EDGES) -> Scores:
    parts = [
        np.where(np.arange(length) < at, 0.02, 0.98)
        for length, at in zip(lengths, edges, strict=True)
    ]
    return Scores(np.concatenate(parts), np.concatenate(([0], np.cumsum(lengths))))


@pytest.fixture
def compare(qtbot: QtBot) -> Callable[[Desk], None]:
    """Function that opens probabilities and waits until labels are compared with them."""

    def open_scores(desk: Desk, found: Scores | None = None) -> None:
        with qtbot.waitSignal(desk.review.changed, timeout=20_000):
            desk.use_scores(found or scores())

    return open_scores


def decide(desk: Desk, **cutoffs: int | None) -> None:
    for name, cutoff in cutoffs.items():
        episode = int(name[1:])
        label = desk.session.label(episode)
        told = never(label) if cutoff is None else with_cutoff(label, cutoff)
        desk.session.decide(episode, told, frame=0, what="test")


def shown(window: MainWindow) -> str:
    assert window.page is not None
    return window.page.inspector.suggested.text()


def test_enter_accepts_and_the_next_opens_before_its_edge(
    window: MainWindow, desk: Desk, press: Press, compare: Callable
) -> None:
    compare(desk)
    assert shown(window) == "Model: success from 12, high confidence."
    press(window, "Return")
    label = desk.session.label(0)
    assert (label.cutoff, label.origin) == (12, Origin.ACCEPTED)
    assert (desk.episode, desk.playhead.frame) == (1, EDGES[1] - 3)
    press(window, "Return", "Return", "Return")
    assert desk.session.label(3).state is State.NEVER


def test_opening_probabilities_moves_nothing(
    desk: Desk, window: MainWindow, press: Press, compare: Callable
) -> None:
    press(window, "Down", "Right", "Right")
    before = desk.episode, desk.playhead.frame
    compare(desk)
    assert (desk.episode, desk.playhead.frame) == before
    assert all(not desk.session.label(episode).decided for episode in range(len(LENGTHS)))


def test_doubtful_labels_are_walked_through(
    window: MainWindow, desk: Desk, press: Press, compare: Callable
) -> None:
    decide(desk, e0=4, e1=None, e2=30, e3=2)
    compare(desk)
    assert window.page.queue.to_look_at.text() == "3 labels to look at"
    press(window, "Shift+U")
    assert desk.episode == 3
    assert window.status.text() == "1 of 3: label 2, model says never with high confidence."
    press(window, "Return")
    assert desk.session.label(3).state is State.NEVER
    assert desk.episode == 1
    assert window.status.text() == (
        "2 of 3: label never, model says success from 9 with high confidence."
    )
    assert shown(window) == "Model: success from 9, high confidence. Look at the label again."
    press(window, "Shift+U")
    assert (desk.episode, desk.playhead.frame) == (0, EDGES[0] - 3)
    press(window, "Return")
    assert window.status.text() == "That was the last of 3 labels to look at."
    assert window.page.queue.to_look_at.text() == "1 label to look at"
    press(window, "Shift+U")
    assert window.status.text().startswith("1 of 1: label never")


def test_nothing_to_look_at_is_said(
    window: MainWindow, desk: Desk, press: Press, compare: Callable
) -> None:
    press(window, "Shift+U")
    assert "Open probabilities of a classifier" in window.status.text()
    compare(desk)
    press(window, "Shift+U")
    assert window.status.text() == "No label contradicts the classifier."
    assert not window.page.queue.to_look_at.isVisible()


def test_orders_come_and_go_with_probabilities(
    window: MainWindow, desk: Desk, compare: Callable, press: Press
) -> None:
    box = window.page.queue.order_box
    assert box.count() == len(ORDERS)
    decide(desk, e0=4, e3=2)
    compare(desk)
    assert box.count() == len(ORDERS) + len(REVIEW_ORDERS)
    box.setCurrentIndex(box.findData(ReviewOrder.DISAGREEMENT))
    box.activated.emit(box.currentIndex())
    assert desk.queue.rows.tolist() == [3, 0, 1, 2]
    desk.show_episode(3)
    press(window, "Shift+X")
    assert desk.queue.rows.tolist() == [3, 0, 1, 2]  # stays while work goes on
    compare(desk)
    assert desk.queue.rows.tolist() == [0, 1, 2, 3]
    desk.use_scores(None)
    assert box.count() == len(ORDERS)
    assert desk.queue.rows.tolist() == [0, 1, 2, 3]


def test_hidden_suggestions_are_not_told(
    window: MainWindow, desk: Desk, compare: Callable, press: Press
) -> None:
    compare(desk)
    desk.show_suggestions(False)
    assert shown(window) == ""
    press(window, "Return")
    assert not desk.session.label(0).decided


def test_labels_changed_while_comparing_count(desk: Desk, qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(desk.review.changed, timeout=20_000):
        desk.use_scores(scores())
        decide(desk, e0=4)
    assert desk.review.worth_a_look() == [0]


def test_blind_episodes_show_nothing_until_they_are_labelled(
    make_recording: Callable[..., Path],
    open_window: OpenWindow,
    press: Press,
    compare: Callable,
) -> None:
    lengths = (12,) * FEWEST
    window = open_window(make_recording(lengths=lengths, size=(32, 32)))
    desk = window.desk
    compare(desk, scores(lengths, (6,) * FEWEST))
    blind = int(np.flatnonzero(blind_episodes(FEWEST))[0])
    desk.show_episode(blind)
    assert (desk.playhead.frame, desk.suggestion(), desk.probabilities()) == (0, None, None)
    assert shown(window).startswith("Blind episode")
    press(window, "Return")
    assert window.status.text() == "This episode is blind: label it without a suggestion."
    press(window, "Right", "Shift+S")
    assert desk.suggestion().cutoff == 6
    assert desk.probabilities() is not None


def test_before_a_classifier_the_gripper_gives_a_hint_that_is_looked_at_first(
    demo: Path, open_window: OpenWindow, press: Press, qtbot: QtBot
) -> None:
    window = open_window(demo)
    desk = window.desk
    qtbot.waitUntil(lambda: desk.best_suggestion() is not None, timeout=20_000)
    assert shown(window) == "Hint from signals: success from 25, low confidence."
    assert desk.playhead.frame == 0  # what is looked at did not move
    press(window, "Return")
    assert (desk.episode, desk.playhead.frame, desk.label.decided) == (0, 25, False)
    assert window.status.text().startswith("Only the robot's signals hint at this.")
    press(window, "Return")
    label = desk.session.label(0)
    assert (label.cutoff, label.origin) == (25, Origin.ACCEPTED)
    assert desk.best_suggestion(0) is None  # a hint never questions a decision
    assert (desk.episode, desk.playhead.frame) == (1, 27 - 3)
    window.use(window.preferences.model_copy(update={"look_at_hints": False}))
    press(window, "Shift+Return")
    assert desk.label.cutoff == 27, "the operator wants to accept at once"
    press(window, "Ctrl+Z")
    for cutoff in (29, 31):  # two frames later than guessed
        desk.playhead.go(cutoff)
        press(window, "S")
    assert (desk.best_suggestion().cutoff, desk.playhead.frame) == (33, 30)


def test_the_rule_of_hints_is_learnt_anew_only_where_labels_change(
    demo: Path, open_window: OpenWindow, press: Press, qtbot: QtBot, monkeypatch
) -> None:
    desk = open_window(demo).desk
    qtbot.waitUntil(lambda: all(desk.best_suggestion(e) is not None for e in (0, 1, 2)))
    learnt = []

    def counted(*arguments: object) -> HintRule:
        learnt.append(arguments)
        return learn_rule(*arguments)

    monkeypatch.setattr(hints, "learn_rule", counted)
    before = desk.best_suggestion(2).cutoff
    for episode in (0, 1, 2, 0):
        desk.show_episode(episode)
    assert len(learnt) <= 1
    decide(desk, e0=28, e1=30)  # three frames later than the hints say
    assert desk.best_suggestion(2).cutoff == before + 3
    desk.session.undo()
    desk.session.undo()
    assert desk.best_suggestion(2).cutoff == before


def test_hints_for_episodes_to_come_repaint_nothing(
    tmp_path: Path, open_window: OpenWindow, qtbot: QtBot
) -> None:
    desk = open_window(write_closing(tmp_path / "ten", 10)).desk
    told: list[int] = []
    desk.scores_changed.connect(lambda: told.append(desk.episode))
    qtbot.waitUntil(lambda: desk.best_suggestion(3) is not None)
    told.clear()
    for episode in (1, 2, 3):
        desk.show_episode(episode)
        qtbot.waitUntil(lambda ahead=episode + 3: desk.best_suggestion(ahead) is not None)
    assert not told
    desk.show_episode(9)
    assert desk.best_suggestion() is None
    qtbot.waitUntil(lambda: bool(told))
    assert set(told) == {9} and desk.best_suggestion() is not None


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """A recording whose gripper closes at frames 20, 22, 24, …"""
    return write_closing(tmp_path / "closing", 5)


def write_closing(root: Path, episodes: int) -> Path:
    camera = CameraSpec("observation.images.gripper", 32, 32, codec="h264")
    spec = RecordingSpec(
        version="v3.0",
        cameras=(camera,),
        columns=(ColumnSpec("observation.state", shape=(2,), names=("joint", "gripper.pos")),),
        fps=10,
    )
    frames = np.arange(50)
    made = [
        EpisodeFrames(
            "close",
            {
                "observation.state": np.stack(
                    [frames * 1.0, np.where(frames < 20 + 2 * index, 60.0, 12.0)], axis=1
                ).astype(np.float32)
            },
            {camera.key: [np.zeros((32, 32, 3), np.uint8)] * 50},
        )
        for index in range(episodes)
    ]
    write_recording(root, spec, made)
    return root


def test_speed_and_agreement_have_a_panel(
    window: MainWindow, desk: Desk, compare: Callable, press: Press, qtbot: QtBot
) -> None:
    panel = window.page.panels.statistics_panel
    window.actions_by_id["review.statistics"].trigger()
    assert window.page.side.currentWidget() is panel
    for part in (panel.pace, panel.agreement, panel.blind):
        assert part.nothing.isVisible()
    assert "begin at 20 episodes" in panel.blind.nothing.text()
    decide(desk, e0=12)
    qtbot.wait(20)
    decide(desk, e1=11)
    compare(desk)
    qtbot.waitUntil(lambda: panel.agreement.told.text() == "Of 2 labels with a suggestion.")
    assert [bar.share for bar in panel.agreement.bars] == [0.5, 1.0, 1.0, 0.0]
    bar = panel.agreement.bars[0]
    assert (bar.accessibleName(), bar.spoken_value()) == ("within 1 frame", "50%")
    assert panel.pace.told.text() == "Of 1 decision."
    assert re.search(r"\d\.\d s<", panel.pace.median.text()), "however busy the machine is"
    press(window, "Down", "Down", "Return")
    qtbot.waitUntil(lambda: panel.agreement.bars[-1].share == pytest.approx(1 / 3))
    panel.close_button.click()
    assert window.page.side.currentWidget() is window.page.inspector


def test_a_young_classifier_casts_no_doubt_on_labels(
    window: MainWindow, desk: Desk, qtbot: QtBot, compare: Callable
) -> None:
    decide(desk, e0=4, e1=None, e2=30, e3=2)
    with qtbot.waitSignal(desk.review.changed, timeout=20_000):
        desk.refresh_scores(scores())
    assert desk.review.worth_a_look() == []
    assert shown(window) == "Model: success from 12, high confidence."
    assert window.page.queue.order_box.count() == len(ORDERS) + len(REVIEW_ORDERS)
    compare(desk)
    assert len(desk.review.worth_a_look()) == 3


def test_newer_probabilities_reorder_the_list_with_the_next_decision(
    window: MainWindow, desk: Desk, qtbot: QtBot, compare: Callable
) -> None:
    compare(desk)
    desk.queue.choose(order=ReviewOrder.CONFIDENCE)
    before = desk.queue.rows.tolist()
    last = before[-1]
    newer = scores()
    newer.values[newer.starts[last] : newer.starts[last + 1]] = 0.5
    with qtbot.waitSignal(desk.review.refreshed, timeout=20_000):
        desk.refresh_scores(newer)
    assert desk.queue.rows.tolist() == before
    decide(desk, **{f"e{before[0]}": 3})
    assert desk.queue.rows.tolist()[0] == last
