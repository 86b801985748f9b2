"""Probabilities of a classifier: opened, jumped to, accepted, hidden, refused."""

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from labeler.labels import DatasetIdentity, DatasetLabels, Origin, State
from labeler.labels.document import to_text
from labeler.labels.episode import never, with_cutoff
from labeler.ui.desk.desk import Desk
from labeler.ui.exchange.counting import ComparePanel
from labeler.ui.page.panels import Panels
from labeler.ui.window.main_window import MainWindow
from labeler.video.cache import ImageMemory
from tests.labeler.ui.conftest import LENGTHS, Press
from tests.labeler.ui.mouse import click

EDGES = (12, 7, 20, None)


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    """What `labeler-train predict` writes: success from `EDGES` on, as a classifier sees it."""
    episodes = np.repeat(np.arange(len(LENGTHS)), LENGTHS)
    frames = np.concatenate([np.arange(length) for length in LENGTHS])
    edges = np.array([999 if edge is None else edge for edge in EDGES])
    values = np.where(frames >= edges[episodes], 0.9, 0.1).astype(np.float32)
    path = tmp_path / "probabilities.parquet"
    pq.write_table(pa.table([episodes, frames, values], ["episode", "frame", "probability"]), path)
    return path


@pytest.fixture
def files(window: MainWindow, desk: Desk) -> Panels:
    assert window.page is not None
    return window.page.panels


def test_suggestions_are_looked_at_and_accepted(
    window: MainWindow, desk: Desk, files: Panels, scores: Path, press: Press, qtbot: QtBot
) -> None:
    files.take(scores)
    qtbot.waitUntil(lambda: desk.has_scores and desk.review.found is not None)
    assert window.page is not None
    assert window.page.timeline.probability.isVisible()
    assert desk.playhead.frame == EDGES[0] - 3, "shortly before what is suggested"
    press(window, "]")
    assert desk.playhead.frame == EDGES[0]
    press(window, "Return")
    assert desk.session.label(0).cutoff == EDGES[0]
    assert desk.session.label(0).origin is Origin.ACCEPTED
    assert (desk.episode, desk.playhead.frame) == (1, EDGES[1] - 3)
    press(window, "Return", "Return", "Return")
    assert desk.session.label(3).state is State.NEVER
    assert desk.session.label(3).origin is Origin.ACCEPTED
    desk.show_episode(1)
    assert desk.playhead.frame == EDGES[1], "a labelled episode opens at its own edge"


def test_scores_of_a_reward_model_say_what_they_are_worth(
    window: MainWindow, desk: Desk, files: Panels, tmp_path: Path, press: Press, qtbot: QtBot
) -> None:
    """Two signals of LeRobot: one goes with the labels, one rises in the failure, too."""
    frames = np.concatenate([np.arange(length) for length in LENGTHS])
    episodes = np.repeat(np.arange(len(LENGTHS)), LENGTHS)
    edges = np.array([999 if edge is None else edge for edge in EDGES])
    columns = {
        "index": np.arange(len(frames)),
        "episode_index": episodes,
        "frame_index": frames,
        "progress_sparse": frames / np.array(LENGTHS)[episodes],
        "progress_dense": np.where(frames >= edges[episodes], 0.7, 0.6),
    }
    path = tmp_path / "sarm.parquet"
    pq.write_table(pa.table(columns), path)
    first, last = (desk.session.label(episode) for episode in (0, 3))
    labels = {0: with_cutoff(first, EDGES[0]), 3: never(last)}
    desk.session.decide_many(labels, what="test")
    said: list[str] = []
    desk.said.connect(said.append)
    files.take(path)
    qtbot.waitUntil(lambda: desk.has_scores and desk.review.found is not None)
    assert desk.scores is not None
    assert desk.scores.name == "sarm: progress_dense"
    (sentence,) = [one for one in said if "is open" in one]
    assert sentence.startswith("sarm: progress_dense is open. ] goes to the suggestion, Enter acc")
    assert "AUC 1.000, suggests success in 0 of 1 failed" in sentence
    assert "progress_sparse" not in sentence, "the panel says what the others are worth"
    qtbot.waitUntil(files.scores_panel.isVisible)
    told = [label.text() for label in files.scores_panel.findChildren(QLabel)]
    assert any("AUC 0." in text and "in 1 of 1 failed episode" in text for text in told)
    desk.show_episode(1)
    suggestion = desk.suggestion()
    assert suggestion is not None
    assert suggestion.cutoff == EDGES[1]


def test_several_files_are_compared_and_one_is_chosen(
    window: MainWindow, desk: Desk, files: Panels, scores: Path, qtbot: QtBot
) -> None:
    """The second file has it backwards: success is likely before the edge."""
    table = pq.read_table(scores)
    backwards = 1.0 - table["probability"].to_numpy()
    other = scores.with_name("backwards.parquet")
    columns = [table["episode"], table["frame"], pa.array(backwards.astype(np.float32))]
    pq.write_table(pa.table(columns, ["episode", "frame", "probability"]), other)
    first, last = (desk.session.label(episode) for episode in (0, 3))
    labels = {0: with_cutoff(first, EDGES[0]), 3: never(last)}
    desk.session.decide_many(labels, what="test")
    window.open_files([other, scores])
    qtbot.waitUntil(lambda: desk.has_scores and files.scores_panel.isVisible())
    panel = files.scores_panel
    assert [one.text() for one in panel.buttons] == ["backwards", "probabilities"]
    assert [one.isChecked() for one in panel.buttons] == [False, True], "the better by AUC"
    told = [label.text() for label in panel.findChildren(QLabel)]
    assert any("AUC 1.000, suggests success in 0 of 1 failed" in text for text in told)
    assert any("AUC 0.000, suggests success in 1 of 1 failed" in text for text in told)
    assert desk.scores is not None
    assert desk.scores.name == "probabilities"
    click(panel.buttons[0])
    assert desk.scores.name == "backwards"


def test_long_names_of_scores_fit_the_panel(
    files: Panels, scores: Path, desk: Desk, qtbot: QtBot
) -> None:
    long = scores.with_name(f"{'a_model_of_the_second_training_run_' * 3}.parquet")
    shutil.copy(scores, long)
    said: list[str] = []
    desk.said.connect(said.append)
    files.take(scores, long)
    qtbot.waitUntil(lambda: desk.has_scores and files.scores_panel.isVisible())
    panel = files.scores_panel
    click(panel.buttons[1])
    assert said[-1].index("Enter accepts it.") < 100, "the end of a long line is cut"
    assert panel.buttons[1].toolTip() == long.stem
    for button in panel.buttons:
        margin = button.mapTo(panel, QPoint()).x()
        assert button.sizeHint().width() <= panel.least_width - 2 * margin


def test_suggestions_can_be_hidden(
    window: MainWindow, desk: Desk, files: Panels, scores: Path, press: Press, qtbot: QtBot
) -> None:
    files.take(scores)
    qtbot.waitUntil(lambda: desk.has_scores and desk.review.found is not None)
    window.actions_by_id["view.suggestions"].trigger()
    assert desk.suggestion() is None
    desk.show_episode(2)
    assert desk.playhead.frame == 0
    press(window, "Return")
    assert desk.session.label(2).state is State.UNLABELED
    window.actions_by_id["view.suggestions"].trigger()
    assert desk.suggestion() is not None


def test_the_loop_goes_around_what_is_suggested(
    window: MainWindow, desk: Desk, files: Panels, scores: Path, press: Press, qtbot: QtBot
) -> None:
    files.take(scores)
    qtbot.waitUntil(lambda: desk.has_scores and desk.review.found is not None)
    desk.show_episode(2, 0)
    press(window, "B")
    assert desk.playhead.loop is not None
    assert desk.playhead.loop.start < 20 < desk.playhead.loop.stop
    press(window, "B")


def test_an_episode_opens_repeating_what_is_suggested(
    window: MainWindow, desk: Desk, files: Panels, scores: Path, press: Press, qtbot: QtBot
) -> None:
    window.use(window.preferences.model_copy(update={"loop_at": "suggestions"}))
    files.take(scores)
    qtbot.waitUntil(lambda: desk.has_scores and desk.review.found is not None)
    around = round(desk.preferences.loop_seconds * desk.playhead.fps)
    desk.show_episode(1)
    loop = desk.playhead.loop
    assert desk.playhead.playing and loop is not None
    assert (loop.start, loop.stop) == (
        max(EDGES[1] - around, 0), min(EDGES[1] + around + 1, desk.playhead.length)
    )  # fmt: skip
    shown: set[int] = set()
    desk.playhead.moved.connect(lambda: shown.add(desk.playhead.frame))
    qtbot.waitUntil(lambda: len(shown) > 2)
    assert not desk.playhead.has_moved, "nobody has chosen a frame"
    press(window, "Return")
    assert desk.session.label(1).cutoff == EDGES[1]
    desk.show_episode(1)
    assert not desk.playhead.playing, "the edge of a label is not repeated unless that is wanted"
    window.use(window.preferences.model_copy(update={"loop_at": "edges"}))
    desk.show_episode(1)
    assert desk.playhead.playing


def test_the_first_loop_lets_memory_rest_until_a_key_moves(
    window: MainWindow, desk: Desk, files: Panels, scores: Path, press: Press, qtbot: QtBot,
    monkeypatch,
) -> None:  # fmt: skip
    supply, rest = desk.images._supply, desk.images._rest
    image = 64 * 64 * 3 // 2  # bytes
    most = supply._limits.moving
    monkeypatch.setattr(supply, "_limits", ImageMemory(most, 8 * image))
    window.use(window.preferences.model_copy(update={"loop_at": "suggestions"}))
    files.take(scores)
    qtbot.waitUntil(lambda: desk.has_scores and desk.review.found is not None)
    own = 2 * LENGTHS[1] * image  # two cameras
    rest.setInterval(50)
    desk.show_episode(1)
    loop = desk.playhead.loop
    assert loop is not None
    qtbot.waitUntil(lambda: not rest.isActive() and supply.size <= own)
    sizes: list[int] = []
    desk.playhead.moved.connect(lambda: sizes.append(supply.size))
    qtbot.waitUntil(lambda: len(sizes) > 2 * (loop.stop - loop.start))
    assert max(sizes) <= own
    rest.setInterval(60_000)
    press(window, "Right")
    qtbot.waitUntil(lambda: supply.size > own)  # the next episodes, too


@pytest.mark.parametrize("key", ["Right", "Home", "Space", "K"])
def test_a_key_that_moves_ends_the_first_loop(
    window: MainWindow, desk: Desk, files: Panels, scores: Path, press: Press, qtbot: QtBot, key
) -> None:
    window.use(window.preferences.model_copy(update={"loop_at": "suggestions"}))
    files.take(scores)
    qtbot.waitUntil(lambda: desk.has_scores and desk.review.found is not None)
    desk.show_episode(1)
    press(window, key)
    assert not desk.playhead.playing and desk.playhead.loop is None
    press(window, "Space")
    assert desk.playhead.playing and desk.playhead.loop is None


@pytest.mark.parametrize("wrong", ["missing", "text", "columns", "foreign", "twice", "not 0 to 1"])
def test_a_wrong_file_is_told_and_changes_nothing(
    wrong: str, window: MainWindow, desk: Desk, files: Panels, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "wrong.parquet"
    rows = {"episode": [0], "frame": [3], "probability": [0.5]}
    match wrong:
        case "text":
            path.write_text("episode,frame,probability\n")
        case "columns":
            pq.write_table(pa.table({"episode": [0], "frame": [0]}), path)
        case "foreign":
            pq.write_table(pa.table({**rows, "frame": [LENGTHS[0]]}), path)
        case "twice":
            pq.write_table(pa.table({name: value * 2 for name, value in rows.items()}), path)
        case "not 0 to 1":
            pq.write_table(pa.table({**rows, "probability": [7.5]}), path)
    with qtbot.waitSignal(desk.said, timeout=20_000):
        files.take(path)
    assert "wrong.parquet" in window.status.text()
    assert not desk.has_scores


def test_the_labels_of_another_operator_are_gone_through(
    window: MainWindow, desk: Desk, files: Panels, tmp_path: Path, press: Press, qtbot: QtBot
) -> None:
    for episode, cutoff in ((0, 10), (1, 5), (2, 20)):
        label = desk.session.label(episode)
        desk.session.decide(episode, with_cutoff(label, cutoff), frame=0, what="label")
    other = tmp_path / "ben.labels.json"
    other.write_text(json.dumps({"0": 10, "1": 15, "2": None}))
    with qtbot.waitSignal(desk.review.changed):
        files.probabilities.compare(other)
    assert window.status.text().startswith("2 labels of ben differ from these; Cohen's kappa")
    press(window, "Shift+U")
    assert desk.episode == 2
    assert window.status.text() == "1 of 2: label 20, ben says never."
    press(window, "Return")
    assert desk.session.label(2).state is State.NEVER
    assert desk.episode == 1
    assert window.status.text() == "2 of 2: label 5, ben says 15."
    press(window, "]", "S")
    assert desk.session.label(1).cutoff == 15
    assert desk.session.label(1).origin is Origin.HUMAN
    press(window, "Shift+U")
    assert window.status.text() == "No label contradicts ben."


def test_labels_of_another_recording_are_not_compared(
    window: MainWindow, desk: Desk, files: Panels, tmp_path: Path, qtbot: QtBot
) -> None:
    other = tmp_path / "ben.labels.json"
    stranger = DatasetLabels(LENGTHS, {}, DatasetIdentity(fingerprint="sha256:" + "0" * 64))
    other.write_text(to_text(stranger))
    qtbot.waitUntil(lambda: bool(desk.session.labels().identity.fingerprint))
    files.probabilities.compare(other)
    qtbot.waitUntil(lambda: "two recordings" in window.status.text())
    assert desk.scores is None


def test_a_file_to_compare_with_whose_episodes_count_from_1_is_asked_about_in_place(
    window: MainWindow, desk: Desk, files: Panels, tmp_path: Path, qtbot: QtBot
) -> None:
    other = tmp_path / "ben.json"
    other.write_text(json.dumps({str(episode + 1): 5 for episode in range(len(LENGTHS))}))
    files.probabilities.compare(other)
    qtbot.waitUntil(lambda: isinstance(files.shown, ComparePanel))
    panel = files.compare_panel
    assert "count episodes from 0 or from 1?" in panel.counting.question.text()
    assert "--" not in panel.trouble.what.text() + panel.trouble.cure.text()
    with qtbot.waitSignal(desk.review.changed):
        click(panel.counting.answers[1])
    assert files.shown is None
    assert "of ben differ from these" in window.status.text()
    assert desk.scores is not None
