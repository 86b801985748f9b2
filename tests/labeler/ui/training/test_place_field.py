"""Where frames are encoded: chosen in the form, looked up beside the window, passed on."""

import os
import socket
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from labeler.runs.story import Phase
from labeler.ui.desk.desk import Desk
from labeler.ui.training.dock import TrainingDock
from labeler.ui.training.setup.form import TrainingForm
from labeler.ui.training.setup.place_field import PlaceControl
from tests.classifier.cluster.conftest import nodes
from tests.classifier.cluster.nodes import Nodes
from tests.labeler.ui.training.conftest import SMALL, wait_for, wait_for_end

__all__ = ["nodes"]  # a fixture

SCHEDULER, JOBS = "Scheduler of a cluster", "Jobs of a queue"
NOBODY = "tcp://127.0.0.1:9"


def choose(where: PlaceControl, kind: str, text: str = "") -> None:
    """As an operator does: a kind from the list, then what its line asks for."""
    where.kind.setCurrentText(kind)
    where.kind.activated.emit(where.kind.currentIndex())
    if text:
        where.name.setText(text)
        where.name.editingFinished.emit()


def told(form: TrainingForm) -> str:
    return form.fields["place"].note.text()


def problem(form: TrainingForm) -> str:
    return form.fields["place"].problem.text()


def wait_for_answer(qtbot: QtBot, form: TrainingForm) -> None:
    assert form.where.tool.running and told(form) == "Looking for nodes…"
    wait_for(qtbot, lambda: not form.where.tool.running)


@pytest.fixture
def form(dock: TrainingDock) -> TrainingForm:
    """The form of a recording that trains in seconds, seen."""
    for name, value in SMALL.items():
        dock.form.given.put(name, value)
    dock.show_form()
    assert dock.form.start_button.isEnabled(), dock.form.problems()
    return dock.form


def test_nodes_are_shown_before_the_start_and_the_training_runs_there(
    form: TrainingForm, dock: TrainingDock, nodes: Nodes, small_desk: Desk, qtbot: QtBot
) -> None:
    nodes.wait_for_workers(2)
    imported = "distributed" in sys.modules  # by another test of this process
    choose(form.where, SCHEDULER, nodes.address)
    assert form.start_button.isEnabled()
    wait_for_answer(qtbot, form)
    assert problem(form) == ""
    assert told(form).startswith("1 node: 2 workers with 2 cores, ")
    assert f"{socket.gethostname()}: 2 workers, 2 of {os.cpu_count()} CPUs" in told(form)
    form.start_button.click()
    [training] = dock.trainings.all
    wait_for_end(qtbot, training)
    assert training.story.phase is Phase.FINISHED, training.log()
    assert training.run.record.place == nodes.address
    sentence = f"Frames are encoded on 1 node of {nodes.address}, by 2 workers with 2 cores."
    assert sentence in training.run.events.read_text()
    assert ("distributed" in sys.modules) == imported and "torch" not in _new_modules(imported)
    again = TrainingForm(small_desk)
    assert again.where.place == nodes.address and not again.where.tool.running
    again.where.show_place("")
    dock.table.choose(training)
    dock.again_button.click()
    assert form.where.place == nodes.address


def _new_modules(imported: bool) -> set[str]:
    return set() if imported else set(sys.modules)


def test_what_is_wrong_with_a_cluster_is_said_beside_the_field(
    form: TrainingForm, qtbot: QtBot
) -> None:
    choose(form.where, SCHEDULER, NOBODY)
    wait_for_answer(qtbot, form)
    assert problem(form).startswith(f"No Dask scheduler answers at {NOBODY}")
    assert "Check address, port and certificates" in problem(form)
    assert not form.start_button.isEnabled()
    form.where.ask_button.click()
    assert problem(form) == "" and form.where.tool.running
    choose(form.where, "This machine")
    assert not form.where.tool.running and form.start_button.isEnabled()
    assert form.where.place == "local" and told(form) == "" and form.where.ask_button.isHidden()


def test_a_scheduler_whose_workers_come_later_is_looked_at_again(
    form: TrainingForm, tmp_path: Path, qtbot: QtBot
) -> None:
    cluster = Nodes(tmp_path)
    try:
        choose(form.where, SCHEDULER, str(cluster.file))
        wait_for_answer(qtbot, form)
        assert "No worker is connected to" in problem(form) and "look again" in problem(form)
        cluster.start_worker()
        cluster.wait_for_workers(1)
        form.where.ask_button.click()
        wait_for_answer(qtbot, form)
        assert told(form).startswith("1 node: 1 worker with 1 core, ") and problem(form) == ""
    finally:
        cluster.close()


def test_workers_of_this_machine_and_jobs_of_a_queue(
    form: TrainingForm, tmp_path: Path, qtbot: QtBot
) -> None:
    choose(form.where, "Dask workers on this machine")
    assert form.where.place == "dask"
    wait_for_answer(qtbot, form)
    assert told(form).startswith(f"1 node: {os.cpu_count()} workers with ")
    file = tmp_path / "queue.yaml"
    file.write_text(
        "jobqueue: {local: {cores: 1, memory: 2GB, interface: lo}}\njobs: 3\n", encoding="utf-8"
    )
    choose(form.where, JOBS, str(file))
    wait_for_answer(qtbot, form)
    assert told(form).startswith("3 jobs of local, each with 1 core and 2GB. ")
    file.write_text("jobs: 3")
    form.where.ask_button.click()
    wait_for_answer(qtbot, form)
    assert "does not say which queue takes the jobs" in problem(form)


def test_a_place_that_is_none_is_known_without_asking(form: TrainingForm, tmp_path: Path) -> None:
    choose(form.where, SCHEDULER)
    assert "Type the scheduler's address" in problem(form)
    choose(form.where, SCHEDULER, str(tmp_path / "absent.json"))
    assert problem(form) == f"There is no {tmp_path / 'absent.json'}."
    (tmp_path / "notes.txt").write_text("")
    choose(form.where, SCHEDULER, str(tmp_path / "notes.txt"))
    assert "is not the .json file that a scheduler writes" in problem(form)
    choose(form.where, JOBS)
    assert problem(form) == "Choose the file that describes the jobs."
    choose(form.where, JOBS, str(tmp_path / "notes.txt"))
    assert "is not a .yaml file" in problem(form)
    assert not form.start_button.isEnabled() and not form.where.tool.running


def test_a_cluster_that_was_remembered_is_looked_at_when_the_form_is_seen(
    form: TrainingForm, dock: TrainingDock, small_desk: Desk, qtbot: QtBot
) -> None:
    choose(form.where, SCHEDULER, NOBODY)
    form._remember()
    again = TrainingForm(small_desk)
    qtbot.addWidget(again)
    assert again.where.place == NOBODY and not again.where.tool.running
    again.show()
    assert again.where.tool.running and form.where.tool.running
    again.where.end()
    dock.end()
    assert not form.where.tool.running


def test_suggestions_are_predicted_at_the_place_of_the_form(
    form: TrainingForm, dock: TrainingDock, small_desk: Desk, qtbot: QtBot
) -> None:
    form.start_button.click()
    [training] = dock.trainings.all
    wait_for_end(qtbot, training)
    form.where.show_place(NOBODY)
    dock.results.show_run(training.run)
    said: list[str] = []
    small_desk.said.connect(said.append)
    dock.results.use()
    wait_for(qtbot, lambda: not dock.results.tool.running)
    assert f"No Dask scheduler answers at {NOBODY}" in said[-1]
    form.where.show_place("local")
    dock.results.use()
    wait_for(qtbot, lambda: training.run.scores.is_file() and not dock.results.tool.running)
