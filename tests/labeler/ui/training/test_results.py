"""The results of a real run: figures, threshold, episodes, mistakes, and what is done with them."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabWidget
from pytestqt.qtbot import QtBot

from labeler.contracts.report import read_report
from labeler.contracts.reported_rule import ProposedGate
from labeler.runs.record import Run, runs_in
from labeler.ui.training.outcome.threshold_curves import ThresholdCurves
from tests.labeler.ui.conftest import OpenWindow
from tests.labeler.ui.training.conftest import (
    GRIPPER,
    WriteRun,
    put_run,
    results_of,
    train_small,
    wait_for,
)
from tests.labeler.ui.window.test_accessibility import mute
from tests.labeler.ui.window.test_geometry import low, wrong_at_each_size
from tests.labeler.ui.window.test_theme import pixels


@pytest.fixture(scope="session")
def trained(small_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one real training left; only to be read."""
    return train_small(small_root, tmp_path_factory.mktemp("trained"), train__folds=2)


@pytest.fixture
def finished(write_run: WriteRun, trained: Path) -> Run:
    """The run as the window finds it."""
    return put_run(write_run, trained)


@pytest.fixture
def results(finished: Run, open_window: OpenWindow, small_root: Path, qtbot: QtBot):
    """Its results in the dock."""
    return results_of(open_window(small_root), qtbot)


def test_the_page_shows_the_report_and_follows_the_threshold(results, finished: Run) -> None:
    report = json.loads(finished.report.read_text())
    matrix = report["figures"][report["basis"]]["confusion"]
    shown = {name: label.text() for name, label in results.confusion.cells.items()}
    assert shown == {name: str(matrix[name]) for name in shown}
    assert results.headline.text() == report["headline"]
    results.curves.put(0.0)
    assert "Chosen by hand" in results.figures.text()
    assert results.confusion.cells["fn"].text() == "0"


def test_a_name_is_kept_with_the_run_and_shown_wherever_it_is_listed(
    results, finished: Run, qtbot: QtBot
) -> None:
    dock = results.window().page.training.dock
    table, training = dock.table, dock.trainings.all[0]
    by_time = table.runs.index(0, 0).data()
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    QTest.keyClicks(editor, "lights on")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: training.name == "lights on")  # Qt takes it over in its next turn
    assert json.loads((finished.folder / "run.json").read_text())["name"] == "lights on"
    assert table.runs.index(0, 0).data() == training.name == "lights on"
    assert results.headline.text() == f"lights on: {results.report.headline}"
    assert training.run.title == "the training “lights on”"
    (again,) = runs_in(finished.folder.parent)
    assert again.record.name == "lights on"
    training_window = results.window()
    training_window.actions_by_id["train.watch"].trigger()
    box = training_window.page.single.watch_panel.form.checkpoint
    assert "the training “lights on”" in [box.itemText(n) for n in range(box.count())]
    table.runs.setData(table.runs.index(0, 0), "")
    assert table.runs.index(0, 0).data() == by_time


def test_numbers_curves_and_log_say_what_they_are(results) -> None:
    window, dock = results.window(), results.window().page.training.dock
    wrong = mute(window)
    dock.results_button.setChecked(False)
    wrong |= mute(window)
    dock.live.log_button.setChecked(True)
    assert not wrong | mute(window)


def test_rows_and_pictures_open_their_episode(results, qtbot: QtBot) -> None:
    desk = results.window().desk
    model = results.episodes.model()
    results.episodes.clicked.emit(model.index(0, 2))
    assert desk.episode == int(model.index(0, 0).data())
    mistakes = results.report.mistakes
    assert mistakes
    wait_for(qtbot, lambda: not results.mistakes.item(0).icon().isNull())
    results.mistakes.itemClicked.emit(results.mistakes.item(0))
    assert (desk.episode, desk.playhead.frame) == (mistakes[0].episode, mistakes[0].frame)


def test_curves_of_results_follow_the_theme(results, qtbot: QtBot) -> None:
    window, curves = results.window(), results.curves
    for name in ("light", "dark"):
        window.use(window.preferences.model_copy(update={"theme": name}))
        QApplication.processEvents()
        fresh = ThresholdCurves()
        qtbot.addWidget(fresh)
        fresh.resize(curves.size())
        fresh.show()
        fresh.show_report(results.report)

        def alike(fresh: ThresholdCurves = fresh) -> bool:
            one, other = pixels(curves.by_threshold), pixels(fresh.by_threshold)
            return bool((one == other).all())

        qtbot.waitUntil(alike)


def test_in_a_narrow_window_the_curves_are_a_tab_beside_the_lists(results) -> None:
    window, tabs = results.window(), results.findChild(QTabWidget)
    shown = [tabs.tabText(number) for number in range(tabs.count())]
    names = [name for name in shown if name != "Curves"]
    sizes = (1920, 1080), (944, 492), (1920, 1080), (1280, 800)
    for size, inside in zip(sizes, (False, True, False, True), strict=True):
        window.resize(*size)
        QApplication.processEvents()
        now = [tabs.tabText(number) for number in range(tabs.count())]
        assert now == (["Curves", *names] if inside else names)
        tabs.setCurrentIndex(0)
        assert results.curves.isVisible()
        room = tabs.tabBar().width()
        assert sum(tabs.tabBar().tabRect(n).width() for n in range(tabs.count())) <= room


def test_curves_are_seen_whole_and_only_a_low_dock_scrolls(results) -> None:
    window, dock = results.window(), results.window().page.training.dock
    dock.results_button.setChecked(False)
    page = dock.pages.currentWidget()
    for size, scrolls in (((1280, 800), False), ((1920, 1080), False), ((944, 492), True)):
        window.resize(*size)
        window.page.training.close_dock()
        window.page.training.open_dock()
        for _ in range(5):
            QApplication.processEvents()
        assert (page.verticalScrollBar().maximum() > 0) == scrolls, size
        assert dock.live.curves.height() >= 110
        assert not low(window)


def test_columns_of_the_list_are_shown_whole_or_not_at_all(results) -> None:
    window, table = results.window(), results.window().page.training.dock.table
    for width in (944, 1024, 1280, 1920):
        window.resize(width, 640)
        QApplication.processEvents()
        shown = [n for n in range(5) if not table.isColumnHidden(n)]
        assert shown[:2] == [0, 1]
        for column in shown[:-1]:
            assert table.columnWidth(column) >= table.sizeHintForColumn(column)
        assert sum(map(table.columnWidth, shown)) <= table.viewport().width()
        told = table.runs.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
        assert all(f"{name}: " in told for name in ("Accuracy", "F1", "Labels"))


def test_results_fit_every_size_of_the_window(results) -> None:
    tabs = results.findChild(QTabWidget)
    wrong = []
    for number in range(tabs.count()):
        tabs.setCurrentIndex(number)
        wrong += wrong_at_each_size(results.window(), tabs.tabText(number))
    assert not wrong, "\n".join(wrong)
    for plot in (results.curves.by_threshold, results.curves.against):
        item = plot.getPlotItem()
        legend = item.legend.mapRectToScene(item.legend.boundingRect())
        title = item.titleLabel.mapRectToScene(item.titleLabel.itemRect())
        assert not (item.titleLabel.isVisible() and legend.width() and legend.intersects(title))
        assert legend.bottom() <= item.vb.sceneBoundingRect().top() + 1


def test_frames_to_record_more_of_are_listed_and_open(results) -> None:
    desk, listed = results.window().desk, results.record_next
    groups = results.report.record_next
    assert groups  # a classifier of two epochs gets some frames wrong
    assert listed.item(0).text() == groups[0].sentence
    last = groups[-1].examples[-1]
    listed.itemClicked.emit(listed.item(listed.count() - 1))
    assert (desk.episode, desk.playhead.frame) == (last.episode, last.frame)
    listed.show_groups(())
    desk.show_episode(0, 0)
    listed.itemClicked.emit(listed.item(0))
    assert (desk.episode, desk.playhead.frame) == (0, 0)


def test_out_of_fold_probabilities_become_suggestions(results) -> None:
    desk = results.window().desk
    results.curves.put(0.25)
    results.use()
    assert desk.has_scores
    assert desk.threshold == 0.25
    assert "did not see them" in results.window().status.text()


def test_without_folds_every_frame_is_judged_in_the_background(
    results, finished: Run, qtbot: QtBot
) -> None:
    finished.out_of_fold.unlink()
    desk = results.window().desk
    results.use()
    assert not desk.has_scores
    wait_for(qtbot, lambda: not results.tool.running)
    assert desk.has_scores, results.window().status.text()
    assert np.isfinite(desk.scores.values).all()


def test_the_block_for_hil_serl_is_copied(results, finished: Run) -> None:
    results.copy()
    told = json.loads(QApplication.clipboard().text())
    judged = told["env"]["processor"]["reward_classifier"]
    assert judged["success_threshold"] == pytest.approx(results.report.threshold.threshold)


def test_a_checkpoint_is_exported(results, tmp_path: Path, qtbot: QtBot) -> None:
    results.export(tmp_path / "out", "fork")
    wait_for(qtbot, lambda: not results.tool.running)
    assert (tmp_path / "out" / "config.json").is_file(), results.window().status.text()


def test_crops_that_are_others_since_are_told_with_the_suggestions(
    results, finished: Run, qtbot: QtBot
) -> None:
    desk = results._desk
    assert finished.title in desk.classifier.name and desk.classifier.keys == {GRIPPER}
    said: list[str] = []
    desk.said.connect(said.append)
    results.use()
    assert len(said) == 1 and "cut otherwise" not in said[0]
    desk.show_crops({GRIPPER: (0, 0, 40, 40)})
    results.use()
    assert f"{GRIPPER}: it was trained on whole images; here [0, 0, 40, 40] is drawn" in said[1]


def test_its_classifier_can_be_watched(results, window, finished: Run) -> None:
    results.watch_button.click()
    panel = window.page.single.watch_panel
    assert panel.isVisible() and panel.start_button.isEnabled()
    wish = panel.form.wish()
    assert wish is not None and wish.checkpoint == finished.checkpoint
    assert panel.form.checkpoint.currentText() == finished.title
    assert not panel.watching.running


def test_the_rule_and_gates_that_would_help_are_shown(
    results, finished: Run, tmp_path: Path
) -> None:
    report = read_report(finished.report)
    assert report.rule is not None and report.rule.text in results.decision.text()
    told = results.decision.text()
    assert "Missed: " in told and "with 95% confidence" in told and "Delay: median " in told
    unknown = report.rule.figures.false_never.of == 0
    assert ("episodes without success: no such episode: nothing can be said" in told) is unknown
    assert all(sentence in results.rules.told.text() for sentence in report.rule.figures.sentences)
    assert "gate" not in results.decision.text()
    gate = ProposedGate("observation.state[z] > 0.1", "falsely successful 2 → 0", report.rule)
    (tmp_path / "run").mkdir()
    other = replace(finished, folder=tmp_path)
    other.report.write_text(report.model_copy(update={"gates": (gate,)}).text())
    results.show_run(other)
    told = results.decision.text()
    assert "A gate would help: observation.state[z] > 0.1 (falsely successful 2 → 0)." in told
    assert "train.gates" in told


def test_a_report_without_intervals_still_has_its_counts(
    results, finished: Run, tmp_path: Path
) -> None:
    report = read_report(finished.report)
    assert report.rule is not None
    old = replace(report.rule.figures, sentences=())
    rule = report.rule.model_copy(update={"figures": old})
    (tmp_path / "run").mkdir()
    other = replace(finished, folder=tmp_path)
    other.report.write_text(report.model_copy(update={"rule": rule}).text())
    results.show_run(other)
    assert f"missed {old.missed.count} of {old.missed.of}" in results.decision.text()


@pytest.mark.parametrize("damage", ["damaged", "gone", "of a newer version"])
def test_of_a_report_that_cannot_be_read_nothing_of_another_is_shown(
    results, finished: Run, tmp_path: Path, damage: str
) -> None:
    """Every widget that shows a report goes, and what needs one is off; the next one is back."""
    desk, told = results.window().desk, ("confusion", "figures", "decision", "headline", "warnings")
    shown = (*told, "curves", "episodes", "mistakes", "record_next", "rules")
    assert any(getattr(results, name).isVisible() for name in shown)
    (tmp_path / "run").mkdir()
    other = replace(finished, folder=tmp_path)
    if damage != "gone":
        text = finished.report.read_text()
        newer = json.dumps(json.loads(text) | {"version": 99})
        other.report.write_text(newer if damage == "of a newer version" else text[:400])
    results.show_run(other)
    assert results.trouble.isVisible()
    assert other.report.name in results.trouble.what.text()
    assert "report.html" in results.trouble.cure.text()
    assert not [name for name in shown if getattr(results, name).isVisible()]
    results.use()
    results.use_button.click()
    assert not desk.has_scores, "its threshold is not known"
    assert not results.use_button.isEnabled() and "report" in results.use_button.toolTip()
    assert not mute(results.window())
    results.show_run(finished)
    assert not results.trouble.isVisible() and results.headline.isVisible()
    assert results.use_button.isEnabled() and not results.use_button.toolTip()
    results.use_button.click()
    assert desk.has_scores


def test_a_report_that_was_written_again_is_shown_anew(results, finished: Run) -> None:
    """A training that was resumed ends with other figures in the folder that it had."""
    results.show_run(finished)
    before = results.headline.text()
    report = read_report(finished.report)
    finished.report.write_text(
        report.model_copy(update={"headline": "Better now.", "episodes": ()}).text()
    )
    results.window().page.training.dock._refresh()
    assert results.headline.text() == "Better now." != before
    assert results.episodes.model().rowCount() == 0
    results.curves.put(0.125)
    results.window().page.training.dock._refresh()
    assert results.curves.threshold == 0.125, "a threshold that is dragged stays"
