"""A copy is written beside the labelling: planned, written, checked, cancelled, refused."""

import os
import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from labeler.dataset import open_dataset
from labeler.labels.document import from_text
from labeler.labels.episode import never
from labeler.session.copy_writing import CopyWish
from labeler.session.write_steps import ProgressSteps
from labeler.storage.checking.check import differences
from labeler.storage.copying import destination as destination_module
from labeler.storage.copying.recovery import partial_copies, recover
from labeler.storage.record.copy_record import read_record
from labeler.storage.record.selection import Unlabeled
from labeler.ui.page.panels import Panels
from labeler.ui.window.main_window import MainWindow
from labeler.ui.writing.copying import Copying
from tests.labeler.ui.conftest import LENGTHS, OpenWindow, Press
from tests.labeler.ui.writing.conftest import label_all, wait_preview, wait_written


@pytest.fixture
def copy(source: Path) -> Path:
    return source.with_name("pick_cube_labeled")


def test_undecided_episodes_are_refused_until_the_operator_says_what_becomes_of_them(
    window: MainWindow, files: Panels, press: Press, qtbot: QtBot
) -> None:
    label_all(window, but=(1, 2))
    press(window, "Ctrl+Shift+S")
    wait_preview(files, qtbot)
    panel = files.write_panel
    assert window.page is not None and window.desk is not None
    assert window.page.side.currentWidget() is panel
    assert not panel.write_button.isEnabled()
    assert panel.undecided.text() == "2 episodes: 1-2."
    assert "60 frames without a decision" in panel.numbers.text()
    panel.first.click()
    assert window.desk.episode == 1
    panel.form.choices[Unlabeled.DROP].click()
    qtbot.waitUntil(panel.write_button.isEnabled, timeout=30_000)
    assert f"in {len(LENGTHS) - 2} episodes" in panel.numbers.text()
    assert "Left out of the copy: episodes 1-2." in panel.notes.text().replace("\u200b", "")
    panel.form.choices[Unlabeled.ZERO].click()
    qtbot.waitUntil(panel.write_button.isEnabled, timeout=30_000)
    assert "in 4 episodes" in panel.numbers.text()


def test_the_preview_follows_the_labels(
    window: MainWindow, files: Panels, press: Press, qtbot: QtBot
) -> None:
    label_all(window)
    window.actions_by_id["file.write"].trigger()  # as the mouse does
    wait_preview(files, qtbot)
    assert "75 success frames" in files.write_panel.numbers.text()
    assert files.write_panel.plan.text().startswith("A new copy in ")
    press(window, "X")  # the key goes to the page, though the panel is open
    qtbot.waitUntil(lambda: "50 success frames" in files.write_panel.numbers.text(), timeout=30_000)


def test_a_copy_is_written_checked_and_told(
    window: MainWindow, files: Panels, copy: Path, source: Path, press: Press, qtbot: QtBot
) -> None:
    label_all(window)
    press(window, "Ctrl+Shift+S")
    panel = files.write_panel
    qtbot.waitUntil(panel.write_button.isEnabled, timeout=30_000)
    panel.write_button.click()
    wait_written(files, qtbot)
    with open_dataset(source) as recording:
        assert differences(copy, against=recording) == []
    assert panel.written.isVisible()
    assert panel.written.title.text() == "Written and checked"
    assert panel.written.numbers.text().startswith("75 success, 35 failure frames in 4 episodes")
    panel.written.copy.click()
    line = QGuiApplication.clipboard().text()
    assert line == f'LeRobotDataset("local/pick_cube_labeled", root="{copy}")'
    assert window.desk is not None
    assert window.desk.copy_text == "copy: up to date, pick_cube_labeled"


def test_a_copy_with_other_crops_is_not_up_to_date(
    window: MainWindow, files: Panels, copy: Path, press: Press, qtbot: QtBot
) -> None:
    """A classifier that is trained on the copy uses the crops that lie in it."""
    desk = window.desk
    assert desk is not None
    label_all(window)
    files.writing.write()
    wait_written(files, qtbot)
    qtbot.waitUntil(lambda: desk.copy_text == "copy: up to date, pick_cube_labeled")
    desk.show_crops({desk.camera: (0, 8, 32, 32)})
    assert desk.copy_text == "copy: has other crops"
    press(window, "Ctrl+Z")
    qtbot.waitUntil(lambda: desk.copy_text == "copy: up to date, pick_cube_labeled")
    press(window, "Ctrl+Shift+Z")
    qtbot.waitUntil(lambda: desk.copy_text == "copy: has other crops")
    press(window, "Ctrl+S")
    wait_written(files, qtbot)
    qtbot.waitUntil(lambda: desk.copy_text == "copy: up to date, pick_cube_labeled")
    kept = from_text((copy / "meta/labeler/labels.json").read_text())
    assert kept.crops == {desk.camera: (0, 8, 32, 32)}


def test_one_key_updates_the_copy_with_its_options(
    window: MainWindow, files: Panels, copy: Path, press: Press, qtbot: QtBot
) -> None:
    desk = window.desk
    assert desk is not None
    label_all(window)
    files.writing.choose(
        CopyWish(copy, files.writing.wish.options.model_copy(update={"done": True}))
    )
    files.writing.write()
    wait_written(files, qtbot)
    for episode in (0, 1):
        desk.session.decide(episode, never(desk.session.label(episode)), frame=0, what="never")
    assert desk.copy_text == "copy: 2 decisions behind"
    desk.session.undo()
    assert desk.copy_text == "copy: 1 decision behind"
    press(window, "Ctrl+S")
    assert desk.copy_text.startswith("copy: being written")
    assert window.page is not None
    assert window.page.side.currentWidget() is window.page.inspector
    wait_written(files, qtbot)  # how it stands is told a moment later
    qtbot.waitUntil(lambda: desk.copy_text == "copy: up to date, pick_cube_labeled")
    assert "next.done" in read_record(copy).columns
    assert differences(copy) == []
    press(window, "Ctrl+S")
    assert window.status.text() == "The copy pick_cube_labeled is up to date."


def test_without_a_copy_the_key_opens_the_panel(
    window: MainWindow, files: Panels, press: Press, qtbot: QtBot
) -> None:
    wait_written(files, qtbot)
    assert window.desk is not None and window.page is not None
    assert window.desk.copy_text == "copy: not written yet"
    press(window, "Ctrl+S")
    assert window.page.side.currentWidget() is files.write_panel
    files.write_panel.close_button.click()
    assert window.page.side.currentWidget() is window.page.inspector


def test_a_copy_of_an_earlier_session_is_found(
    window: MainWindow,
    open_window: OpenWindow,
    source: Path,
    files: Panels,
    qtbot: QtBot,
) -> None:
    label_all(window)
    files.writing.write()
    wait_written(files, qtbot)
    assert window.desk is not None
    desk = window.desk
    desk.session.decide(2, never(desk.session.label(2)), frame=0, what="never")
    window.show_start()
    again = open_window(source)
    assert again.desk is not None and again.page is not None
    wait_written(again.page.panels, qtbot)
    assert again.desk.copy_text == "copy: 1 decision behind"


def test_labelling_goes_on_while_a_copy_is_written(
    window: MainWindow,
    files: Panels,
    copy: Path,
    press: Press,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on = _held_at(monkeypatch, "Writing")
    label_all(window)
    desk = window.desk
    assert desk is not None
    files.writing.write()
    qtbot.waitUntil(lambda: _phase(files.writing.copying) == "Writing", timeout=30_000)
    desk.show_episode(0)
    press(window, "Shift+X")
    assert desk.session.label(0) == never(desk.session.label(0))
    assert desk.copy_text.startswith("copy: being written")
    go_on.set()
    wait_written(files, qtbot)
    assert desk.copy_text == "copy: 1 decision behind"
    assert differences(copy) == []


@pytest.mark.parametrize("update", [False, True])
def test_cancelling_in_the_middle_leaves_what_was_there(
    window: MainWindow,
    files: Panels,
    copy: Path,
    update: bool,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = window.desk
    assert desk is not None
    label_all(window)
    if update:
        files.writing.write()
        wait_written(files, qtbot)
        desk.session.decide(0, never(desk.session.label(0)), frame=0, what="never")
    before = _files(copy.parent)
    go_on = _held_at(monkeypatch, "Writing")
    files.writing.open()
    files.writing.write()
    qtbot.waitUntil(lambda: _phase(files.writing.copying) == "Writing", timeout=30_000)
    assert files.write_panel.progress.isVisible()
    files.write_panel.progress.cancel.click()
    go_on.set()
    wait_written(files, qtbot)
    assert window.status.text().startswith("Writing was cancelled")
    assert _files(copy.parent) == before
    assert recover(copy) == []
    assert desk.copy_text == ("copy: 1 decision behind" if update else "copy: not written yet")


def test_closing_the_window_in_the_middle_leaves_nothing(
    window: MainWindow,
    files: Panels,
    copy: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on = _held_at(monkeypatch, "Writing")
    label_all(window)
    files.writing.write()
    qtbot.waitUntil(lambda: _phase(files.writing.copying) == "Writing", timeout=30_000)
    go_on.set()
    window.close()
    assert not copy.exists() or differences(copy) == []
    assert partial_copies(copy) == []


def test_what_an_interrupted_write_left_is_recovered_first(
    window: MainWindow, files: Panels, copy: Path, qtbot: QtBot
) -> None:
    partial = copy.with_name(f"{copy.name}.partial-0123abcd")
    partial.mkdir()
    label_all(window)
    files.writing.write()
    wait_written(files, qtbot)
    assert not partial.exists()
    assert any("was removed" in note for note in _written(files).notes)


def test_a_folder_inside_the_recording_is_refused_in_place(
    window: MainWindow, files: Panels, source: Path, press: Press, qtbot: QtBot
) -> None:
    label_all(window)
    press(window, "Ctrl+Shift+S")
    files.write_panel.form.place.setText(str(source / "copy"))
    files.write_panel.form.place.textEdited.emit(str(source / "copy"))
    wait_preview(files, qtbot)
    trouble = files.write_panel.trouble
    assert "lies inside the recording" in trouble.what.text()
    assert "--" not in trouble.cure.text()
    assert not files.write_panel.write_button.isEnabled()
    files.write_panel.form.default_button.click()
    qtbot.waitUntil(files.write_panel.write_button.isEnabled, timeout=30_000)
    assert not trouble.isVisible()


def test_an_empty_field_means_the_folder_that_stands_in_it_pale(
    window: MainWindow, files: Panels, source: Path, copy: Path, press: Press, qtbot: QtBot
) -> None:
    label_all(window)
    press(window, "Ctrl+Shift+S")
    place = files.write_panel.form.place
    place.selectAll()
    QTest.keyClicks(place, str(source.parent / "elsewhere"))
    assert files.writing.wish.place == source.parent / "elsewhere"
    place.selectAll()
    press(place, "Backspace")
    assert (place.text(), place.placeholderText()) == ("", str(copy))
    assert files.writing.wish.place == copy
    files.write_panel.form.boxes["done"].click()
    assert files.writing.wish.options.done and place.text() == ""
    qtbot.waitUntil(files.write_panel.write_button.isEnabled, timeout=30_000)
    files.write_panel.write_button.click()
    wait_written(files, qtbot)
    assert _written(files).place == copy and not (source.parent / "elsewhere").exists()


def test_a_foreign_folder_is_refused_in_place(
    window: MainWindow, files: Panels, copy: Path, qtbot: QtBot
) -> None:
    copy.mkdir()
    (copy / "thesis.txt").write_text("all there is")
    label_all(window)
    files.writing.open()
    wait_preview(files, qtbot)
    assert "not a copy made by Labeler" in files.write_panel.trouble.what.text()
    assert [path.name for path in copy.iterdir()] == ["thesis.txt"]


def test_too_little_room_is_told_before_anything_is_written(
    window: MainWindow, files: Panels, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(destination_module.disk, "free_bytes", lambda path: 1000)
    label_all(window)
    files.writing.open()
    wait_preview(files, qtbot)
    assert "1000 bytes" not in files.write_panel.room.text()
    assert files.write_panel.room.text() == "1.0 kB are free there."
    assert "are free at" in files.write_panel.trouble.what.text()
    files.writing.write()
    wait_written(files, qtbot)
    assert files.writing.copying.error is not None


def test_a_changed_recording_is_written_only_if_the_operator_insists(
    window: MainWindow, files: Panels, source: Path, copy: Path, qtbot: QtBot
) -> None:
    label_all(window)
    files.writing.write()
    wait_written(files, qtbot)
    assert window.desk is not None
    window.desk.session.decide(0, never(window.desk.session.label(0)), frame=0, what="never")
    info = source / "meta" / "info.json"
    info.write_text(info.read_text() + "\n")
    os.utime(info)
    files.writing.copying.forget()
    files.writing.open()
    wait_preview(files, qtbot)
    panel = files.write_panel
    assert "changed" in panel.trouble.what.text()
    assert panel.anyway.isVisible() and not panel.write_button.isEnabled()
    panel.anyway.click()
    wait_written(files, qtbot)
    assert _written(files).updated
    assert differences(copy) == []


def _written(files: Panels):
    written = files.writing.copying.written
    assert written is not None, files.writing.copying.error
    return written


def _phase(copying: Copying) -> str:
    return copying.report.phase if copying.report else ""


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _held_at(monkeypatch: pytest.MonkeyPatch, phase: str) -> threading.Event:
    """Hold the writing when a phase begins, until the event is set: a very slow disk."""
    go_on, begin = threading.Event(), ProgressSteps.begin

    def slow(self: ProgressSteps, name: str, total_bytes: int, total_files: int) -> None:
        begin(self, name, total_bytes, total_files)
        if name == phase:
            assert go_on.wait(60)

    monkeypatch.setattr(ProgressSteps, "begin", slow)
    return go_on
