"""A collection is written as one dataset beside the labelling: asked, written, refused, trained."""

import json
import shutil
import threading
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from labeler.dataset import open_dataset
from labeler.labels import Crop, State
from labeler.labels.document import from_text
from labeler.labels.episode import never, with_cutoff
from labeler.session import Session
from labeler.session.write_steps import ProgressSteps
from labeler.storage.checking.check import differences
from labeler.storage.copying.recovery import partial_copies
from labeler.storage.merging import Repeated
from labeler.storage.record.selection import Unlabeled
from labeler.ui.collection.merge_panel import MergePanel
from labeler.ui.collection.merging import Merging
from labeler.ui.collection.training import CollectionTraining
from labeler.ui.desk.desk import Desk
from labeler.ui.training.panel import TrainingPanel
from labeler.ui.window.main_window import MainWindow
from tests.conftest import recording_maker
from tests.labeler.ui.collection.conftest import (
    LENGTHS,
    OpenTogether,
    write_collection,
)
from tests.labeler.ui.conftest import Press, wait_for_picture

GRIPPER = "observation.images.gripper"


def label_all(window: MainWindow, but: tuple[int, ...] = ()) -> None:
    """Success from frame 3 everywhere but in the last episode, which never succeeds."""
    desk = window.desk
    assert desk is not None
    last = len(desk.session.dataset) - 1
    for episode in set(range(last + 1)) - set(but):
        label = desk.session.label(episode)
        decided = never(label) if episode == last else with_cutoff(label, 3)
        desk.session.decide(episode, decided, frame=3, what="label")


def merging_of(window: MainWindow) -> tuple[Merging, MergePanel]:
    """What writes, and its panel."""
    assert window.page is not None
    merging, panel = window.page.panels.writing, window.page.panels.write_panel
    assert isinstance(merging, Merging) and isinstance(panel, MergePanel)
    return merging, panel


def foreseen(window: MainWindow, press: Press, qtbot: QtBot) -> tuple[Merging, MergePanel]:
    """The panel, once it shows what would happen."""
    merging, panel = merging_of(window)
    press(window, "Ctrl+Shift+S")
    qtbot.waitUntil(lambda: merging.previewing.up_to_date)
    assert window.page is not None and window.page.side.currentWidget() is panel
    window.page.setFocus()  # the panel was opened by key, and labelling goes on beside it
    return merging, panel


def written(merging: Merging, qtbot: QtBot) -> Path:
    """Where the dataset is, once it is there and known."""
    qtbot.waitUntil(lambda: not merging.copying.running)
    assert merging.copying.error is None and merging.copying.written is not None
    qtbot.waitUntil(lambda: merging.merged is not None)
    return merging.copying.written.place


def test_a_merged_dataset_is_written_checked_and_told(
    open_together: OpenTogether, collection: Path, folder: Path, press: Press, qtbot: QtBot
) -> None:
    window = open_together(collection)
    label_all(window)
    merging, panel = foreseen(window, press, qtbot)
    assert panel.plan.text() == "A new dataset of 3 recordings (LeRobot v3.0)."
    assert "34 success frames" in panel.numbers.text()
    assert "in 6 episodes" in panel.numbers.text()
    assert panel.room.text().startswith("Needs ")
    assert panel.form.undecided.isHidden() and panel.form.differing.isHidden()
    panel.write_button.click()
    press(window, "X")  # labelling goes on
    place = written(merging, qtbot)
    assert place == folder / "all_merged"
    for name in LENGTHS:
        with open_dataset(folder / name) as recording:
            assert differences(place, against=recording) == []
    labels = from_text((place / "meta/labeler/labels.json").read_text())
    assert [label.length for label in labels] == [12, 9, 10, 11, 7, 13]
    assert [labels[e].state for e in (0, 5)] == [State.SUCCESS, State.NEVER]
    assert labels[0].cutoff == 3, "as it was when writing began"
    assert panel.written.isVisible()
    assert panel.written.title.text() == "Written and checked"
    assert panel.written.repo_id.text() == "local/all_merged"
    assert merging.text() == "merged dataset: 1 decision behind"
    press(window, "Ctrl+Z")
    qtbot.waitUntil(lambda: merging.text() == "merged dataset: up to date, all_merged")
    assert merging.wish.place == folder / "all_merged_2"


def test_undecided_episodes_are_refused_until_the_operator_says_what_becomes_of_them(
    open_together: OpenTogether, collection: Path, press: Press, qtbot: QtBot
) -> None:
    window = open_together(collection)
    label_all(window, but=(3, 4))
    merging, panel = foreseen(window, press, qtbot)
    assert not panel.write_button.isEnabled()
    assert panel.form.undecided.isVisible()
    assert panel.form.undecided.told.text() == "1 in night, 1 in moved"
    assert "18 frames excluded or without a decision" in panel.numbers.text()
    panel.first.click()
    assert window.desk is not None and window.desk.episode == 3
    panel.form.undecided.buttons[Unlabeled.DROP].click()
    qtbot.waitUntil(panel.write_button.isEnabled)
    assert "in 4 episodes" in panel.numbers.text()
    assert "night: left out: episode 2." in panel.notes.text().replace("\u200b", "")
    press(window, "X")  # the preview follows
    qtbot.waitUntil(lambda: "in 5 episodes" in panel.numbers.text())
    panel.write_button.click()
    place = written(merging, qtbot)
    with open_dataset(place) as dataset:
        assert dataset.lengths.tolist() == [12, 9, 10, 11, 13]


def test_what_differs_is_settled_by_choice_or_by_leaving_a_recording_out(
    open_together: OpenTogether, folder: Path, press: Press, qtbot: QtBot
) -> None:
    make = recording_maker(folder)
    front = "observation.images.front"
    make("v3.0", (6,), name="other", cameras=(GRIPPER, front), robot_type="arm", seed=700)
    window = open_together(write_collection(folder, ["day", "other"]))
    label_all(window)
    merging, panel = foreseen(window, press, qtbot)
    differing = panel.form.differing
    assert not panel.write_button.isEnabled()
    told = differing.told.text().replace("\u200b", "")
    assert f"{front}: none in day; 64×64 video in other." in told
    assert "robot_type: so101_follower in day; arm in other." in told
    assert panel.trouble.what.text() == "The recordings differ."
    assert differing.boxes[front].text() == "Leave out front"
    differing.boxes[front].click()
    differing.boxes["robot_type"].click()
    qtbot.waitUntil(panel.write_button.isEnabled)
    assert panel.trouble.isHidden()
    panel.write_button.click()
    place = written(merging, qtbot)
    info = json.loads((place / "meta/info.json").read_text())
    assert info["robot_type"] == "so101_follower"
    assert front not in info["features"]
    panel.again.click()
    panel.form.recordings["other"].click()
    qtbot.waitUntil(lambda: panel.plan.text().startswith("A new dataset of 1 recording "))
    assert differing.isHidden()


def test_cameras_get_the_keys_that_are_typed(
    open_together: OpenTogether, folder: Path, press: Press, qtbot: QtBot
) -> None:
    recording_maker(folder)("v3.0", (6,), name="other", cameras=("image",), seed=700)
    window = open_together(write_collection(folder, ["day", "other"]))
    label_all(window)
    merging, panel = foreseen(window, press, qtbot)
    form = panel.form.camera_keys
    assert form.isVisible() and list(form.fields) == [GRIPPER, "image"]
    assert "cannot be trained on image." in form.told.text().replace("\u200b", "")
    assert not panel.write_button.isEnabled()

    def type_key(key: str) -> None:
        form.fields["image"].setText(key)
        form.fields["image"].textEdited.emit(key)

    type_key("observation/gripper")
    qtbot.waitUntil(lambda: "cannot be the key of a camera" in panel.trouble.what.text())
    type_key(GRIPPER)
    qtbot.waitUntil(panel.write_button.isEnabled)
    assert form.told.isHidden() and panel.form.differing.isHidden()
    panel.write_button.click()
    place = written(merging, qtbot)
    with open_dataset(place) as dataset:
        assert [camera.key for camera in dataset.cameras] == [GRIPPER]
        assert dataset.lengths.tolist() == [12, 9, 6]
    panel.again.click()
    panel.form.recordings["other"].click()  # what was typed for its camera does not count
    qtbot.waitUntil(lambda: panel.plan.text().startswith("A new dataset of 1 recording "))
    assert form.isHidden() and panel.write_button.isEnabled()


def test_another_rate_can_only_be_left_out(
    open_together: OpenTogether, folder: Path, press: Press, qtbot: QtBot
) -> None:
    recording_maker(folder)("v3.0", (6,), name="fast", fps=20, seed=700)
    window = open_together(write_collection(folder, ["day", "fast"]))
    label_all(window)
    _, panel = foreseen(window, press, qtbot)
    assert panel.form.differing.boxes == {}
    assert panel.form.differing.told.text() == "fps: 10 in day; 20 in fast."
    assert not panel.write_button.isEnabled()
    panel.form.recordings["fast"].click()
    qtbot.waitUntil(panel.write_button.isEnabled)


def test_episodes_that_are_there_twice_are_asked_about(
    open_together: OpenTogether, folder: Path, press: Press, qtbot: QtBot
) -> None:
    shutil.copytree(folder / "day", folder / "again")
    window = open_together(write_collection(folder, ["day", "again"]))
    label_all(window)
    merging, panel = foreseen(window, press, qtbot)
    assert panel.form.repeated.told.text() == "again: episodes 0-1 are in day, too."
    assert panel.trouble.what.text() == "There are duplicate episodes."
    panel.form.repeated.buttons[Repeated.DROP].click()
    qtbot.waitUntil(panel.write_button.isEnabled)
    assert "in 2 episodes" in panel.numbers.text()
    panel.form.repeated.buttons[Repeated.KEEP].click()
    qtbot.waitUntil(lambda: "in 4 episodes" in panel.numbers.text())
    assert merging.previewing.may_write


def test_recordings_that_are_not_open_are_missing_only_if_the_operator_says_so(
    open_together: OpenTogether, collection: Path, folder: Path, press: Press, qtbot: QtBot
) -> None:
    shutil.move(folder / "night", folder / "elsewhere")
    window = open_together(collection)
    label_all(window)
    merging, panel = foreseen(window, press, qtbot)
    assert not panel.write_button.isEnabled()
    assert panel.trouble.what.text() == "night would be missing: not open."
    assert panel.form.without_absent.text() == "Write without night"
    panel.form.without_absent.click()
    qtbot.waitUntil(panel.write_button.isEnabled)
    panel.write_button.click()
    written(merging, qtbot)
    panel.again.click()
    assert panel.form.without_absent.isChecked(), "what was chosen holds for the next one, too"
    qtbot.waitUntil(panel.write_button.isEnabled)
    assert panel.trouble.isHidden()


@pytest.mark.parametrize(
    ("names", "merged"),
    [(("day", "night.2"), "day_merged"), (("night.2", "day"), "night.2_merged")],
)
def test_the_dataset_goes_beside_the_first_folder_and_an_empty_field_says_where(
    open_together: OpenTogether,
    folder: Path,
    press: Press,
    qtbot: QtBot,
    names: tuple[str, ...],
    merged: str,
) -> None:
    (folder / "night").rename(folder / "night.2")
    window = open_together(*(folder / name for name in names))
    label_all(window)
    merging, panel = foreseen(window, press, qtbot)
    place = panel.form.place
    place.setFocus()
    assert place.text() == str(folder / merged)
    place.selectAll()
    QTest.keyClicks(place, str(folder / "elsewhere"))
    assert merging.wish.place == folder / "elsewhere"
    place.selectAll()
    press(place, "Backspace")
    assert (place.text(), place.placeholderText()) == ("", str(folder / merged))
    assert merging.wish.place == folder / merged
    panel.form.options["done"].click()
    assert merging.wish.wishes.options.done and place.text() == ""
    qtbot.waitUntil(panel.write_button.isEnabled)
    panel.write_button.click()
    assert written(merging, qtbot) == folder / merged


def test_a_folder_that_is_taken_is_refused_in_place(
    open_together: OpenTogether, collection: Path, folder: Path, press: Press, qtbot: QtBot
) -> None:
    window = open_together(collection)
    label_all(window)
    _, panel = foreseen(window, press, qtbot)
    panel.form.place.setText(str(folder / "day"))
    panel.form.place.textEdited.emit(panel.form.place.text())
    qtbot.waitUntil(lambda: not panel.trouble.isHidden())
    assert not panel.write_button.isEnabled()
    assert "--out" not in panel.trouble.cure.text()


def test_writing_can_be_cancelled_and_leaves_nothing(
    open_together: OpenTogether,
    collection: Path,
    folder: Path,
    press: Press,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = open_together(collection)
    label_all(window)
    merging, panel = foreseen(window, press, qtbot)
    reached, go_on = threading.Event(), threading.Event()
    begin = ProgressSteps.begin

    def held(self: ProgressSteps, phase: str, size: int, files: int) -> None:
        begin(self, phase, size, files)
        if phase == "Writing":  # as long as a large collection would take
            reached.set()
            assert go_on.wait(60)

    monkeypatch.setattr(ProgressSteps, "begin", held)
    panel.write_button.click()
    qtbot.waitUntil(reached.is_set)
    assert panel.progress.isVisible()
    panel.progress.cancel.click()
    go_on.set()
    qtbot.waitUntil(lambda: not merging.copying.running)
    assert merging.copying.cancelled
    assert not (folder / "all_merged").exists()
    assert partial_copies(folder / "all_merged") == []
    assert window.status.text() == "Writing was cancelled; nothing was left behind."


def test_the_balance_follows_the_labels_and_names_what_is_there_twice(
    open_together: OpenTogether, folder: Path, press: Press, qtbot: QtBot
) -> None:
    shutil.copytree(folder / "day", folder / "again")
    file = write_collection(
        folder, ["day", "night", "again"], day={"tags": ["sun"]}, night={"tags": ["lamp"]}
    )
    window = open_together(file)
    label_all(window, but=(1,))
    window.actions_by_id["review.balance"].trigger()
    assert window.page is not None and window.desk is not None
    panel = window.page.panels.balance_panel
    qtbot.waitUntil(lambda: bool(panel.sources.groups) and panel.total.groups[0].duplicates == 2)
    assert panel.repeated.text() == "again: episodes 0-1 are in day, too."
    told = {group.name: panel.sources.summary(group) for group in panel.sources.groups}
    assert told == {
        "day": "2 episodes: 1 success, 1 open",
        "night": "3 episodes: 3 success",
        "again": "2 episodes: 1 success, 1 never, 2 twice",
    }
    assert [group.name for group in panel.sessions.groups] == ["lamp", "no tag", "sun"]
    assert panel.by.text() == "By session"
    window.desk.show_episode(1)
    press(window, "X")
    qtbot.waitUntil(lambda: "1 never" in panel.sources.summary(panel.sources.groups[0]))


def test_training_from_a_collection_is_on_the_merged_dataset(
    open_together: OpenTogether, collection: Path, folder: Path, press: Press, qtbot: QtBot
) -> None:
    window = open_together(collection)
    label_all(window)
    merging, panel = merging_of(window)
    window.actions_by_id["train.new"].trigger()
    assert window.page is not None
    dock = window.page.training
    assert isinstance(dock, CollectionTraining) and dock.isVisible()
    assert dock.told.text().startswith("There is none yet.")
    assert dock.train.isHidden()
    dock.write.click()
    assert window.page.side.currentWidget() is panel
    qtbot.waitUntil(panel.write_button.isEnabled)
    panel.write_button.click()
    place = written(merging, qtbot)
    qtbot.waitUntil(dock.train.isVisible)
    assert "with all decisions" in dock.told.text()
    with qtbot.waitSignal(window.opening.opened):
        dock.train.click()
    qtbot.waitUntil(lambda: window.desk is not None and window.desk.session.dataset.root == place)
    wait_for_picture(window, qtbot)
    assert window.desk is not None and window.page is not None
    assert window.desk.decision_count == 6
    training = window.page.training
    assert isinstance(training, TrainingPanel) and training.isVisible()
    qtbot.waitUntil(lambda: training.dock is not None)
    assert training.dock is not None
    assert training.dock.form.labels.text() == "6 labelled: 5 success, 1 never."


def test_training_uses_the_labels_and_crops_of_the_latest_merge(
    open_together: OpenTogether, tmp_path: Path, press: Press, qtbot: QtBot
) -> None:
    """Metadata of v2.1 do not tell one merge from the next: both have the same label file."""
    make = recording_maker(tmp_path)
    roots = [make("v2.1", (12, 9), name="a"), make("v2.1", (10, 11), name="b", seed=100)]

    def train(cutoff: int, crop: Crop) -> Desk:
        """The desk on which a training would start, after a merge with this label and crop."""
        for root in roots:
            session = Session.open(root)
            session.set_crops({GRIPPER: crop})
            session.close()
        window = open_together(*roots)
        label_all(window)
        assert window.desk is not None and window.page is not None
        label = with_cutoff(window.desk.session.label(0), cutoff)
        window.desk.session.decide(0, label, frame=0, what="label")
        merging, panel = foreseen(window, press, qtbot)
        qtbot.waitUntil(panel.write_button.isEnabled)
        panel.write_button.click()
        place = written(merging, qtbot)
        window.actions_by_id["train.new"].trigger()
        dock = window.page.training
        assert isinstance(dock, CollectionTraining)
        qtbot.waitUntil(lambda: "with all decisions" in dock.told.text())
        with qtbot.waitSignal(window.opening.opened):
            dock.train.click()
        qtbot.waitUntil(
            lambda: window.desk is not None and window.desk.session.dataset.root == place
        )
        wait_for_picture(window, qtbot)
        return window.desk

    first = train(3, (0, 0, 32, 32))
    assert (first.session.label(0).cutoff, first.crops) == (3, {GRIPPER: (0, 0, 32, 32)})
    second = train(6, (8, 8, 32, 32))
    assert (second.session.label(0).cutoff, second.crops) == (6, {GRIPPER: (8, 8, 32, 32)})


def test_a_merged_dataset_of_an_earlier_session_is_found(
    open_together: OpenTogether, collection: Path, press: Press, qtbot: QtBot
) -> None:
    window = open_together(collection)
    label_all(window)
    merging, panel = foreseen(window, press, qtbot)
    panel.write_button.click()
    place = written(merging, qtbot)
    window.show_start()
    open_together(collection)
    again, _ = merging_of(window)
    qtbot.waitUntil(lambda: again.merged is not None)
    assert again.merged is not None
    assert (again.merged.place, again.merged.behind) == (place, 0)
    press(window, "Ctrl+S")
    assert window.status.text() == "The merged dataset all_merged holds all decisions."
