"""Real training processes: started, stopped, killed, resumed, discarded, found again."""

import json
import os
import resource
import signal
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from labeler.contracts.events import Started
from labeler.labels.episode import with_cutoff
from labeler.runs import process
from labeler.runs.record import make_run
from labeler.runs.story import Phase
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.cures import words
from labeler.ui.training.panel import TrainingPanel
from labeler.ui.training.trainings import Training
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import NewWindow, Press, wait_for_picture
from tests.labeler.ui.training.conftest import (
    LONG,
    WriteRun,
    opened,
    panel_of,
    small_settings,
    wait_for,
    wait_for_end,
)


def test_a_training_runs_beside_the_window_and_tells_how_it_went(
    panel: TrainingPanel, small_desk: Desk, qtbot: QtBot
) -> None:
    training = panel.trainings.start(small_settings(train__folds=2), " first\nnight ")
    assert training.name == training.run.record.name == "first night"
    assert panel.trainings.watching
    assert process.birth(training.run.record.pid) == training.run.record.born
    assert os.getsid(training.run.record.pid) != os.getsid(0)
    ours, pid = os.getpriority(os.PRIO_PROCESS, 0), training.run.record.pid
    wait_for(qtbot, lambda: os.getpriority(os.PRIO_PROCESS, pid) > ours)
    wait_for_end(qtbot, training)
    assert training.story.phase is Phase.FINISHED, training.log()
    assert len(training.story.steps) == 2
    assert training.story.evaluations[0].loss > 0
    assert training.story.figures["accuracy"] is not None
    assert training.run.report.is_file()
    assert training.run.out_of_fold.is_file()
    assert training.failure is None
    assert not panel.trainings.watching
    told = json.loads((training.run.output / "train_config.json").read_text())
    assert told["train"]["labels"] == str(training.run.labels)
    assert told["train"]["threads"] == max((os.cpu_count() or 1) - 1, 1)
    change_a_label(small_desk)
    assert training.changed_since == {0}
    small_desk.session.undo()
    assert training.changed_since == set()


STARTED = Started(
    output_dir="", device="Device: cpu", encoder="random", train_frames=60, held_out_frames=12,
    train_episodes=5, held_out_episodes=1, steps=10,
)  # fmt: skip


def change_a_label(desk: Desk) -> None:
    desk.session.decide(0, with_cutoff(desk.session.label(0), 9), frame=9, what="test")


def test_a_stopped_training_keeps_what_it_has_and_is_resumed(
    panel: TrainingPanel, qtbot: QtBot
) -> None:
    trainings = panel.trainings
    training = trainings.start(small_settings(train__epochs=LONG, train__patience=None))
    wait_for(qtbot, lambda: len(training.story.steps) > 2)
    trainings.stop(training)
    wait_for_end(qtbot, training)
    assert training.story.phase is Phase.STOPPED
    assert training.failure is None
    reached = training.story.finished.step
    assert training.run.can_resume
    trainings.resume(training)
    wait_for(qtbot, lambda: training.story.steps and training.story.steps[-1].step > reached)
    assert training.story.started.first_step == reached
    steps = [one.step for one in training.story.steps]
    assert steps == sorted(set(steps))
    assert trainings.discard(training) is None
    wait_for(qtbot, lambda: not trainings.all)
    [kept] = (trainings.folder.parent.parent / "trash").glob("*/*")
    assert (kept / "run" / "train_config.json").is_file()


def test_a_training_stopped_before_its_first_step_has_words_and_is_started_again(
    panel: TrainingPanel, qtbot: QtBot
) -> None:
    dock = opened(panel, qtbot)
    dock.start(small_settings(train__epochs=LONG, train__patience=None))
    [training] = panel.trainings.all
    live = dock.live
    qtbot.waitUntil(live.without.isVisible)
    assert live.without.text() == "The curves begin with the first training step."
    dock.stop_button.click()
    wait_for_end(qtbot, training)
    assert training.story.phase is Phase.STOPPED and not training.story.steps
    assert live.state.text() == "Stopped before the first step."
    assert f"“{dock.resume_button.text()}” continues" in live.without.text()
    assert not live.curves.isVisible()
    dock.resume_button.click()
    wait_for(qtbot, lambda: len(training.story.steps) > 1)
    wait_for(qtbot, live.curves.isVisible)
    assert not live.without.isVisible()


def test_a_killed_trainer_is_told_and_can_be_resumed(
    panel: TrainingPanel, small_desk: Desk, qtbot: QtBot
) -> None:
    training = panel.trainings.start(small_settings(train__epochs=LONG, train__patience=None))
    wait_for(qtbot, lambda: training.story.steps)
    with qtbot.waitSignal(small_desk.said, timeout=30_000) as said:
        os.kill(training.run.record.pid, signal.SIGKILL)
    assert "killed" in said.args[0]
    assert training.story.phase is Phase.DIED
    assert "Resume" in words(training.failure.cures)
    assert training.run.can_resume


def test_a_trainer_killed_before_its_first_word_is_told_too(
    panel: TrainingPanel, small_desk: Desk, qtbot: QtBot
) -> None:
    training = panel.trainings.start(small_settings(train__epochs=LONG, train__patience=None))
    wait_for(qtbot, lambda: training.run.record.pid)
    with qtbot.waitSignal(small_desk.said, timeout=30_000) as said:
        os.kill(training.run.record.pid, signal.SIGKILL)
    assert "killed" in said.args[0]
    assert training.story.phase is Phase.DIED
    assert training.failure.message and training.failure.cures


def test_a_window_that_comes_back_finds_its_running_training(
    panel: TrainingPanel, small_desk: Desk, small_root: Path, new_window: NewWindow, qtbot: QtBot
) -> None:
    window = small_desk.parent()
    training = panel.trainings.start(small_settings(train__epochs=LONG, train__patience=None))
    wait_for(qtbot, lambda: training.story.steps)
    window.close()
    assert window.isVisible(), "it asks first"
    assert panel.question.isVisible()
    panel.question.answers["Leave it running"].click()
    assert not window.isVisible()
    assert process.alive(training.run.record.pid, training.run.record.born)
    again = new_window()
    with qtbot.waitSignal(again.opening.opened, timeout=20_000):
        again.open(small_root)
    qtbot.waitUntil(lambda: again.desk is not None)
    wait_for_picture(again, qtbot)
    trainings = panel_of(again.desk).trainings
    wait_for(qtbot, lambda: trainings.alive)
    [attached] = trainings.alive
    assert attached.run == training.run
    assert len(attached.story.steps) >= len(training.story.steps)
    more = len(attached.story.steps) + 1
    wait_for(qtbot, lambda: len(attached.story.steps) > more)
    again.close()
    panel_of(again.desk).question.answers["Stop and close"].click()
    wait_for(qtbot, lambda: not again.isVisible())
    assert attached.story.phase is Phase.STOPPED


@pytest.fixture
def busy(write_run: WriteRun, sleeper, open_window, small_root: Path, qtbot: QtBot):
    """The panel of a window that has found a training at work, from an earlier window."""
    write_run([STARTED], pid=sleeper.pid)
    panel = panel_of(open_window(small_root).desk)
    wait_for(qtbot, lambda: panel.trainings.alive)
    return panel


def test_closing_twice_leaves_the_training_running(busy: TrainingPanel, sleeper) -> None:
    window = busy.window()
    window.close()
    assert window.isVisible()
    window.close()
    assert not window.isVisible()
    assert sleeper.poll() is None


def test_staying_keeps_the_window_until_it_is_closed_again(
    busy: TrainingPanel, sleeper, qtbot: QtBot
) -> None:
    busy.window().close()
    busy.question.answers["Do not close"].click()
    assert not busy.question.isVisible()
    sleeper.kill()
    sleeper.wait()
    wait_for(qtbot, lambda: not busy.trainings.alive)
    assert busy.window().isVisible()
    assert busy.trainings.all[0].story.phase is Phase.DIED


def test_the_palette_stops_a_training(
    panel: TrainingPanel, small_desk: Desk, press: Press, qtbot: QtBot
) -> None:
    """By keys alone, wherever the focus is."""
    window = small_desk.parent()
    assert isinstance(window, MainWindow)
    training = panel.trainings.start(small_settings(train__epochs=LONG, train__patience=None))
    wait_for(qtbot, lambda: training.story.steps)
    press(window, "Ctrl+K")
    qtbot.keyClicks(window.commands.field, "stop")
    press(window, "Return")
    assert window.status.text().startswith("Stopping: ")
    wait_for(qtbot, lambda: not training.alive)
    assert training.story.phase is Phase.STOPPED
    window.actions_by_id["train.stop"].trigger()
    assert window.status.text() == "No training is running."


def test_stopping_asks_the_process_and_closes_when_it_is_gone(
    busy: TrainingPanel, sleeper, qtbot: QtBot
) -> None:
    window, [training] = busy.window(), busy.trainings.all
    window.close()
    busy.question.answers["Stop and close"].click()
    wait_for(qtbot, lambda: sleeper.poll() is not None)
    wait_for(qtbot, lambda: not window.isVisible())
    assert sleeper.returncode == -signal.SIGINT
    assert training.story.phase is Phase.STOPPED


def test_a_setting_that_the_trainer_refuses_is_told_with_its_cure(
    panel: TrainingPanel, qtbot: QtBot
) -> None:
    training = panel.trainings.start(small_settings(reward_model__device="cuda:7"))
    wait_for_end(qtbot, training)
    assert training.story.phase is Phase.FAILED
    assert training.failure.setting == "reward_model.device"
    assert "cuda:7" in training.failure.message
    assert training.failure.cures


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no disk that is full")
def test_a_full_disk_is_told_and_the_run_goes_on_once_there_is_room(
    panel: TrainingPanel, small_desk: Desk, qtbot: QtBot
) -> None:
    trainings, session = panel.trainings, small_desk.session
    wait_for(qtbot, lambda: trainings.folder is not None)
    labels = session.labels()
    run = make_run(trainings.folder, session.dataset.root, labels, small_settings())
    run.events.symlink_to("/dev/full")  # every write fails as on a disk without room
    training = Training(run)
    trainings.all.append(training)
    trainings.resume(training)
    wait_for_end(qtbot, training)
    assert training.story.phase is Phase.DIED, "nothing can be told on a full disk"
    assert "The disk is full at" in training.failure.message
    assert words(training.failure.cures).startswith("Free some room")
    run.events.unlink()
    trainings.resume(training)
    wait_for_end(qtbot, training)
    assert training.story.phase is Phase.FINISHED


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="no limit for a running process")
def test_a_write_that_fails_in_the_middle_leaves_what_was_saved(
    panel: TrainingPanel, qtbot: QtBot
) -> None:
    settings = small_settings(train__epochs=LONG, train__patience=None)
    training = panel.trainings.start(settings)
    wait_for(qtbot, lambda: len(training.story.steps) > 2)
    size = training.run.events.stat().st_size
    resource.prlimit(training.run.record.pid, resource.RLIMIT_FSIZE, (size, size))
    wait_for_end(qtbot, training)
    assert training.story.phase is Phase.DIED
    assert "events.jsonl" in training.failure.message
    assert training.failure.cures
    reached = training.story.steps[-1].step
    assert training.run.can_resume
    panel.trainings.resume(training)
    wait_for(qtbot, lambda: training.story.steps and training.story.steps[-1].step > reached)


@pytest.mark.parametrize("kind", ["garbage", "nothing", "half a line", "newer"])
def test_a_strange_trainer_is_no_trouble(
    kind: str, write_run: WriteRun, open_window, small_root: Path, qtbot: QtBot
) -> None:
    step = '{"version": 1, "event": "step", "step": 3, "epoch": 1, "loss": 0.5, '
    rest = '"learning_rate": 0.1, "seconds": 1.0}'
    text = {
        "garbage": f"\x00\x01\nnonsense\n[1]\n{step}{rest}\n",
        "nothing": "",
        "half a line": f"{step}{rest}\n{step}",
        "newer": f'{{"version": 2, "event": "dance"}}\n{step}{rest}\n',
    }[kind]
    write_run(text, log="")
    window = open_window(small_root)
    trainings = panel_of(window.desk).trainings
    wait_for(qtbot, lambda: trainings.all)
    [training] = trainings.all
    assert training.story.phase is Phase.DIED
    assert training.failure.message
    assert [one.step for one in training.story.steps] == ([] if kind == "nothing" else [3])
    assert training.tail.newer is (kind == "newer")
    assert not trainings.watching
