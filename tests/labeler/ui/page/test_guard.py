"""Two windows on the same labels, label files that others change, errors of ours."""

import shutil
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from labeler.labels import State
from labeler.labels.collection import DatasetLabels
from labeler.labels.document import from_text, to_text
from labeler.labels.episode import never
from labeler.ui.desk.desk import Desk
from labeler.ui.window.app import report_errors
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import LENGTHS, NewWindow, OpenWindow, Press
from tests.labeler.ui.mouse import button, click

LONG = "\n".join(
    (
        "pick_and_place_the_cube_into_the_box_v2-ae3ce2aad509.labels.json was changed by another "
        "program. Reload it, or merge: take it and what was decided here since. Until then it is "
        "left alone, and what you decide is kept in the journal beside it.",
        "11 of 13 episodes are whole. Not whole: episodes 7-8. videos/chunk-000/"
        "observation.images.front/episode_000007.mp4 is missing.",
        "These labels are shared with /data/recordings/of_november/ben_of_the_night_shift/"
        "pick_and_place_the_cube_into_the_box_v2 and 1 more folder, which has the same recording: "
        "what is decided here holds there, too.",
    )
)
"""Three troubles at once."""


def second_window(new_window: NewWindow, desk: Desk, qtbot: QtBot) -> MainWindow:
    other = new_window()
    with qtbot.waitSignal(other.opening.opened, timeout=20_000):
        other.open(desk.session.dataset.root)
    qtbot.waitUntil(lambda: other.desk is not None)
    return other


def test_a_second_window_only_reads(
    window: MainWindow, desk: Desk, new_window: NewWindow, press: Press, qtbot: QtBot
) -> None:
    press(window, "X")
    other = second_window(new_window, desk, qtbot)
    guard = other.page.inspector.guard
    assert "Another window" in guard.trouble.text() and guard.trouble.isVisible()
    for label in ("Success from here", "Never succeeds", "Skip"):
        one = button(other, label)
        assert not one.isEnabled() and "Another window" in one.toolTip()
    assert button(window, "Never succeeds").isEnabled()
    assert other.desk.session.label(0).state is State.NEVER
    other.desk.show_episode(1)
    for key in ("S", "Shift+S", "X", "Shift+X", "D", "F", "Ctrl+Z"):
        other.status.say("")
        press(other, key)
        assert other.desk.episode == 1, key
        if key != "Ctrl+Z":
            assert "Another window" in other.status.text(), key
    press(other, "R", "Right", "R")
    assert "Another window" in other.status.text()
    press(other, "E", "T")
    assert other.desk.session.labels().touched.keys() == {0}
    other.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    press(window, "X")
    assert desk.session.label(1).state is State.NEVER


def test_opening_what_is_open_does_not_lock_oneself_out(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    press(window, "X")
    window.open(desk.session.dataset.root)
    qtbot.wait(300)
    assert window.page is not None and window.page.isVisible()
    assert window.desk.session.save_state().read_only == ""
    assert window.desk.session.label(0).state is State.NEVER


def test_a_recording_that_cannot_be_opened_leaves_no_invisible_one(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot, tmp_path
) -> None:
    with qtbot.waitSignal(window.opening.failed, timeout=20_000):
        window.open(tmp_path / "nothing")
    assert window.pages.currentWidget() is window.start
    press(window, "Home", "S", "X")
    assert desk.session.labels().touched == {}


def overwritten(desk: Desk) -> None:
    """Somebody else writes the label file: episode 3 never succeeds, and nothing else is said."""
    labels = from_text(desk.session.file.read_text(), lengths=LENGTHS)
    theirs = DatasetLabels(LENGTHS, {3: never(labels[3])}, labels.identity)
    desk.session.file.write_text(to_text(theirs))


def conflict(window: MainWindow, desk: Desk, press: Press, qtbot: QtBot) -> None:
    press(window, "X")
    assert desk.session.flush(20)
    overwritten(desk)
    press(window, "X")
    desk.session.check_disk()
    guard = window.page.inspector.guard
    qtbot.waitUntil(lambda: guard.reload.isVisible() and guard.merge.isVisible(), timeout=20_000)
    assert "was changed by another program" in guard.trouble.text()


def test_a_changed_file_can_be_reloaded(window, desk, press, qtbot) -> None:
    conflict(window, desk, press, qtbot)
    guard = window.page.inspector.guard
    click(guard.reload)
    assert desk.session.labels().touched.keys() == {3}
    qtbot.waitUntil(lambda: not guard.reload.isVisible(), timeout=20_000)
    assert not guard.trouble.isVisible()
    press(window, "Ctrl+Z")
    assert desk.session.labels().touched.keys() == {0, 1}


def test_a_changed_file_can_be_merged(window, desk, press, qtbot) -> None:
    conflict(window, desk, press, qtbot)
    click(window.page.inspector.guard.merge)
    assert desk.session.labels().touched.keys() == {1, 3}
    assert desk.session.flush(20)
    assert from_text(desk.session.file.read_text(), lengths=LENGTHS).touched.keys() == {1, 3}


@pytest.mark.parametrize("cure", ["reload", "merge"])
def test_a_file_that_cannot_be_understood_is_said(window, desk, press, qtbot, cure) -> None:
    conflict(window, desk, press, qtbot)
    desk.session.file.write_text("{")
    click(getattr(window.page.inspector.guard, cure))
    assert desk.session.file.name in window.status.text()
    assert desk.session.save_state().conflict
    assert desk.session.labels().touched.keys() == {0, 1}


def test_coming_back_to_the_window_notices_the_change(window, desk, press, qtbot) -> None:
    press(window, "X")
    assert desk.session.flush(20)
    other = MainWindow(window.preferences)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    overwritten(desk)
    other.close()
    window.activateWindow()
    qtbot.waitUntil(lambda: bool(desk.session.save_state().conflict), timeout=20_000)


def test_an_error_of_ours_is_said_and_reported(
    window, desk, press, own_folders, monkeypatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    import threading

    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    report_errors(window.on_crash)
    try:
        raise ZeroDivisionError("ours")
    except ZeroDivisionError as error:
        sys.excepthook(ZeroDivisionError, error, error.__traceback__)
    (report,) = own_folders.rglob("crash-*.txt")
    assert "ours" in report.read_text()
    assert window.status.text().startswith("This is an error of Labeler itself; your labels are")
    assert str(report) in window.status.text()


def test_an_error_in_a_thread_is_said_in_the_windows_thread(
    window, desk, qtbot, own_folders, monkeypatch
) -> None:
    import threading

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    seen: list[int] = []
    say = window.status.say

    def watched(sentence: str) -> None:
        seen.append(threading.get_ident())
        say(sentence)

    monkeypatch.setattr(window.status, "say", watched)
    report_errors(window.on_crash)
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(seen), timeout=20_000)
    assert seen == [threading.get_ident()]


def test_closing_while_opening(new_window: NewWindow, make_recording, qtbot) -> None:
    other = new_window()
    other.open(make_recording(lengths=(5,) * 30))
    other.close()
    qtbot.wait(300)


def test_a_recording_that_changed_is_accepted_with_what_changed_in_sight(
    window: MainWindow, desk: Desk, new_window: NewWindow, press: Press, qtbot: QtBot
) -> None:
    press(window, "X")
    root = desk.session.dataset.root
    qtbot.waitUntil(desk.session.file.exists)
    qtbot.waitUntil(lambda: "sha256:" in desk.session.file.read_text())
    window.close()
    video = next(root.rglob("*.mp4"))
    video.write_bytes(video.read_bytes() + b"\0")
    other = new_window()
    with qtbot.waitSignal(other.opening.opened, timeout=20_000):
        other.open(root)
    qtbot.waitUntil(lambda: other.page is not None and other.desk is not None)
    guard = other.page.inspector.guard
    qtbot.waitUntil(guard.accept.isVisible, timeout=20_000)
    said = guard.trouble.text().replace("\u200b", "")
    assert "have changed since" in said and video.name in said
    before = other.desk.session.labels().identity.fingerprint
    click(guard.accept)
    qtbot.waitUntil(lambda: not guard.accept.isVisible())
    assert guard.trouble.isHidden()
    assert other.desk.session.labels().identity.fingerprint != before
    assert other.desk.session.label(0).state is State.NEVER


def test_what_needs_attention_stands_in_a_strip_above_the_page(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    window.resize(1024, 640)
    guard, page = window.page.inspector.guard, window.page
    assert not guard.banner.isVisible()
    press(window, "X", "X", "X", "X")
    assert guard.banner.isVisible() and guard.trouble.text() == "4 episodes: all decided."
    assert guard.banner.mapTo(page, QPoint(0, 0)).y() == 0
    click(button(window, "✕"))
    assert not guard.banner.isVisible()
    press(window, "Ctrl+Z")
    assert not guard.banner.isVisible()
    press(window, "X")
    assert guard.banner.isVisible()
    click(next(one for one in guard.next_steps if one.text() == "Write labels…"))
    assert page.panels.write_panel.isVisible()
    assert guard.banner.isVisible()


def test_copies_of_one_recording_share_their_labels_until_one_wants_its_own(
    window: MainWindow, open_window: OpenWindow, root: Path, tmp_path: Path, press: Press,
    qtbot: QtBot,
) -> None:  # fmt: skip
    copy = tmp_path / "elsewhere" / root.name
    shutil.copytree(root, copy)
    open_window(root)
    press(window, "Right", "Right", "S")
    guard = window.page.inspector.guard
    assert guard.own.isHidden()
    shared = window.desk.source.file
    open_window(copy)
    guard = window.page.inspector.guard
    qtbot.waitUntil(lambda: not guard.own.isHidden())
    assert window.desk.source.file == shared
    assert f"shared with {root}" in guard.trouble.text().replace("\u200b", "")
    with qtbot.waitSignal(window.opening.opened):
        guard.own.click()
    qtbot.waitUntil(lambda: window.desk is not None)
    own = window.desk.source.file
    assert own != shared and window.desk.source.by_default
    assert window.desk.session.label(0).cutoff == 2, "what was decided is there, too"
    window.desk.show_episode(1)
    press(window, "X")
    open_window(root)
    assert window.desk.source.file == shared
    assert window.desk.session.label(1).state is State.UNLABELED
    open_window(copy)
    assert window.desk.source.file == own
    assert window.desk.session.label(1).state is State.NEVER
    guard = window.page.inspector.guard
    qtbot.wait(200)
    assert guard.own.isHidden(), "nothing is shared any more"


def test_labels_that_cannot_be_saved_find_another_place(
    open_window: OpenWindow, root: Path, tmp_path: Path, press: Press, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    folder, place = tmp_path / "labels", tmp_path / "other" / "tonight.labels.json"
    window = open_window(root, folder / "my.labels.json")
    press(window, "X")
    guard = window.page.inspector.guard
    assert guard.elsewhere.isHidden()
    assert window.desk.session.flush(30)
    folder.rename(tmp_path / "aside")
    folder.write_text("no folder any more")
    press(window, "X")
    qtbot.waitUntil(guard.elsewhere.isVisible)
    said = guard.trouble.text()
    assert "Check the disk" in said and "kept in another folder" in said
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(place), ""))
    with qtbot.waitSignal(window.opening.opened):
        guard.elsewhere.click()
    qtbot.waitUntil(lambda: window.desk is not None)
    assert window.desk.source.file == place
    assert window.desk.session.labels().touched.keys() == {0}, "what was decided is there"
    window.desk.show_episode(1)
    press(window, "X")
    assert window.desk.session.flush(30)
    assert from_text(place.read_text(), lengths=LENGTHS).touched.keys() == {0, 1}
    assert window.page.inspector.guard.elsewhere.isHidden()


def test_a_recording_that_is_gone_is_said_and_opened_again_once_it_is_back(
    window: MainWindow, desk: Desk, root: Path, tmp_path: Path, press: Press, qtbot: QtBot
) -> None:
    guard = window.page.inspector.guard
    assert not guard.banner.isVisible()
    aside = root.rename(tmp_path / "aside")
    qtbot.waitUntil(guard.again.isVisible, timeout=10_000)
    assert f"there is no folder {root}" in guard.trouble.text().replace("\u200b", "")
    assert guard.banner.mapTo(window.page, QPoint(0, 0)).y() == 0 and guard.others.isVisible()
    press(window, "X")
    assert desk.session.flush(30), "decisions are saved without the recording"
    guard.again.click()
    notice = window.start.notice
    qtbot.waitUntil(lambda: [one.text() for one in notice.buttons][:1] == ["Try again"])
    assert str(root) in notice.head.text()
    aside.rename(root)
    with qtbot.waitSignal(window.opening.opened, timeout=20_000):
        notice.buttons[0].click()
    qtbot.waitUntil(lambda: window.desk is not None)
    assert window.desk.session.label(0).state is State.NEVER
    assert not window.page.inspector.guard.banner.isVisible()


def test_a_recording_that_is_back_says_that_it_has_to_be_opened_again(
    window: MainWindow, desk: Desk, root: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    guard = window.page.inspector.guard
    aside = root.rename(tmp_path / "aside")
    qtbot.waitUntil(guard.again.isVisible, timeout=10_000)
    aside.rename(root)
    qtbot.waitUntil(lambda: "there again" in guard.trouble.text(), timeout=10_000)
    with qtbot.waitSignal(window.opening.opened, timeout=20_000):
        guard.again.click()
    qtbot.waitUntil(lambda: window.desk is not None)
    guard = window.page.inspector.guard
    qtbot.wait(2500)
    assert guard.again.isHidden(), "all is well once more"
    assert window.page.stage.large.image.width(), "and its images are seen"


@pytest.mark.parametrize("size", [(960, 532), (1024, 612)])
def test_a_long_banner_leaves_the_label_in_sight(
    window: MainWindow, desk: Desk, size: tuple[int, int], qtbot: QtBot
) -> None:
    """With the training dock open, as at 200 % on 1920x1080: its buttons give the text its room."""
    page = window.page
    assert page is not None
    guard = page.inspector.guard
    page.training.open_dock()
    qtbot.waitUntil(lambda: page.training.dock is not None)
    window.resize(*size)
    QApplication.processEvents()
    desk.safety_changed.disconnect(guard._show)  # every second it would show what is true
    buttons = (guard.reload, guard.merge, guard.own, guard.whole)

    def laid_out(text: str, *, troubled: bool) -> bool:
        """The state is put anew each time: workers of the opened recording may end meanwhile."""
        guard.banner.show_text(text, warning=troubled)
        guard.whole.setText("Work with the 11 whole ones")
        for one in buttons:
            one.show()
        for _ in range(3):  # a layout asks its parent for room, and that one its own
            QApplication.processEvents()
        top = guard.reload.mapTo(guard.banner, QPoint(0, 0)).y()
        below = top >= guard.trouble.geometry().bottom()
        seen = [one.visibleRegion().boundingRect().size() == one.size() for one in buttons]
        band = page.timeline.band
        whole = band.visibleRegion().boundingRect().height() == band.height()
        return below is troubled and all(seen) and whole

    qtbot.waitUntil(lambda: laid_out(LONG, troubled=True))
    qtbot.waitUntil(lambda: laid_out("4 episodes: all decided.", troubled=False))
