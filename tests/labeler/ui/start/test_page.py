"""The start page: open, go on, forget, try the demo; errors and cancel in place."""

import shutil
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labeler.demo.recording import DemoStory
from labeler.session.recent import recent
from labeler.ui.desk.opening import demo_root
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import NewWindow, OpenWindow, Press, wait_for_picture


def test_the_first_start_shows_the_steps_and_enter_would_open(window: MainWindow) -> None:
    start = window.start
    assert start.first_steps.isVisible()
    assert not start.recordings.isVisible()
    assert QApplication.focusWidget() is start.open_button
    assert not start.notice.isVisible()


def test_every_control_has_a_name_and_is_reached_by_tab(
    open_window: OpenWindow, root: Path, press: Press
) -> None:
    window = open_window(root)
    press(window, "Ctrl+Home")
    seen = []
    for _ in range(12):
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(focus.accessibleName() or focus.text())  # type: ignore[attr-defined]
        press(window, "Tab")
    assert any(name.startswith("Last session: continue at episode 0, pick_cube") for name in seen)
    assert {"Remove pick_cube from this list", "Open recording…", "Demo recording"} <= set(seen)


def test_the_last_session_is_a_card_and_enter_goes_on_there(
    open_window: OpenWindow, root: Path, press: Press, qtbot: QtBot
) -> None:
    window = open_window(root)
    press(window, "Home", "S", "Right", "Right", "Ctrl+Home")
    (card,) = window.start.recordings.cards
    assert card.lead.text() == "Last session: continue at episode 1"
    assert (card.bar.value(), card.bar.maximum()) == (1, 4)
    assert card.progress.text() == "1 of 4"
    assert QApplication.focusWidget() is card
    with qtbot.waitSignal(window.opening.opened, timeout=20_000):
        press(window, "Return")
    qtbot.waitUntil(lambda: window.desk is not None)
    wait_for_picture(window, qtbot)
    assert window.desk is not None
    assert (window.desk.episode, window.desk.playhead.frame) == (1, 2)


def test_enter_opens_the_last_session_with_the_focus_elsewhere_on_the_page(
    open_window: OpenWindow, root: Path, press: Press, qtbot: QtBot
) -> None:
    window = open_window(root)
    press(window, "Ctrl+Home")
    window.start.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.start.setFocus()
    with qtbot.waitSignal(window.opening.opened, timeout=20_000):
        press(window, "Enter")
    qtbot.waitUntil(lambda: window.desk is not None)


def test_a_click_on_a_card_opens_it_and_its_cross_takes_it_off(
    open_window: OpenWindow, root: Path, tmp_path: Path, qtbot: QtBot, press: Press
) -> None:
    other = shutil.copytree(root, tmp_path / "other", symlinks=True)
    window = open_window(other)
    window = open_window(root)
    press(window, "Ctrl+Home")
    first, second = window.start.recordings.cards
    assert second.recent.root == other
    assert not second.lead.isVisible()
    QTest.mouseClick(second.remove, Qt.MouseButton.LeftButton)
    assert [one.root for one in recent()] == [root]
    (first,) = window.start.recordings.cards
    with qtbot.waitSignal(window.opening.opened, timeout=20_000):
        QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.desk is not None)


def test_a_card_whose_folder_is_gone_says_so_and_opening_it_says_what_to_do(
    open_window: OpenWindow, root: Path, tmp_path: Path, qtbot: QtBot, press: Press
) -> None:
    moved = shutil.copytree(root, tmp_path / "moved", symlinks=True)
    window = open_window(moved)
    press(window, "Ctrl+Home")
    shutil.rmtree(moved)
    press(window, "Ctrl+Home")
    (card,) = window.start.recordings.cards
    qtbot.waitUntil(lambda: card.folder.text() == f"This folder is gone: {moved}")
    with qtbot.waitSignal(window.opening.failed, timeout=20_000):
        card.click()
    assert str(moved) in window.start.notice.head.text()
    assert [button.text() for button in window.start.notice.buttons] == [
        "Try again",
        "Choose another folder…",
    ]


def test_a_folder_that_is_no_recording_is_an_error_in_place(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, root: Path, press: Press
) -> None:
    folder = tmp_path / "holiday"
    folder.mkdir()
    with qtbot.waitSignal(window.opening.failed, timeout=20_000):
        window.open(folder)
    notice = window.start.notice
    assert notice.isVisible()
    assert str(folder) in notice.head.text()
    assert notice.line.text()
    assert window.pages.currentWidget() is window.start
    shutil.copytree(root, folder, dirs_exist_ok=True)
    assert QApplication.focusWidget() is notice.buttons[0]
    with qtbot.waitSignal(window.opening.opened, timeout=20_000):
        press(window, "Return")  # Try again
    qtbot.waitUntil(lambda: window.desk is not None)


def test_opening_can_be_cancelled(window: MainWindow, root: Path, qtbot: QtBot) -> None:
    window.open(root)
    notice = window.start.notice
    assert notice.isVisible() and notice.bar.isVisible()
    assert notice.head.text() == "Opening pick_cube…"
    (cancel,) = notice.buttons
    with qtbot.waitSignal(window.opening.cancelled):
        cancel.click()
    assert not notice.isVisible()
    qtbot.wait(300)
    assert window.desk is None


def test_a_failed_opening_leads_back_to_the_recording_that_is_open(
    open_window: OpenWindow, root: Path, tmp_path: Path, qtbot: QtBot, press: Press
) -> None:
    window = open_window(root)
    with qtbot.waitSignal(window.opening.failed, timeout=20_000):
        window.open(tmp_path / "nowhere")
    assert window.start.notice.buttons[-1].text() == "Back to pick_cube"
    press(window, "Home", "S")  # nobody sees the episode
    assert window.desk is not None
    assert not window.desk.label.decided
    press(window, "Escape")
    assert window.pages.currentWidget() is window.page
    press(window, "Home", "S")
    assert window.desk.session.label(0).decided


def test_the_open_recording_opened_again_stays_as_it_is(
    open_window: OpenWindow, root: Path
) -> None:
    window = open_window(root)
    desk = window.desk
    window.open(root)
    assert window.desk is desk
    assert not window.opening.busy


def test_a_copy_of_the_open_recording_takes_over_its_labels(
    open_window: OpenWindow, root: Path, tmp_path: Path, qtbot: QtBot, press: Press
) -> None:
    window = open_window(root)
    press(window, "Home", "S")
    copy = shutil.copytree(root, tmp_path / "copy", symlinks=True)
    window.open(copy)
    qtbot.waitUntil(lambda: window.desk is not None and window.desk.session.dataset.root == copy)
    assert window.desk is not None
    state = window.desk.session.save_state()
    assert not state.read_only
    assert window.desk.session.label(0).decided


def test_the_demo_is_made_once_with_progress_and_opened(
    new_window: NewWindow, qtbot: QtBot, short_demo: list[DemoStory]
) -> None:
    window = new_window()
    seen: list[tuple[int, int]] = []
    window.opening.advanced.connect(lambda done, total: seen.append((done, total)))
    with qtbot.waitSignal(window.opening.opened, timeout=60_000):
        QTest.mouseClick(window.start.demo_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.desk is not None)
    assert [done for done, _ in seen] == [0, 1, 2, 0]
    assert {total for _, total in seen[:-1]} == {len(short_demo)}
    assert window.desk is not None
    assert window.desk.session.dataset.root == demo_root()
    window.show_start()
    seen.clear()
    with qtbot.waitSignal(window.opening.opened, timeout=20_000):
        window.start.demo_button.click()
    qtbot.waitUntil(lambda: window.desk is not None)
    assert not seen


def test_making_the_demo_can_be_cancelled_and_leaves_nothing(
    window: MainWindow, qtbot: QtBot, press: Press
) -> None:
    window.start.demo_button.click()
    with qtbot.waitSignal(
        window.opening.advanced, timeout=60_000, check_params_cb=lambda done, _: done >= 1
    ):
        pass
    assert window.start.notice.bar.value() >= 1
    press(window, "Escape")
    assert not window.opening.busy
    qtbot.waitUntil(lambda: not any(demo_root().parent.iterdir()), timeout=20_000)
    assert window.desk is None
