"""A labelled recording that trains in seconds, its dock, and hand-written runs."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pytest
from pytestqt.qtbot import QtBot

from classifier.config import Override, apply_overrides, config_text, settings_of
from labeler.contracts.events import Event, line
from labeler.dataset import open_dataset
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.document import to_text
from labeler.labels.episode import never, with_cutoff
from labeler.runs import process
from labeler.runs.record import Run, make_run
from labeler.session.default_places import runs_folder
from labeler.ui.desk.desk import Desk
from labeler.ui.training.dock import TrainingDock
from labeler.ui.training.outcome.results import ResultsView
from labeler.ui.training.panel import TrainingPanel
from labeler.ui.training.trainings import Training
from labeler.ui.window.main_window import MainWindow
from tests.conftest import recording_maker
from tests.labeler.ui.conftest import OpenWindow

GRIPPER = "observation.images.gripper"
LENGTHS = (12,) * 6
LONG = 100_000  # epochs of a run that has to be stopped
PATIENCE = 120_000  # ms: the trainer imports torch on a busy machine

SMALL: dict[str, object] = {
    "reward_model.model_name": "random",
    "reward_model.image_size": 32,
    "reward_model.hidden_dim": 16,
    "reward_model.latent_dim": 12,
    "reward_model.image_embedding_pooling_dim": 3,
    "reward_model.learning_rate": 1e-3,
    "reward_model.device": "cpu",
    "train.any_grid": True,
    "train.views": 0,
    "train.method": "network",  # goes on for as long as a test needs
    "train.epochs": 2,
    "train.cameras": [GRIPPER],
    "batch_size": 16,
}
"""Settings under which a run takes as long as importing torch."""


class WriteRun(Protocol):
    """Writes a run as a trainer that is gone would have left it."""

    def __call__(
        self,
        events: Sequence[Event] | str = (),
        *,
        log: str = "",
        stopping: bool = False,
        pid: int = 2**22 + 7,
    ) -> Run: ...


@pytest.fixture(autouse=True)
def small_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Features are cached below the test's folder; one thread; no network."""
    monkeypatch.setenv("LABELER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def small_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six episodes of twelve frames; only to be read."""
    make = recording_maker(tmp_path_factory.mktemp("small"))
    return make(lengths=LENGTHS, size=(48, 64), cameras=(GRIPPER,), name="small")


@pytest.fixture
def small_desk(open_window: OpenWindow, small_root: Path) -> Iterator[Desk]:
    """The recording open and labelled; processes that are left are ended."""
    window = open_window(small_root)
    desk = window.desk
    assert desk is not None
    label_all(desk)
    trainings = panel_of(desk).trainings
    yield desk
    for training in trainings.all:  # the window would ask about one that it takes for alive
        end(training.run)
        while training.alive:
            training.look()


def label_all(desk: Desk) -> None:
    """Success from about the middle, but for one episode that never succeeds."""
    desk.session.decide_many(labels_of_small(), what="label all")


def labels_of_small() -> dict[int, EpisodeLabel]:
    labels = {
        episode: with_cutoff(EpisodeLabel(length), 5 + episode % 3)
        for episode, length in enumerate(LENGTHS)
    }
    return {**labels, 5: never(EpisodeLabel(12))}


def end(run: Run) -> None:
    """Kill the process of a run, if it is still there."""
    while process.alive(run.record.pid, run.record.born):
        process.end(run.record.pid)


@pytest.fixture
def panel(small_desk: Desk) -> TrainingPanel:
    """The dock's place in the page; closed, with the list of runs read."""
    return panel_of(small_desk)


def panel_of(desk: Desk) -> TrainingPanel:
    window = desk.parent()
    return window.page.training


@pytest.fixture
def dock(panel: TrainingPanel, qtbot: QtBot) -> TrainingDock:
    """The dock, opened."""
    return opened(panel, qtbot)


def opened(panel: TrainingPanel, qtbot: QtBot) -> TrainingDock:
    panel.open_dock()
    qtbot.waitUntil(lambda: panel.dock is not None and panel.dock.isVisible(), timeout=60_000)
    assert panel.dock is not None
    return panel.dock


@pytest.fixture
def write_run(small_root: Path, tmp_path: Path) -> WriteRun:
    """Function that writes a run by hand; call it before the recording is opened."""

    def write(events=(), *, log="", stopping=False, pid=2**22 + 7):
        with open_dataset(small_root) as dataset:
            parent = runs_folder(dataset)
        labels = {0: with_cutoff(EpisodeLabel(12), 5)}
        run = make_run(parent, small_root, DatasetLabels(LENGTHS, labels), small_settings())
        text = events if isinstance(events, str) else "".join(f"{line(one)}\n" for one in events)
        run.events.write_text(text)
        run.log.write_text(log)
        born = process.birth(pid) or "1"
        return run.with_record(pid=pid, born=born, stopping=stopping)

    return write


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing for long, to stand for a trainer that is at work."""
    running = subprocess.Popen(["sleep", "600"])
    yield running
    running.kill()
    running.wait()


def small_settings(**changes: object) -> str:
    """Settings of a small run as the form gives them; a change is written `train__epochs=9`."""
    told = SMALL | {name.replace("__", "."): value for name, value in changes.items()}
    overrides = [Override(tuple(name.split(".")), value) for name, value in told.items()]
    return config_text(settings_of(apply_overrides({}, overrides)).config)


def train_small(root: Path, folder: Path, **changes: object) -> Path:
    """Train on a labelled `small_root`: `run` and `events.jsonl` are in the folder afterwards."""
    (folder / "labels.json").write_text(to_text(DatasetLabels(LENGTHS, labels_of_small())))
    (folder / "train.json").write_text(small_settings(**changes))
    given = [f"--config_path={folder}/train.json", f"--labels={folder}/labels.json"]
    given += [f"--output_dir={folder}/run", f"--events={folder}/events.jsonl"]
    command = [sys.executable, "-m", "classifier", str(root), *given]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def put_run(write_run: WriteRun, trained: Path) -> Run:
    """What `train_small` left, where the window finds it."""
    run = write_run((trained / "events.jsonl").read_text())
    shutil.copytree(trained / "run", run.output, symlinks=True)
    return run


def results_of(window: MainWindow, qtbot: QtBot) -> ResultsView:
    """The results of the recording's run, in the dock."""
    assert window.desk is not None
    panel = panel_of(window.desk)
    wait_for(qtbot, lambda: panel.trainings.all)
    dock = opened(panel, qtbot)
    assert dock.pages.currentWidget() is dock.results
    return dock.results


def wait_for(qtbot: QtBot, condition: Callable[[], object]) -> None:
    """Wait for something that a real process has to do first."""
    qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)


def wait_for_end(qtbot: QtBot, training: Training) -> None:
    wait_for(qtbot, lambda: not training.alive)
