"""Label files of every form: taken over as one step, asked where unclear, exported, reopened."""

import csv
import itertools
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from labeler.labels import Origin, State
from labeler.labels.dialects import Dialect, read_labels, write_labels
from labeler.labels.episode import with_cutoff
from labeler.labels.label_rows import TableForm
from labeler.ui.desk.desk import Desk
from labeler.ui.exchange.import_panel import ImportPanel
from labeler.ui.exchange.import_preview import Chosen
from labeler.ui.page.panels import Panels
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import LENGTHS, Press
from tests.labeler.ui.kit.test_dropped import drop
from tests.labeler.ui.mouse import click, click_row


@pytest.fixture
def files(window: MainWindow, desk: Desk) -> Panels:
    assert window.page is not None
    return window.page.panels


def read(files: Panels, path: Path, qtbot: QtBot) -> None:
    """Have a file read: what it would change is shown, and nothing has changed."""
    with qtbot.waitSignal(files.importing.changed, timeout=20_000):
        files.importing.begin(path)


def take(files: Panels, path: Path, qtbot: QtBot) -> None:
    """Have a file read, and take over what the panel proposes."""
    read(files, path, qtbot)
    if files.importing.changes:
        click(files.import_panel.take)


@pytest.mark.parametrize("form", [Dialect.LABELER, Dialect.CUTOFFS, Dialect.RANGES, Dialect.CSV])
def test_a_file_of_every_form_is_one_step_that_can_be_undone(
    form: Dialect, window: MainWindow, desk: Desk, files: Panels, press: Press,
    tmp_path: Path, qtbot: QtBot,
) -> None:  # fmt: skip
    labels = desk.session.labels()
    for episode in (0, 2):
        labels = labels.with_label(episode, with_cutoff(labels[episode], 7 + episode))
    path = tmp_path / "some labels"
    path.write_text(write_labels(labels, form))
    press(window, "F")  # a flag of episode 0, which the other forms know nothing of
    take(files, path, qtbot)
    assert [desk.session.label(e).cutoff for e in (0, 2)] == [7, 9]
    assert (desk.session.label(0).flag is None) == (form is Dialect.LABELER)
    assert "changed 2 episodes: 0 and 2." in window.status.text()
    press(window, "Ctrl+Z")
    assert window.status.text() == "Undone: import of some labels (episodes 0 and 2)."
    assert not any(desk.session.label(e).success for e in range(len(LENGTHS)))
    assert desk.session.label(0).flag == ""


def rows(panel: ImportPanel) -> list[tuple[str, str, str, bool]]:
    """Episode, now, then, and whether a person's decision is marked."""
    table = panel.preview.table
    cells = [[table.item(row, column) for column in range(3)] for row in range(table.rowCount())]
    return [(a.text(), b.text(), c.text(), b.font().bold()) for a, b, c in cells]


@pytest.mark.parametrize("choice", Chosen)
def test_an_import_shows_first_what_it_would_change(
    choice: Chosen, window: MainWindow, desk: Desk, files: Panels, press: Press,
    tmp_path: Path, qtbot: QtBot,
) -> None:  # fmt: skip
    press(window, *["Right"] * 3, "S", "X")  # episodes 0 and 1, by a person
    path = tmp_path / "cutoffs.json"
    path.write_text(json.dumps({"0": 9, "1": 4, "2": 7}))
    before = [desk.session.label(episode) for episode in range(len(LENGTHS))]
    read(files, path, qtbot)
    panel = files.import_panel
    assert panel.isVisible() and not panel.result.isVisible()
    assert rows(panel) == [
        ("0", "success from 3", "success from 9", True),
        ("1", "never", "success from 4", True),
        ("2", "unlabeled", "success from 7", False),
    ]
    assert panel.preview.head.text() == "3 labels would change; 2 of them decided by a person."
    assert panel.preview.choices[Chosen.UNLABELED].isChecked(), "no decision is replaced unasked"
    assert [desk.session.label(episode) for episode in range(len(LENGTHS))] == before
    if choice is Chosen.SELECTED:
        click_row(panel.preview.table, 1)
    click_choice(panel, choice)
    assert panel.take.text() == f"Import {'3 episodes' if choice is Chosen.ALL else '1 episode'}"
    click(panel.take)
    cutoffs = [desk.session.label(episode).cutoff for episode in range(3)]
    assert cutoffs == {
        Chosen.ALL: [9, 4, 7], Chosen.UNLABELED: [3, None, 7], Chosen.SELECTED: [3, 4, None],
    }[choice]  # fmt: skip
    changed, kept = {
        Chosen.ALL: ("3 episodes: 0-2.", ""),
        Chosen.UNLABELED: ("1 episode: 2.", " Episodes 0-1 kept their labels."),
        Chosen.SELECTED: ("1 episode: 1.", " Episodes 0 and 2 kept their labels."),
    }[choice]
    assert panel.result.text().replace("\u200b", "") == f"cutoffs.json changed {changed}{kept}"
    assert panel.notes.text() == "The file says nothing about episode 3."
    click(panel.undo)
    assert [desk.session.label(episode) for episode in range(len(LENGTHS))] == before


def test_rows_of_an_import_are_as_high_as_their_lines(
    window: MainWindow, files: Panels, press: Press, tmp_path: Path, qtbot: QtBot
) -> None:
    press(window, *["Right"] * 12, "S", "X")
    window.resize(944, 492)
    path = tmp_path / "cutoffs.json"
    path.write_text(json.dumps({"0": 9, "1": 4, "2": 7}))
    read(files, path, qtbot)
    QApplication.processEvents()
    table = files.import_panel.preview.table
    heights = [table.rowHeight(row) for row in range(3)]
    assert heights[0] > table.verticalHeader().minimumSectionSize(), "its label has two lines"
    assert all(heights[row] >= table.sizeHintForRow(row) for row in range(3))
    assert sum(heights) <= table.viewport().height()


def click_choice(panel: ImportPanel, choice: Chosen) -> None:
    panel.preview.choices[choice].click()


def test_an_import_that_is_closed_changes_nothing_and_follows_labels_until_then(
    window: MainWindow, desk: Desk, files: Panels, press: Press, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "cutoffs.json"
    path.write_text(json.dumps({"0": 9, "1": 4}))
    read(files, path, qtbot)
    panel = files.import_panel
    window.page.setFocus()
    press(window, *["Right"] * 9, "S")  # what the file says of episode 0
    assert [row[0] for row in rows(panel)] == ["1"]
    panel.cancel.click()
    assert not panel.isVisible() and desk.session.label(1).state is State.UNLABELED
    assert files.importing.changes == ()


def test_text_lines_are_understood_and_say_what_they_leave_open(
    window: MainWindow, desk: Desk, files: Panels, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "cutoffs.json"
    path.write_text('{"0": 3}')
    take(files, path, qtbot)
    assert window.page is not None
    panel = window.page.side.currentWidget()
    assert isinstance(panel, ImportPanel)
    assert panel.notes.text() == "The file says nothing about episodes 1-3."
    assert desk.session.label(0).origin is Origin.IMPORTED
    panel.undo.click()
    assert desk.session.label(0).state is State.UNLABELED
    assert window.page.side.currentWidget() is window.page.inspector


@pytest.mark.parametrize("first", [0, 1])
def test_an_unclear_count_of_frames_is_asked_for_in_place(
    first: int, window: MainWindow, desk: Desk, files: Panels, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "cutoffs.json"
    path.write_text(json.dumps({"0": 4, "1": LENGTHS[1]}))  # its last frame only if from 1
    take(files, path, qtbot)
    panel = files.import_panel
    assert panel.isVisible() and "frames" in panel.question.text()
    assert "--" not in panel.trouble.cure.text()
    assert desk.session.counts()[State.UNLABELED] == len(LENGTHS)
    with qtbot.waitSignal(files.importing.changed, timeout=20_000):
        panel.answers[first].click()
    if first:
        click(panel.take)
        assert [desk.session.label(e).cutoff for e in (0, 1)] == [3, LENGTHS[1] - 1]
    else:
        assert "does not exist" in panel.trouble.what.text()
        assert "--" not in panel.trouble.cure.text()
        assert desk.session.counts()[State.UNLABELED] == len(LENGTHS)


def test_an_unclear_count_of_episodes_is_asked_for_in_place(
    desk: Desk, files: Panels, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "cutoffs.json"
    path.write_text(json.dumps({str(e + 1): 0 for e in range(len(LENGTHS))}))
    take(files, path, qtbot)
    assert "episodes" in files.import_panel.question.text()
    with qtbot.waitSignal(files.importing.changed, timeout=20_000):
        files.import_panel.answers[1].click()
    click(files.import_panel.take)
    assert desk.session.counts()[State.SUCCESS] == len(LENGTHS)


def test_a_broken_file_is_told_in_place(
    desk: Desk, files: Panels, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "cutoffs.json"
    path.write_text('{"0": ')
    take(files, path, qtbot)
    assert files.import_panel.trouble.isVisible()
    assert files.import_panel.trouble.what.text()
    assert not files.import_panel.undo.isVisible()


def test_a_file_is_dropped_on_the_window(
    window: MainWindow, desk: Desk, files: Panels, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "cutoffs.json"
    path.write_text(json.dumps({str(e): e for e in range(len(LENGTHS))}))
    with qtbot.waitSignal(files.importing.changed, timeout=20_000):
        drop(files.write_panel, path)  # wherever it is dropped
    assert desk.session.label(3).cutoff is None
    click(files.import_panel.take)
    assert desk.session.label(3).cutoff == 3


def test_the_menu_asks_for_a_file(
    window: MainWindow, desk: Desk, files: Panels, press: Press, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "cutoffs.json"
    path.write_text(json.dumps({str(e): e for e in range(len(LENGTHS))}))

    tries = itertools.count()

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QFileDialog):
            return
        if next(tries) > 100:  # a modal dialog would outlast the test's own time limit
            dialog.reject()
            return
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        assert field is not None
        field.setText(str(path))
        dialog.accept()

    timer = QTimer(interval=50)
    timer.timeout.connect(answer)
    timer.start()
    with qtbot.waitSignal(files.importing.changed, timeout=20_000):
        press(window, "Ctrl+I")
    click(files.import_panel.take)
    assert desk.session.label(2).cutoff == 2


def test_labels_are_exported_in_a_chosen_form(
    window: MainWindow, desk: Desk, files: Panels, press: Press, tmp_path: Path, qtbot: QtBot
) -> None:
    press(window, "Right", "S", "X", "Ctrl+E")
    panel = files.export_panel
    assert panel.isVisible()
    panel.forms[Dialect.CUTOFFS].click()
    panel.path.setText(str(tmp_path / "out.json"))
    panel.write_button.click()
    qtbot.waitUntil(panel.result.isVisible, timeout=20_000)
    assert json.loads((tmp_path / "out.json").read_text()) == {"0": 1, "1": None}


def test_tables_for_other_programs_are_exported(
    window: MainWindow, desk: Desk, files: Panels, press: Press, tmp_path: Path, qtbot: QtBot
) -> None:
    press(window, "Right", "S", "X", "F", "Ctrl+E")
    panel = files.export_panel
    for form, name in ((TableForm.TABLE, "out.csv"), (TableForm.PARQUET, "out.parquet")):
        panel.forms[form].click()
        panel.path.setText(str(tmp_path / name))
        panel.write_button.click()
        qtbot.waitUntil(panel.result.isVisible)
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["state"], row["first_success"]) for row in rows[:2]] == [
        ("success", "1"), ("never", "")
    ]  # fmt: skip
    table = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [str(row["flagged"]).lower() for row in table] == [row["flagged"] for row in rows]
    assert sum(row["flagged"] for row in table) == 1


def test_what_a_form_cannot_say_is_told_in_place(
    window: MainWindow, desk: Desk, files: Panels, press: Press, tmp_path: Path, qtbot: QtBot
) -> None:
    press(window, "Right", "Right", "Shift+S")
    window.actions_by_id["label.exclude_head"].trigger()
    press(window, "Ctrl+E")
    panel = files.export_panel
    panel.forms[Dialect.CUTOFFS].click()
    panel.path.setText(str(tmp_path / "out.json"))
    panel.write_button.click()
    qtbot.waitUntil(panel.trouble.isVisible, timeout=20_000)
    assert "episode 0" in panel.trouble.what.text()
    assert not (tmp_path / "out.json").exists()


def test_what_cutoffs_cannot_say_is_left_out_or_written_as_ranges(
    window: MainWindow, desk: Desk, files: Panels, press: Press, tmp_path: Path, qtbot: QtBot
) -> None:
    press(window, "Right", "Right", "S")  # episode 0: from 2 on
    press(window, "Right", "R", "Shift+Right", "R", "Ctrl+E")  # episode 1: in a range
    panel = files.export_panel
    panel.forms[Dialect.CUTOFFS].click()
    panel.path.setText(str(tmp_path / "out.json"))
    panel.write_button.click()
    qtbot.waitUntil(panel.trouble.isVisible)
    assert "episode 1" in panel.trouble.what.text()
    assert panel.others_button.text() == "Export the other 1 episode"
    assert panel.ranges_button.isVisible()
    panel.others_button.click()
    qtbot.waitUntil(panel.result.isVisible)
    assert json.loads((tmp_path / "out.json").read_text()) == {"0": 2}
    assert panel.result.text().endswith("It is without episode 1.")
    assert not panel.others_button.isVisible()
    panel.write_button.click()
    qtbot.waitUntil(panel.ranges_button.isVisible)
    panel.path.setText(str(tmp_path / "ranges.json"))
    panel._on_typed()
    panel.write_button.click()
    qtbot.waitUntil(panel.ranges_button.isVisible)
    panel.ranges_button.click()
    qtbot.waitUntil((tmp_path / "ranges.json").exists)
    qtbot.waitUntil(panel.result.isVisible)
    assert len(read_labels(tmp_path / "ranges.json", list(LENGTHS)).labels.touched) == 2


def test_an_export_into_the_recording_is_refused_in_place(
    window: MainWindow, desk: Desk, files: Panels, press: Press, root: Path, qtbot: QtBot
) -> None:
    press(window, "Home", "S", "Ctrl+E")
    panel = files.export_panel
    panel.path.setText(str(root / "labels.json"))
    panel.write_button.click()
    qtbot.waitUntil(panel.trouble.isVisible, timeout=20_000)
    assert "--" not in panel.trouble.cure.text()
    assert not (root / "labels.json").exists()
