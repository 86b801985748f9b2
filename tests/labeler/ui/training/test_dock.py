"""The dock: loaded when it is opened, draws while it is seen, tells failures where they are."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from labeler.contracts.events import Encoding, Failed, Finished
from labeler.cures import Advice
from labeler.labels.episode import clear
from labeler.ui.desk.desk import Desk
from labeler.ui.training.curves import LiveCurves, Shown, new_plot, smooth, train_loss
from labeler.ui.training.dock import TrainingDock
from labeler.ui.training.outcome.threshold_curves import ThresholdCurves
from labeler.ui.training.panel import TrainingPanel
from labeler.video import thumbnails
from tests.labeler.runs.test_story import STARTED, judged, step
from tests.labeler.ui.conftest import OpenWindow, Press
from tests.labeler.ui.training.conftest import GRIPPER, WriteRun, opened, panel_of, wait_for

RUN = [STARTED, step(10, 1.0), judged(10, best=True), step(20, 2.0), judged(20, best=False)]


class Paints(QObject):
    """Counts how often widgets are painted."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.count = 0
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, target: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


@pytest.fixture
def running(write_run: WriteRun, sleeper, open_window: OpenWindow, small_root: Path, qtbot: QtBot):
    """The panel with a run that is at work; its file of events, to be gone on with."""
    run = write_run(RUN, pid=sleeper.pid)
    panel = panel_of(open_window(small_root).desk)
    wait_for(qtbot, lambda: panel.trainings.alive)
    yield panel, run
    panel.window().close()  # it asks; closed once more, it leaves the run alone


def tell(run, *events) -> None:
    with run.events.open("a") as file:
        for event in events:
            file.write(json.dumps({"version": 1, **event.model_dump(mode="json")}) + "\n")


def test_nothing_of_the_plots_is_loaded_before_the_dock_is_opened() -> None:
    code = (
        "import sys, labeler.ui.window.app, labeler.ui.window.main_window;"
        "sys.exit('pyqtgraph' in sys.modules or 'labeler.ui.training.dock' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_curves_follow_a_run_while_they_are_seen_and_rest_while_not(running, qtbot: QtBot) -> None:
    panel, run = running
    dock = opened(panel, qtbot)
    curves = dock.live.curves
    wait_for(qtbot, lambda: curves.drawings)
    [training] = panel.trainings.all
    assert dock.training is training
    drawn = curves.drawings
    tell(run, step(30, 3.0), judged(30, best=True))
    wait_for(qtbot, lambda: curves.drawings > drawn and "Step 30 of 100" in dock.live.state.text())
    panel.close_dock()
    drawn, paints = curves.drawings, Paints(curves.loss.viewport(), curves.quality.viewport())
    tell(run, step(40, 4.0), judged(40, best=False))
    wait_for(qtbot, lambda: len(training.story.steps) == 4)
    qtbot.wait(700)
    assert (curves.drawings, paints.count) == (drawn, 0)
    panel.open_dock()
    wait_for(qtbot, lambda: curves.drawings > drawn and paints.count)


def test_a_curve_that_only_grows_is_not_made_anew(running, qtbot: QtBot) -> None:
    panel, run = running
    curves = opened(panel, qtbot).live.curves
    wait_for(qtbot, lambda: curves.drawings)
    items = curves.loss.getPlotItem().listDataItems()
    drawn = curves.drawings
    tell(run, step(30, 3.0))
    wait_for(qtbot, lambda: 30 in [item.getData()[0][-1] for item in items])
    assert curves.drawings > drawn
    assert curves.loss.getPlotItem().listDataItems() == items


def test_a_window_closed_while_the_dock_is_being_made_leaves_no_worker(
    panel: TrainingPanel, small_desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "_END", 60.0)  # a busy machine lets it end late
    panel.open_dock()
    qtbot.waitUntil(lambda: panel.findChild(TrainingDock) is not None, timeout=60_000)
    small_desk.parent().close()
    assert not [t.name for t in threading.enumerate() if t.name in ("thumbnails", "dock")]


def test_many_events_are_drawn_at_most_twice_a_second(running, qtbot: QtBot) -> None:
    panel, _ = running
    curves = opened(panel, qtbot).live.curves
    wait_for(qtbot, lambda: curves.drawings)
    drawn = curves.drawings
    for _ in range(200):
        curves.refresh()
    assert curves.drawings <= drawn + 1
    wait_for(qtbot, lambda: curves.drawings > drawn)


def test_exact_values_are_told_under_the_pointer(running, qtbot: QtBot) -> None:
    panel, _ = running
    dock = opened(panel, qtbot)
    curves = dock.live.curves
    wait_for(qtbot, lambda: curves.drawings)
    at = curves.loss.getPlotItem().vb.mapViewToScene
    curves.loss.scene().sigMouseMoved.emit(at(curves.loss.getPlotItem().vb.viewRect().center()))
    told = dock.live.values.text()
    assert "held out 0.5000" in told and "accuracy 90.0%" in told and "F1 0.800" in told


def test_two_runs_are_compared_in_one_plot(running, write_run: WriteRun, qtbot: QtBot) -> None:
    panel, _ = running
    dock = opened(panel, qtbot)
    curves = dock.live.curves
    stories = [Shown("a", panel.trainings.all[0].story)] * 2
    curves.show_stories(stories)
    names = [label.text for _, label in curves.loss.getPlotItem().legend.items]
    assert names == ["a", "a"]
    assert dock.live.smoothing.value() == 0
    loss = train_loss(stories[0].story)[1]
    assert smooth(loss, 0.9)[0] == pytest.approx(loss[0])
    assert loss.min() < smooth(loss, 0.9)[1] < loss.max()


@pytest.mark.parametrize("count", [1, 2, 6])
def test_a_legend_lies_over_no_curve(running, qtbot: QtBot, count: int) -> None:
    panel, _ = running
    curves = opened(panel, qtbot).live.curves
    story = panel.trainings.all[0].story
    curves.show_stories([Shown(f"{number} {'resnet18_' * 12}", story) for number in range(count)])
    qtbot.wait(50)
    for plot in (curves.loss, curves.quality):
        item = plot.getPlotItem()
        legend = item.legend.mapRectToScene(item.legend.boundingRect())
        assert legend.bottom() <= item.vb.sceneBoundingRect().top() + 1
        assert legend.left() >= plot.sceneRect().left() and legend.width() > 0


def test_a_failure_is_told_in_the_dock_and_beside_its_field(
    write_run: WriteRun, open_window: OpenWindow, small_root: Path, qtbot: QtBot
) -> None:
    write_run(
        [
            Failed(
                message="The device cuda is not available here.",
                cures=(Advice("Use the cpu."),),
                setting="reward_model.device",
            )
        ]
    )
    panel = panel_of(open_window(small_root).desk)
    wait_for(qtbot, lambda: panel.trainings.all)
    dock = opened(panel, qtbot)
    assert dock.failure.isVisible()
    assert dock.failure.message.text() == "The device cuda is not available here."
    assert dock.failure.hint.text() == "Use the cpu."
    dock.failure.settings.click()
    assert dock.pages.currentWidget() is dock.form
    assert "cuda" in dock.form.fields["reward_model.device"].problem.text()


@pytest.mark.parametrize(
    ("failed", "field"),
    [
        (
            Failed(
                message="The disk is full at /data/crop/labels.", cures=(Advice("Free some room."),)
            ),
            "",
        ),
        (
            Failed(message="It takes no images of 7x7.", setting="reward_model.image_size"),
            "reward_model.image_size",
        ),
    ],
)
def test_a_failure_stands_beside_the_field_that_the_trainer_named_or_none(
    failed: Failed,
    field: str,
    write_run: WriteRun,
    open_window: OpenWindow,
    small_root: Path,
    qtbot: QtBot,
) -> None:
    write_run([failed])
    panel = panel_of(open_window(small_root).desk)
    wait_for(qtbot, lambda: panel.trainings.all)
    dock = opened(panel, qtbot)
    dock.failure.settings.click()
    told = [name for name, one in dock.form.fields.items() if failed.message in one.problem.text()]
    assert told == ([field] if field else [])


def test_a_process_that_said_nothing_leaves_no_empty_box(
    write_run: WriteRun, open_window: OpenWindow, small_root: Path, qtbot: QtBot
) -> None:
    write_run(RUN, log="loading\nTraceback\ntorch.OutOfMemoryError: CUDA out of memory.\n")
    panel = panel_of(open_window(small_root).desk)
    wait_for(qtbot, lambda: panel.trainings.all)
    dock = opened(panel, qtbot)
    assert "out of memory" in dock.failure.message.text()
    assert dock.resume_button.isVisible()
    dock.live.log_button.click()
    assert "loading" in dock.live.log.toPlainText()


ENCODED = Encoding(done=12, total=72, frames_per_second=6.0)
ENDS = {
    "stopped, with nothing kept": (
        [], True, False, "Stopped before the first step.", ("no curves and no classifier", "Start"),
    ),
    "stopped while encoding": (
        [STARTED, ENCODED, Finished(output_dir="", reason="stopped", step=0, best_step=0)],
        True, True, "Stopped before the first step.", ("no curves and no classifier", "“Resume”"),
    ),
    "killed": ([STARTED, ENCODED], False, False, "Interrupted.", ("ended before its first step",)),
}  # fmt: skip


@pytest.mark.parametrize("end", ENDS)
def test_a_training_without_a_step_says_so_in_the_place_of_empty_axes(
    write_run: WriteRun, open_window: OpenWindow, small_root: Path, qtbot: QtBot, end: str
) -> None:
    events, stopping, kept, state, told_instead = ENDS[end]
    run = write_run(events, stopping=stopping)
    if kept:
        run.output.mkdir(parents=True)
        (run.output / "train_config.json").write_text("{}")
    panel = panel_of(open_window(small_root).desk)
    wait_for(qtbot, lambda: panel.trainings.all and not panel.trainings.alive)
    dock = opened(panel, qtbot)
    dock.table.choose(panel.trainings.all[0])
    live = dock.live
    qtbot.waitUntil(live.without.isVisible)
    assert live.state.text() == state
    assert all(text in live.without.text() for text in told_instead)
    assert not live.curves.isVisible() and not live.smoothing.isEnabled()
    assert dock.resume_button.isVisible() and dock.new_button.isVisible()
    assert dock.resume_button.text() == ("Resume" if kept else "Start again")
    tell(run, *RUN, Finished(output_dir="", reason="steps", step=20, best_step=10))
    dock.trainings.all[0].look()
    live.refresh()
    assert live.curves.isVisible() and not live.without.isVisible()


def test_the_program_that_is_newer_is_told_once(
    write_run: WriteRun, open_window: OpenWindow, small_root: Path, qtbot: QtBot
) -> None:
    write_run('{"version": 2, "event": "a"}\n{"version": 2, "event": "b"}\n')
    panel = panel_of(open_window(small_root).desk)
    wait_for(qtbot, lambda: panel.trainings.all)
    dock = opened(panel, qtbot)
    assert dock.live.notes.text().count("newer than this window") == 1


def test_labels_changed_since_are_counted_in_the_list(
    write_run: WriteRun, open_window: OpenWindow, small_root: Path, qtbot: QtBot
) -> None:
    write_run(RUN)  # its labels say success from 5 of episode 0, and nothing of the others
    desk = open_window(small_root).desk
    panel = panel_of(desk)
    wait_for(qtbot, lambda: panel.trainings.all)
    model = opened(panel, qtbot).table.runs

    def told() -> str:
        return str(model.index(0, 4).data())

    assert told() == "1 change"
    desk.session.decide_many(dict(panel.trainings.all[0].labels.touched), what="same")
    assert told() == "as now"
    desk.session.decide(0, clear(desk.session.label(0)), frame=0, what="clear")
    assert told() == "1 change"


def test_discarding_asks_in_place_and_keeps_the_folder(
    write_run: WriteRun, open_window: OpenWindow, small_root: Path, qtbot: QtBot
) -> None:
    run = write_run(RUN)
    panel = panel_of(open_window(small_root).desk)
    wait_for(qtbot, lambda: panel.trainings.all)
    dock = opened(panel, qtbot)
    dock.discard_button.click()
    dock.question.answers["Keep"].click()
    assert run.folder.is_dir()
    dock.discard_button.click()
    dock.question.answers["Discard"].click()
    assert not run.folder.exists()
    [kept] = (run.folder.parents[2] / "trash").glob("*/*/run.json")
    assert kept.is_file()
    assert not panel.trainings.all
    assert dock.pages.currentWidget() is dock.form


def test_the_form_knows_what_is_missing_before_anything_is_started(
    open_window: OpenWindow, small_root: Path, qtbot: QtBot
) -> None:
    dock = opened(panel_of(open_window(small_root).desk), qtbot)
    dock.show_form()
    assert "No episode is labelled yet" in dock.form.general.text()
    assert not dock.form.start_button.isEnabled()


def test_the_form_says_what_does_not_fit_beside_the_field(dock: TrainingDock) -> None:
    form = dock.form
    dock.show_form()
    assert form.start_button.isEnabled()
    form.folds.setValue(7)
    assert "6 labelled episodes" in form.fields["train.folds"].problem.text()
    assert not form.start_button.isEnabled()
    problem = form.fields["train.folds"].problem.text()  # may be scrolled out of sight
    assert form.start_button.toolTip() == form.labels.text() == problem
    form.folds.setValue(3)
    assert form.start_button.isEnabled() and not form.start_button.toolTip()
    assert form.labels.text().startswith("6 labelled: ")
    form.given.put("batch_size", "many")
    assert "batch_size" in form.general.text()


def test_the_hub_is_named_before_it_is_asked(dock: TrainingDock) -> None:
    form = dock.form
    assert form.start_button.text() == "Contact the Hub and train"
    assert "huggingface.co" in form.fields["reward_model.model_name"].note.text()
    form.given.put("reward_model.model_name", "random")
    assert form.start_button.text() == "Start training"
    assert "Nothing is fetched" in form.fields["reward_model.model_name"].note.text()


def test_presets_are_lerobot_json_and_come_back(
    dock: TrainingDock, small_desk: Desk, tmp_path: Path
) -> None:
    form, path = dock.form, tmp_path / "preset.json"
    small_desk.show_crops({GRIPPER: (1, 2, 30, 40)})
    form.epochs.setValue(7)
    form.save(path)
    told = json.loads(path.read_text())
    assert told["reward_model"]["type"] == "reward_classifier"
    assert told["dataset"]["crop_params_dict"] == {GRIPPER: [1, 2, 30, 40]}
    before = dict(form.given.values)
    form.epochs.setValue(9)
    small_desk.show_crops({})
    form.load(path)
    assert form.given.values == before
    assert small_desk.crops == {GRIPPER: (1, 2, 30, 40)}
    form.crop.use.click()
    assert form.given.get("dataset.crop_params_dict") == {}
    small_desk.show_crops({GRIPPER: (1, 2, 30, 30)})
    assert form.given.get("dataset.crop_params_dict") == {}  # the user said no
    form.crop.use.click()
    assert form.given.get("dataset.crop_params_dict") == {GRIPPER: [1, 2, 30, 30]}
    assert form.epochs.value() == 7


def test_every_setting_can_be_changed_in_the_table(dock: TrainingDock) -> None:
    model = dock.form.advanced.model
    row = next(n for n, option in enumerate(model.options) if option.path == "batch_size")
    model.setData(model.index(row, 1), "32")
    assert dock.form.given.settings().config.batch_size == 32
    model.setData(model.index(row, 1), "")
    assert "batch_size" not in dock.form.given.values


def test_a_training_is_chosen_although_keys_are_held_down(
    write_run: WriteRun, open_window: OpenWindow, small_root: Path, press: Press, qtbot: QtBot
) -> None:
    write_run(RUN)
    panel = panel_of(open_window(small_root).desk)
    wait_for(qtbot, lambda: panel.trainings.all)
    press(panel.window(), "Ctrl+Shift+T")  # Qt believes that Ctrl and Shift stay down
    assert opened(panel, qtbot).training is panel.trainings.all[0]


def test_keys_open_and_close_it(panel: TrainingPanel, press: Press, qtbot: QtBot) -> None:
    press(panel.window(), "Ctrl+Shift+T")
    assert panel.isVisible()
    wait_for(qtbot, lambda: panel.dock)
    press(panel.window(), "Ctrl+Shift+T")
    assert not panel.isVisible()


def test_nothing_is_marked_between_two_steps(qtbot: QtBot) -> None:
    plot = new_plot("loss", steps=True)
    qtbot.addWidget(plot)
    axis = plot.getPlotItem().getAxis("bottom")
    for last in (2, 4, 7, 1000):
        levels = axis.tickValues(1, last, 400)
        values = [value for _, marks in levels for value in marks]
        assert values and all(float(value).is_integer() for value in values), last


@pytest.mark.parametrize("kind", [LiveCurves, ThresholdCurves])
def test_legends_are_beside_the_title_and_not_over_curves(
    kind: type[QWidget], qtbot: QtBot
) -> None:
    curves = kind()
    qtbot.addWidget(curves)
    curves.resize(900, 130)
    plots = curves.findChildren(pg.PlotWidget)
    for plot in plots:
        plot.plot([1, 2], [1, 2], name="training", pen="r")
        plot.plot([1, 2], [2, 1], name="held out", pen="b")
    curves.show()
    qtbot.waitExposed(curves)
    assert len(plots) == 2
    for plot in plots:
        item = plot.getPlotItem()
        legend = item.legend.sceneBoundingRect()
        assert not legend.intersects(item.getViewBox().sceneBoundingRect())
        assert plot.sceneRect().contains(legend)
