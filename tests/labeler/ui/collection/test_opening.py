"""A collection is opened: from a file, folders, the list; what is missing or locked is named."""

import shutil
import signal
from pathlib import Path

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from labeler.collection import CollectionSpec, SourceSpec, read_spec
from labeler.dataset.labels_of import ColumnReading
from labeler.labels import State
from labeler.labels.episode import never
from labeler.session import Session
from labeler.session.joined import JoinedSession
from labeler.session.opening_together import open_together as open_sessions
from labeler.ui.window.main_window import MainWindow
from tests.conftest import MakeRecording, recording_maker
from tests.labeler.ui.collection.conftest import (
    LENGTHS,
    OpenTogether,
    joined,
    place,
    write_collection,
)
from tests.labeler.ui.conftest import OpenWindow, Press, wait_for_picture
from tests.labeler.ui.kit.test_dropped import drop
from tests.labeler.ui.window.test_killed_window import operate


def test_the_program_opens_a_collection_and_a_kill_costs_no_decision(
    collection: Path, folder: Path
) -> None:
    keys = "Key_Right,Key_S,Key_Down,Key_X,Key_Down,Key_Home,Key_S"
    process = operate(collection, keys, "kill")
    output, errors = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, errors
    assert output == "pressed\n"
    session = open_sessions(read_spec(collection), [collection])
    try:
        # S at frame 1, on to day 1; Down to night 0: never, on to night 2; Down to moved 0: success
        assert session.label(0).cutoff == 1
        assert session.label(1).state is State.UNLABELED
        assert session.label(2).state is State.NEVER
        assert session.label(4).cutoff == 0
        assert session.save_state().recovered == 3
    finally:
        session.close()
    for name, number in (("day", 0), ("night", 0), ("moved", 0)):
        alone = Session.open(folder / name, folder / f"{name}.labels.json")
        assert alone.label(number).decided, "in the label file of its own recording"
        alone.close()


def test_a_collection_file_and_several_folders_can_be_dropped(
    window: MainWindow, collection: Path, folder: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.opening.opened, timeout=20_000):
        drop(window.start, collection)
    wait_for_picture(window, qtbot)
    assert window.desk is not None and len(window.desk.session.dataset) == 6
    with qtbot.waitSignal(window.opening.opened, timeout=20_000):
        drop(window, folder / "moved", folder / "night")
    qtbot.waitUntil(lambda: window.desk is not None and len(window.desk.session.dataset) == 5)
    wait_for_picture(window, qtbot)
    assert [one.name for one in joined(window.desk).members] == ["moved", "night"]
    assert window.windowTitle() == "moved and 1 more – Labeler"


def test_the_list_goes_on_with_a_collection_at_its_place(
    open_together: OpenTogether, collection: Path, folder: Path, press: Press, qtbot: QtBot
) -> None:
    window = open_together(folder / "day", folder / "moved")
    window.show_start()
    open_together(collection)
    press(window, "Down", "Down", "Down", "Right")
    window.show_start()
    first, second = window.start.recordings.cards
    assert first.name.text() == "all.json"
    assert first.lead.text() == "Last session: continue where you left off"
    assert first.folder.text().startswith("3 recordings · ")
    assert first.progress.text() == "0 of 6"
    assert second.name.text() == "day and 1 more"
    with qtbot.waitSignal(window.opening.opened, timeout=20_000):
        first.click()
    wait_for_picture(window, qtbot)
    assert window.desk is not None
    assert (place(window.desk), window.desk.playhead.frame) == (("night", 2), 1)
    window.show_start()
    window.start.recordings.cards[1].removed.emit()
    assert len(window.start.recordings.cards) == 1


def test_what_is_missing_is_named_with_its_cure_and_the_others_open(
    window: MainWindow, open_together: OpenTogether, collection: Path, folder: Path
) -> None:
    shutil.move(folder / "night", folder / "elsewhere")
    (folder / "moved.labels.json").write_text("{")
    open_together(collection)
    assert window.desk is not None and window.page is not None
    assert [one.name for one in joined(window.desk).members] == ["day"]
    assert "night is not open: " in window.status.text()
    card = window.page.queue.sources and window.page.queue.sources.absent
    assert card is not None and card.isVisible()
    told = [label.text().replace("\u200b", "") for label in card.findChildren(QLabel)]
    assert "night is not open" in told
    assert any(str(folder / "night") in text for text in told)
    assert "moved is not open" in told


def test_where_none_can_be_opened_the_start_page_says_why(
    window: MainWindow, collection: Path, folder: Path, qtbot: QtBot
) -> None:
    for name in LENGTHS:
        shutil.rmtree(folder / name)
    with qtbot.waitSignal(window.opening.failed, timeout=20_000):
        window.open(collection)
    assert window.start.notice.head.text().startswith("No recording can be opened.")
    assert str(folder / "day") in window.start.notice.head.text()
    with qtbot.waitSignal(window.opening.failed, timeout=20_000):
        window.open(write_collection(folder, ["day"], "bad.json", day={"rot": 1}))
    assert "rot" in window.start.notice.head.text()


def test_a_column_named_at_the_start_is_taken_over_where_a_recording_has_it(
    window: MainWindow, folder: Path, qtbot: QtBot
) -> None:
    recording_maker(folder)("v3.0", (6, 4), name="paid", seed=300, reward="last")
    with qtbot.waitSignal(window.opening.opened, timeout=20_000):
        window.open(write_collection(folder, ["day", "paid"]), None, ColumnReading("next.reward"))
    wait_for_picture(window, qtbot)
    assert window.desk is not None
    assert [window.desk.session.label(e).cutoff for e in range(4)] == [None, None, 5, 3]
    assert "day: next.reward is not taken over." in window.status.text()


def test_a_recording_labelled_elsewhere_is_read_only_and_the_others_are_not(
    window: MainWindow, open_together: OpenTogether, collection: Path, folder: Path, press: Press
) -> None:
    other = Session.open(folder / "night", folder / "night.labels.json")
    try:
        open_together(collection)
        assert window.desk is not None and window.page is not None
        assert "night is read-only: Another window has the labels" in window.status.text()
        box = window.page.queue.sources and window.page.queue.sources.box
        assert box is not None and box.itemText(2) == "night (2, read-only)"
        press(window, "Down", "Down", "Home", "S")
        assert window.desk.session.label(2).state is State.UNLABELED
        assert "Another window has the labels" in window.status.text()
        assert "Another window" in window.page.inspector.guard.trouble.text()
        press(window, "Down", "Down", "Home", "S")
        assert window.desk.session.label(4).cutoff == 0
        assert not window.desk.session.save_state().read_only
    finally:
        other.close()


def test_a_recording_that_is_open_alone_gives_its_labels_to_the_collection(
    open_window: OpenWindow, collection: Path, folder: Path, press: Press, qtbot: QtBot
) -> None:
    window = open_window(folder / "night", folder / "night.labels.json")
    press(window, "X")
    window.open(collection)
    qtbot.waitUntil(lambda: window.desk is not None and len(window.desk.session.dataset) == 6)
    wait_for_picture(window, qtbot)
    assert window.desk is not None
    assert window.desk.session.label(2).state is State.NEVER
    assert not any(one.session.save_state().read_only for one in joined(window.desk).members)


def test_opening_can_be_cancelled_and_lets_the_labels_go(
    window: MainWindow, collection: Path, folder: Path, qtbot: QtBot
) -> None:
    window.open(collection)
    with qtbot.waitSignal(window.opening.cancelled):
        window.start.notice.buttons[0].click()
    window.opening.close()
    assert window.desk is None

    def free() -> bool:
        session = Session.open(folder / "day", folder / "day.labels.json")
        session.close()
        return not session.save_state().read_only

    qtbot.waitUntil(free)


def test_labels_that_a_recording_brings_along_are_where_one_begins(
    make_recording: MakeRecording, tmp_path: Path
) -> None:
    one = make_recording(lengths=(6, 7), name="one", reward="last")
    two = make_recording(lengths=(5,), name="two", seed=9)
    spec = CollectionSpec((SourceSpec(one, name="one"), SourceSpec(two, name="two")))
    session = open_sessions(spec, [one, two])
    assert [session.label(e).cutoff for e in range(3)] == [5, 6, None]
    assert session.undo() is None
    member = session.members[0].session
    member.decide(0, type(member.label(0))(6), frame=0, what="clear")
    session.close()
    session = open_sessions(spec, [one, two])
    assert session.label(0).state is State.UNLABELED, "what was decided here is not overwritten"
    session.close()


def test_the_same_recording_twice_shares_its_labels(folder: Path) -> None:
    day = folder / "day"
    spec = CollectionSpec(
        (SourceSpec(day, name="a", episodes="0"), SourceSpec(day, name="b", episodes="0-1"))
    )
    session = open_sessions(spec, [day, day])
    try:
        assert len(session.sessions) == 1
        label = session.label(0)
        session.decide(0, never(label), frame=0, what="never")
        assert [session.label(e).state for e in range(3)] == [
            State.NEVER, State.NEVER, State.UNLABELED,
        ]  # fmt: skip
        assert session.counts()[State.NEVER] == 2
        assert session.undo() is not None
        assert session.counts()[State.NEVER] == 0
    finally:
        session.close()


def test_what_cannot_be_chosen_of_a_recording_leaves_no_lock(folder: Path) -> None:
    spec = read_spec(write_collection(folder, ["day", "night"], night={"episodes": "0-7"}))
    session = open_sessions(spec, [folder / "all.json"])
    try:
        assert [one.name for one in session.absent] == ["night"]
        assert "7" in session.absent[0].why
        other = Session.open(folder / "night", folder / "night.labels.json")
        assert not other.save_state().read_only
        other.close()
    finally:
        session.close()


def test_a_single_recording_is_no_collection(open_window: OpenWindow, folder: Path) -> None:
    window = open_window(folder / "day")
    assert window.desk is not None and window.page is not None
    assert not isinstance(window.desk.session, JoinedSession)
    assert window.page.queue.sources is None
    assert window.page.stage.overlay.place_text().startswith("frame 0 / 12")
    window.actions_by_id["review.balance"].trigger()
    assert window.status.text().startswith("Balance compares recordings")
