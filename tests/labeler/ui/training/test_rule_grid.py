"""Threshold by hold: dragged to with the mouse, the rule and the episodes that change side."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from labeler.contracts.reported_rule import RuleCell
from labeler.decision import Rule
from labeler.runs.record import Run
from labeler.ui.training.outcome.results import ResultsView
from tests.labeler.ui.conftest import OpenWindow
from tests.labeler.ui.mouse import click_row
from tests.labeler.ui.training.conftest import (
    WriteRun,
    labels_of_small,
    put_run,
    results_of,
    train_small,
)

_FPS = 10


@pytest.fixture(scope="session")
def judged(small_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a training left that judged every episode by a classifier that never saw it."""
    folder = tmp_path_factory.mktemp("judged")
    return train_small(small_root, folder, train__method="convex", train__folds=3)


@pytest.fixture
def finished(write_run: WriteRun, judged: Path) -> Run:
    """The run as the window finds it."""
    return put_run(write_run, judged)


@pytest.fixture
def results(finished: Run, open_window: OpenWindow, small_root: Path, qtbot: QtBot) -> ResultsView:
    """Its results, the rules in sight."""
    found = results_of(open_window(small_root), qtbot)
    names = [found.tabs.tabText(number) for number in range(found.tabs.count())]
    found.tabs.setCurrentIndex(names.index("Threshold × hold"))
    return found


def drag(view: QWidget, *places: QPoint) -> None:
    """Press at the first place and move over the others with the button held; let go there."""
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(view, left, none, places[0])
    for place in places[1:]:
        here = QPointF(place)
        move = QMouseEvent(
            QEvent.Type.MouseMove, here, view.mapToGlobal(here), Qt.MouseButton.NoButton, left, none
        )
        QApplication.sendEvent(view, move)
    QTest.mouseRelease(view, left, none, places[-1])


def ends(finished: Run, threshold: float, hold: float) -> dict[int, tuple[str, int | None]]:
    """How each episode ends by a rule, and the frame at which it is falsely successful.

    Recounted from the probabilities that the run kept and the labels that it was given.
    """
    table = pq.read_table(finished.out_of_fold)
    episodes, found = table["episode"].to_numpy(), table["probability"].to_numpy()
    told = {}
    for episode, label in labels_of_small().items():
        high = found[episodes == episode] >= threshold
        length = Rule(hold=hold).hold_frames(_FPS)
        fired = [f for f in range(length - 1, len(high)) if high[f - length + 1 : f + 1].all()]
        cutoff = label.cutoff
        if fired and (cutoff is None or fired[0] < cutoff):
            told[episode] = "falsely successful", fired[0]
        elif cutoff is not None and not fired:
            told[episode] = "missed", None
        else:
            told[episode] = "right", None
    return told


def test_rules_are_dragged_and_episodes_that_change_side_open(results: ResultsView) -> None:
    grid, report = results.rules, results.report
    assert report.rule is not None
    assert (grid.cell.threshold, grid.cell.hold) == (report.rule.threshold, report.rule.hold)
    assert grid.told.text().startswith("The checkpoint's rule.")
    assert grid.changes.count() == 0
    never = RuleCell(0.99, 0.0, (), (1, 4), None)
    false = RuleCell(0.2, 0.0, ((2, 7), (3, 5)), (), 0.3)
    own = RuleCell(0.5, 0.0, ((3, 6),), (), 0.1)
    rule = report.rule.model_copy(update={"threshold": 0.5, "hold": 0.0})
    cells = (false, own, never)
    grid.show_report(report.model_copy(update={"rule": rule, "rule_cells": cells}))
    assert [grid.table.item(0, n).text() for n in range(3)] == ["2 · 0.3 s", "1 · 0.1 s", "0 · –"]
    places = [grid.table.visualItemRect(grid.table.item(0, n)).center() for n in range(3)]
    view = grid.table.viewport()
    drag(view, places[1], places[0])
    assert grid.cell == false
    assert [grid.changes.item(n).text() for n in range(grid.changes.count())] == [
        "Episode 2: falsely successful, was right (frame 7)"
    ]
    click_row(grid.changes, 0)
    desk = results.window().desk
    assert (desk.episode, desk.playhead.frame) == (2, 7)
    grid.table.setCurrentCell(0, 2)
    told = [grid.changes.item(n).text() for n in range(grid.changes.count())]
    assert told == [
        "Episode 1: missed, was right",
        "Episode 3: right, was falsely successful (frame 6)",
        "Episode 4: missed, was right",
    ]
    assert "0 episodes falsely successful, 2 missed." in grid.told.text()
    grid.show_report(report.model_copy(update={"rule_cells": ()}))
    assert grid.cell is None
    assert "no decision rule" in grid.told.text()


def test_every_rule_of_a_real_run_is_dragged_to_and_says_what_changes(
    results: ResultsView, finished: Run
) -> None:
    """What the picture lists is what the rule does to the run's own probabilities."""
    grid, desk = results.rules, results.window().desk
    view, chosen = grid.table.viewport(), results.report.rule
    own = ends(finished, chosen.threshold, chosen.hold)
    changed = opened = 0
    for number, cell in enumerate(results.report.rule_cells):
        start = grid.table.currentItem()
        target = grid.table.item(*divmod(number, grid.table.columnCount()))
        grid.table.scrollToItem(target)
        places = [grid.table.visualItemRect(item).center() for item in (start, target)]
        drag(view, *places)
        assert grid.cell == cell
        other = ends(finished, cell.threshold, cell.hold)
        expected = [e for e in sorted(own) if own[e][0] != other[e][0]]
        lines = [grid.changes.item(n).text() for n in range(grid.changes.count())]
        assert len(lines) == len(expected)
        for row, (line, episode) in enumerate(zip(lines, expected, strict=True)):
            now, before = other[episode], own[episode]
            assert line.startswith(f"Episode {episode}: {now[0]}, was {before[0]}")
            at = now[1] if now[1] is not None else before[1]
            changed += 1
            if at is not None:
                click_row(grid.changes, row)
                assert (desk.episode, desk.playhead.frame) == (episode, at)
                opened += 1
    assert changed and opened, "the comparison needs episodes that change side"
