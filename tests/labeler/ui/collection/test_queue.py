"""Several recordings in one queue: moving, deciding and undoing go across them."""

import json
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from labeler.labels import State
from labeler.labels.document import from_text
from labeler.labels.episode import with_cutoff
from labeler.session import Session, Show
from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from labeler.video import FrameKey
from tests.conftest import episode_and_frame, recording_maker
from tests.labeler.ui.collection.conftest import (
    LENGTHS,
    PLACES,
    OpenTogether,
    joined,
    place,
)
from tests.labeler.ui.conftest import Press, wait_for_picture
from tests.labeler.ui.mouse import click

SEEDS = {name: 100 * number for number, name in enumerate(LENGTHS)}


def shown(window: MainWindow, qtbot: QtBot) -> tuple[int, int]:
    """Episode and frame that the large picture really shows."""
    wait_for_picture(window, qtbot)
    assert window.page is not None
    large = window.page.stage.large
    qtbot.waitUntil(lambda: large._pixels is not None, timeout=20_000)
    pixels = large._pixels
    assert pixels is not None
    return episode_and_frame(pixels[:, :, :3])


def wait_until_shown(window: MainWindow, qtbot: QtBot, expected: tuple[int, int]) -> None:
    """A busy machine paints the large picture later than it decodes it."""
    qtbot.waitUntil(lambda: shown(window, qtbot) == expected, timeout=20_000)


def test_down_goes_through_all_recordings_with_their_own_pictures(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    seen = []
    for number, (name, own) in enumerate(PLACES):
        assert place(desk) == (name, own)
        assert desk.playhead.length == LENGTHS[name][own]
        wait_until_shown(window, qtbot, (own + SEEDS[name], 0))
        seen.append(number)
        press(window, "Down")
    assert seen == list(range(6))
    assert window.status.text() == "This is the last episode."
    press(window, "Up", "Up")
    assert place(desk) == ("night", 2)


def test_the_name_of_the_recording_is_in_sight(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    page = window.page
    assert page is not None
    assert page.stage.overlay.place_text().startswith("day    frame 0 / 12")
    press(window, "Down", "Down", "Down")
    assert page.stage.overlay.place_text().startswith("night    frame 0 / 11")
    assert desk.episode_name() == "episode 2 of night"
    rows = [page.queue.model.data(page.queue.model.index(row)) for row in range(6)]
    assert rows[3] == "Episode 2 of night, unlabeled, 11 frames"
    assert page.queue.model.place(3) == (2, "night")
    assert page.inspector.guard.source.text().startswith("night · v3.0 · 3 episodes")


def test_decisions_advance_across_recordings_and_lie_in_their_own_files(
    window: MainWindow, desk: Desk, folder: Path, press: Press
) -> None:
    press(window, "Right", "Right", "S", "X", "Home", "S")
    assert place(desk) == ("night", 2)
    assert desk.progress().startswith("3 of 6")
    press(window, "X", "Home", "S", "X")
    assert window.status.text().startswith("All episodes are labelled")
    assert desk.session.counts()[State.SUCCESS] == 3
    assert joined(desk).flush(30)
    night = from_text((folder / "night.labels.json").read_text(), lengths=LENGTHS["night"])
    assert night[0].cutoff == 0
    assert night[1].state is State.UNLABELED, "it is not taken"
    assert night[2].state is State.NEVER


def test_undo_goes_back_across_recordings_to_the_place(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    press(window, "Right", "Right", "Right", "S", "X", "Right", "S", "X")
    assert place(desk) == ("moved", 0)
    undone = []
    for _ in range(4):
        press(window, "Ctrl+Z")
        undone.append((*place(desk), desk.playhead.frame))
    assert undone == [("night", 2, 0), ("night", 0, 1), ("day", 1, 0), ("day", 0, 3)]
    assert desk.decision_count == 0
    press(window, "Ctrl+Z")
    assert window.status.text() == "Nothing to undo."
    press(window, "Ctrl+Y", "Ctrl+Y", "Ctrl+Y")
    assert place(desk) == ("night", 0)
    assert desk.decision_count == 3
    assert joined(desk).members[1].session.label(0).cutoff == 1
    press(window, "X")  # a new decision: what was undone cannot come back
    press(window, "Ctrl+Y")
    assert window.status.text() == "Nothing to redo."


def test_filters_orders_and_search_go_over_all_and_one_recording_can_be_listed(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "Home", "S", "X", "Home", "S")
    queue, panel = desk.queue, window.page and window.page.queue
    assert panel is not None and panel.sources is not None
    queue.choose(show=Show.NEVER)
    assert queue.rows.tolist() == [1]
    queue.choose(show=Show.UNLABELED)
    assert queue.rows.tolist() == [3, 4, 5]
    queue.choose(show=Show.ALL, search="NIGHT")
    assert queue.rows.tolist() == [2, 3]
    queue.choose(search="cube")
    assert len(queue) == 6
    queue.choose(search="")
    box = panel.sources.box
    assert [box.itemText(i) for i in range(box.count())] == [
        "All 3 recordings", "day (2)", "night (2)", "moved (2)",
    ]  # fmt: skip
    box.setCurrentIndex(3)
    box.activated.emit(3)
    assert queue.rows.tolist() == [4, 5]
    box.activated.emit(0)
    assert len(queue) == 6
    assert panel.bar.maximum() == 6 and panel.bar.value() == 3


def test_recordings_with_other_cameras_and_rates_follow_each_other(
    window: MainWindow,
    tmp_path: Path,
    open_together: OpenTogether,
    press: Press,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make = recording_maker(tmp_path)
    front = "observation.images.front"
    one = make("v3.0", (9, 8), name="one", fps=10)
    two = make("v2.1", (7,), name="two", fps=20, cameras=(front,), kind="image", size=(48, 64))
    open_together(one, two)
    desk = window.desk
    assert desk is not None and window.page is not None
    assert desk.camera == "observation.images.gripper"
    asked: set[FrameKey] = set()
    strip, want = desk.images.strip, desk.images.strip.want
    monkeypatch.setattr(strip, "want", lambda keys: (asked.update(keys), want(keys)))
    press(window, "Down", "Down")
    assert place(desk) == ("two", 0)
    assert (desk.camera, desk.playhead.fps) == (front, 20)
    assert [view.camera for view in window.page.stage.views] == [front]
    wait_until_shown(window, qtbot, (0, 0))
    press(window, "Up")
    assert (desk.camera, desk.playhead.fps) == ("observation.images.gripper", 10)
    wait_until_shown(window, qtbot, (1, 0))
    assert {(key.episode, key.camera) for key in asked} == {
        (1, "observation.images.gripper"), (2, front),
    }  # fmt: skip


def test_thumbnails_are_those_of_each_recording(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    pictures = desk.images.queue
    keys = []
    for episode in range(6):
        length = int(desk.session.dataset.lengths[episode])
        keys.append(FrameKey(episode, desk.camera, length // 2))
    pictures.want(keys)
    qtbot.waitUntil(lambda: all(pictures.get(key) is not None for key in keys))
    seen = [pictures.get(key) for key in keys]
    assert all(isinstance(one, np.ndarray) for one in seen)
    for (name, own), picture in zip(PLACES, seen, strict=True):
        assert isinstance(picture, np.ndarray)
        assert episode_and_frame(picture[:, :, :3])[0] == own + SEEDS[name]


def test_go_to_means_the_recording_that_is_shown(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "Down", "Down", "G")
    window.go_to.field.setText("e2")
    press(window.go_to.field, "Return")
    assert place(desk) == ("night", 2)
    press(window, "G")
    window.go_to.field.setText("e1")  # not taken
    press(window.go_to.field, "Return")
    assert "no episode 1 of night" in window.go_to.told.text()
    press(window, "Escape")


def test_a_crop_is_that_of_the_recording_it_was_drawn_on(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    camera = desk.camera
    desk.show_crops({camera: (0, 0, 32, 32)})
    press(window, "Down", "Down")
    assert desk.crops == {}
    press(window, "Up")
    assert desk.crops == {camera: (0, 0, 32, 32)}
    assert joined(desk).members[1].session.table.crops == {}


def test_what_another_program_wrote_is_settled_where_it_happened(
    window: MainWindow, desk: Desk, folder: Path, press: Press, qtbot: QtBot
) -> None:
    press(window, "Home", "S")
    joined(desk).flush(30)
    labels = folder / "day.labels.json"
    labels.write_text(f"{labels.read_text()} ")
    desk.session.check_disk()
    guard = window.page and window.page.inspector.guard
    assert guard is not None
    qtbot.waitUntil(lambda: not guard.merge.isHidden())
    press(window, "Down")
    assert place(desk) == ("night", 0)
    assert guard.merge.isHidden()
    assert guard.trouble.text() == "“day” also needs your attention."
    press(window, "Up", "Up")
    assert place(desk)[0] == "day"
    guard.reload.click()
    assert not desk.source.save_state().conflict


def test_commands_for_one_recording_say_so(
    window: MainWindow, desk: Desk, press: Press, tmp_path: Path, qtbot: QtBot
) -> None:
    for command in ("file.scores", "file.compare", "view.crop"):
        window.actions_by_id[command].trigger()
        assert window.status.text() == (
            "This works on one recording at a time. Open “day” on its own."
        )
    file = tmp_path / "cutoffs.json"
    file.write_text(json.dumps({"0": 3}))
    press(window, "Down", "Down")
    window.open_files([file])
    assert window.page is not None
    files = window.page.panels
    qtbot.waitUntil(lambda: bool(files.importing.changes))
    click(files.import_panel.take)
    assert joined(desk).members[1].session.label(0).cutoff == 3
    assert joined(desk).label(2).cutoff == 3
    press(window, "Ctrl+Z")
    assert joined(desk).label(2).state is State.UNLABELED


def test_labels_are_back_when_it_is_opened_again_and_alone(
    window: MainWindow, desk: Desk, folder: Path, press: Press, open_together: OpenTogether
) -> None:
    press(window, "Down", "Down", "Right", "S")
    window.show_start()
    with_alone = Session.open(folder / "night", folder / "night.labels.json")
    assert with_alone.label(0).cutoff == 1
    with_alone.decide(2, with_cutoff(with_alone.label(2), 4), frame=4, what="label")
    with_alone.close()
    open_together(folder / "all.json")
    assert window.desk is not None
    assert [window.desk.session.label(e).cutoff for e in (2, 3)] == [1, 4]
    assert place(window.desk) == ("night", 2), "the place that was shown last"
