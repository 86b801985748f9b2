"""Every command that labels, by its real key through the real window, and by mouse."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labeler.errors import StorageError
from labeler.labels import EpisodeLabel, FrameRange, Origin, State
from labeler.labels.edges import edges_of, move_edge
from labeler.session.queue import Order, Show
from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import LENGTHS, Press
from tests.labeler.ui.mouse import button, click


def at(desk: Desk) -> tuple[int, int]:
    """Episode and frame shown."""
    return desk.episode, desk.playhead.frame


def parts(label: EpisodeLabel) -> list[tuple[int, int]]:
    """Success ranges as pairs."""
    return [(part.start, part.end) for part in label.success]


def ranges(label: EpisodeLabel) -> list[tuple[int, int]]:
    """Excluded ranges as pairs."""
    return [(part.start, part.end) for part in label.excluded]


@pytest.mark.parametrize(
    ("key", "state", "cutoff", "goes_on"),
    [
        ("S", State.SUCCESS, 3, True),
        ("Shift+S", State.SUCCESS, 3, False),
        ("X", State.NEVER, None, True),
        ("Shift+X", State.NEVER, None, False),
        ("D", State.SKIPPED, None, True),
    ],
)
def test_a_key_decides(
    window: MainWindow, desk: Desk, press: Press, key, state, cutoff, goes_on
) -> None:
    press(window, "Right", "Right", "Right", key)
    label = desk.session.label(0)
    assert (label.state, label.cutoff, label.origin) == (state, cutoff, Origin.HUMAN)
    assert label.time is not None
    assert at(desk) == ((1, 0) if goes_on else (0, 3))
    assert window.status.text().startswith("Episode 0: ")


@pytest.mark.parametrize(
    ("text", "state"),
    [("Success from here", State.SUCCESS), ("Never", State.NEVER), ("Skip", State.SKIPPED)],
)
def test_a_button_decides_and_keeps_the_keys_working(
    window: MainWindow, desk: Desk, press: Press, text, state
) -> None:
    press(window, "Right", "Right")
    click(button(window, text))
    assert desk.session.label(0).state is state
    assert at(desk) == (1, 0)
    press(window, "Space")  # plays; it does not press the button again
    assert desk.playhead.playing
    assert desk.session.label(1).state is State.UNLABELED


@pytest.mark.parametrize("key", ["S", "Shift+S"])
def test_success_from_the_first_frame_is_asked_about_once(
    window: MainWindow, desk: Desk, press: Press, key: str
) -> None:
    press(window, "]", key)
    assert desk.label.state is State.UNLABELED
    assert window.status.text().startswith("Is the first frame already success?")
    over = window.page.stage.overlay
    pill = over.pills()[2]
    assert pill.text == "Press again for success from frame 0", "where the eye is"
    assert over.rect().toRectF().contains(pill.box)
    assert over.spoken_value().startswith(pill.text)
    press(window, key)
    assert over.question() == ""
    assert desk.session.label(0).cutoff == 0
    desk.show_episode(1)
    press(window, "S")
    assert desk.label.state is State.UNLABELED, "asked in each episode"
    press(window, "Right", "Left", "S")
    assert desk.session.label(1).cutoff == 0, "somebody has looked"
    desk.show_episode(1)
    press(window, "Shift+S")
    assert window.status.text().startswith("Episode 1: success"), "it is labelled so already"
    desk.show_episode(2)
    press(window, "Home", "S")
    assert desk.session.label(2).cutoff == 0, "Home means the first frame"


@pytest.mark.parametrize("key", ["S", "X", "D"])
def test_without_auto_advance_the_episode_stays(
    window: MainWindow, desk: Desk, press: Press, key
) -> None:
    window.use(window.preferences.model_copy(update={"auto_advance": False}))
    press(window, "Right", key)
    assert desk.session.label(0).state is not State.UNLABELED
    assert at(desk) == (0, 1)


def test_after_the_last_row_comes_the_first_undecided_one(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "Down", "Down", "X", "X")
    assert desk.episode == 0
    press(window, "X")
    assert desk.episode == 1
    press(window, "X")
    assert desk.episode == 1
    assert window.status.text().startswith("All episodes are labelled.")


def test_skipped_episodes_come_last(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "D", "X", "X", "X")
    assert desk.episode == 0
    press(window, "D")
    assert window.status.text() == "Only skipped episodes are left: 1."
    press(window, "Home", "S")
    assert window.status.text().startswith("All episodes are labelled.")


def test_a_correction_goes_to_the_next_row(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Home", "S", "Home", "S", "Up", "Up", "Right", "X")
    assert desk.session.label(0).state is State.NEVER
    assert desk.episode == 1  # decided already, but next to the one that was corrected


def test_a_shown_label_is_entered_at_its_edge(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, *["Right"] * 5, "S", "Up")
    assert at(desk) == (0, 5)


def test_backspace_takes_the_decision_but_nothing_else(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "F", "E", "T", "Home", "Shift+X", "Backspace")
    label = desk.label
    assert (label.state, label.flag, len(label.excluded)) == (State.UNLABELED, "", 1)
    assert desk.episode == 0
    press(window, "Shift+S")
    click(button(window, "Clear"))
    assert desk.label.state is State.UNLABELED


def test_a_range_by_two_keys(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, *["Right"] * 4, "R")
    assert desk.range_start == 4
    assert window.status.text().startswith("Success range starts at frame 4.")
    press(window, "Right", "Right", "R")
    assert parts(desk.label) == [(4, 7)]
    assert desk.range_start is None
    assert at(desk) == (0, 6)


def test_a_range_backwards_is_the_same(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, *["Right"] * 6, "R", "Left", "Left", "R")
    assert parts(desk.label) == [(4, 7)]


def test_a_range_of_one_frame(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Shift+Right", "R", "R")
    assert parts(desk.label) == [(10, 11)]


def test_further_ranges_are_added_and_joined(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "R", "Right", "R")
    press(window, "Shift+Right", "R", "Right", "R")
    assert parts(desk.label) == [(0, 2), (11, 13)]
    press(window, "Home", "Right", "R", "Shift+Right", "R")
    assert parts(desk.label) == [(0, 13)]


def test_a_range_inside_success_replaces_that_success_only(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "R", "Right", "R")
    press(window, "Shift+Right", "R", "Shift+Right", "R")
    assert parts(desk.label) == [(0, 2), (11, 22)]
    press(window, "Left", "Left", "R", "Left", "R")
    assert parts(desk.label) == [(0, 2), (18, 20)]


def test_success_is_lost_again(window: MainWindow, desk: Desk, press: Press) -> None:
    """A cutoff first, then the frames in which it lasted: the usual order of a correction."""
    press(window, "Shift+Right", "Shift+S", "R", "Shift+Right", "R")
    assert parts(desk.label) == [(10, 21)]


def test_leaving_the_episode_takes_the_mark_back(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "R", "Down", "R")
    assert desk.range_start == 0
    assert desk.session.label(0).state is State.UNLABELED


@pytest.mark.parametrize(
    ("letter", "expected"), [("H", [(0, 10)]), ("T", [(10, 30)])], ids=["head", "tail"]
)
def test_frames_are_excluded_from_a_menu(
    window: MainWindow, desk: Desk, press: Press, letter, expected
) -> None:
    press(window, "Shift+Right", "E")
    assert QApplication.activePopupWidget() is not None
    press(window, letter)
    assert QApplication.activePopupWidget() is None
    assert ranges(desk.label) == expected
    assert at(desk) == (0, 10)
    press(window, "E", "I")
    assert desk.label.excluded == ()


def test_a_marked_range_is_excluded(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Right", "E", "R", "Right", "Right", "E", "R")
    assert ranges(desk.label) == [(1, 4)]
    assert desk.label.state is State.UNLABELED
    press(window, "Shift+S")
    assert ranges(desk.label) == [(1, 4)]


def test_the_menu_is_left_by_escape(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "E", "Esc", "Home", "Shift+S")
    assert desk.label.excluded == () and desk.label.cutoff == 0


def test_a_menu_letter_decides_nothing(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "E", "S", "X", "D")
    assert desk.session.labels().touched == {}
    press(window, "Esc")


def test_the_first_frame_has_no_head(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "E", "H")
    assert desk.label.excluded == ()
    press(window, "Esc")
    window.page.excluding.head()
    assert window.status.text() == "There is nothing before the first frame."


def test_a_flag_goes_up_and_down(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "F")
    assert desk.label.flag == "" and desk.episode == 0
    press(window, "F")
    assert desk.label == EpisodeLabel(LENGTHS[0])


def test_alt_and_arrows_move_the_edge_and_the_picture(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "Shift+Right", "Shift+S", "Alt+Right", "Alt+Right", "Alt+Left")
    assert desk.label.cutoff == 11
    assert at(desk) == (0, 11)
    press(window, "Ctrl+Z")
    assert desk.label.cutoff == 12


def test_the_nearest_edge_is_moved(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Shift+Right", "R", "Shift+Right", "R", "Alt+Right")
    assert parts(desk.label) == [(10, 22)]
    press(window, "Home", "Alt+Left")
    assert parts(desk.label) == [(9, 22)]


def test_the_end_of_a_range_reaches_the_end_of_the_episode(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "End", "Left", "R", "Left", "R", "End", "Alt+Right")
    assert desk.label.cutoff == 27
    assert at(desk) == (0, 29)


@pytest.mark.parametrize(("key", "frame"), [("Alt+Left", "Home"), ("Alt+Right", "End")])
def test_an_edge_stays_inside_the_episode(
    window: MainWindow, desk: Desk, press: Press, key, frame
) -> None:
    press(window, frame, "Shift+S", key, key)
    assert desk.label.cutoff == desk.playhead.frame
    assert "cannot" in window.status.text()


def test_without_an_edge_nothing_moves(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Right", "Alt+Right")
    assert window.status.text() == "This episode has no edge to move: mark success first."
    assert at(desk) == (0, 1)


def test_undo_and_redo_bring_back_the_place(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, *["Right"] * 7, "S", *["Right"] * 3, "X")
    assert desk.episode == 2
    press(window, "Ctrl+Z")
    assert at(desk) == (1, 3) and desk.label.state is State.UNLABELED
    press(window, "Ctrl+Z")
    assert at(desk) == (0, 7) and desk.label.state is State.UNLABELED
    assert window.status.text() == "Undone: success from 7 (episode 0)."
    press(window, "Ctrl+Z")
    assert window.status.text() == "Nothing to undo."
    press(window, "Ctrl+Y")
    assert at(desk) == (0, 7) and desk.label.cutoff == 7
    press(window, "Ctrl+Shift+Z")
    assert at(desk) == (1, 3) and desk.label.state is State.NEVER
    press(window, "Ctrl+Shift+Z")
    assert window.status.text() == "Nothing to redo."
    click(button(window, "Undo"))
    assert desk.label.state is State.UNLABELED
    click(button(window, "Redo"))
    assert desk.label.state is State.NEVER


def test_everything_is_taken_back_step_by_step(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "Home", "S", "F", "X", "E", "T", "R", "Right", "R", "D", "Alt+Left")
    press(window, *["Ctrl+Z"] * 9)
    assert desk.session.labels().touched == {}
    press(window, *["Ctrl+Y"] * 9)
    assert len(desk.session.labels().touched) == 3


def test_a_key_held_down_decides_once(window: MainWindow, desk: Desk) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent

    QTest.keyPress(window, Qt.Key.Key_X)
    for _ in range(3):
        event = QKeyEvent(
            QEvent.Type.KeyPress, Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier, "x", True
        )
        QApplication.sendEvent(window, event)
    QTest.keyRelease(window, Qt.Key.Key_X)
    assert desk.session.counts()[State.NEVER] == 1


@pytest.mark.parametrize("key", ["S", "X", "D"])
@pytest.mark.parametrize(("row", "following"), [(0, 1), (1, 2), (2, 3), (3, 0)])
def test_in_a_filtered_list_the_next_row_comes_next(
    window: MainWindow, desk: Desk, press: Press, key, row, following
) -> None:
    desk.queue.choose(show=Show.UNLABELED)
    press(window, *["Down"] * row, "Home", key)
    assert row not in desk.queue.rows
    assert desk.episode == following


@pytest.mark.parametrize("order", [Order.STATE, Order.RECENT, Order.CUTOFF])
def test_an_order_that_moves_rows_leaves_none_out(
    window: MainWindow, desk: Desk, press: Press, order
) -> None:
    desk.queue.choose(order=order)
    press(window, "Down")
    visited = [desk.episode]
    for _ in LENGTHS[1:]:
        press(window, "Home", "S")
        visited.append(desk.episode)
    assert visited[:3] == [1, 2, 3] and sorted(visited) == [0, 1, 2, 3]


def test_correcting_a_filtered_list_visits_every_row(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "X", "X", "X", "X")
    desk.queue.choose(show=Show.NEVER)
    desk.show_episode(0)
    visited = []
    for _ in LENGTHS:
        visited.append(desk.episode)
        press(window, "Home", "S")
    assert visited == [0, 1, 2, 3]
    assert desk.session.counts()[State.SUCCESS] == 4


def test_the_arrows_go_on_from_where_an_episode_left_the_list(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    desk.queue.choose(show=Show.UNLABELED)
    press(window, "Down", "Shift+X", "Down")
    assert desk.episode == 2
    press(window, "Shift+X", "Up")
    assert desk.episode == 0


def test_the_end_of_a_filtered_list_says_what_is_left(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "F")
    desk.queue.choose(show=Show.FLAGGED)
    press(window, "X")
    assert desk.episode == 0
    assert (
        window.status.text()
        == "This is the end of the list; 3 episodes elsewhere without a decision."
    )


def test_a_full_disk_is_said_and_nothing_changes(
    window: MainWindow, desk: Desk, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(window, "Shift+X")
    journal = desk.session._autosave.journal

    def full(entry: object) -> None:
        raise StorageError("No room on the disk.", "Make room.")

    with monkeypatch.context() as broken:
        broken.setattr(journal, "append", full)
        press(window, "Home", "Shift+S")
        assert "No room on the disk." in window.status.text()
        press(window, "Ctrl+Z")
        assert "No room on the disk." in window.status.text()
        press(window, "N", "A", "Return")
        assert "No room on the disk." in window.status.text()
        assert desk.label.state is State.NEVER
        assert at(desk) == (0, 0)
    press(window, "Ctrl+Z")
    assert desk.label.state is State.UNLABELED


def test_suggestions_need_probabilities(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Return")
    assert window.status.text() == "There is no suggestion for this episode."
    press(window, "Shift+Return", "]")
    assert window.status.text() == "No frame is suggested for this episode."
    assert desk.session.labels().touched == {}


def test_edges_of_a_label() -> None:
    label = EpisodeLabel(20, State.SUCCESS, (FrameRange(3, 6), FrameRange(9, 20)))
    assert edges_of(label) == [3, 6, 9]
    assert parts(move_edge(label, 6, 9)) == [(3, 20)]
    assert parts(move_edge(label, 6, 20)) == [(3, 20)]
    assert move_edge(label, 6, 3) is None
    assert move_edge(label, 9, 20) is None
    assert move_edge(label, 3, -1) is None
    assert move_edge(label, 7, 8) is None


def test_closing_takes_the_commands_away(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    press(window, "Ctrl+Home", "S", "X", "Right")
    assert not window.actions_by_id["label.success"].isEnabled()
    assert desk.session.labels().touched == {}
