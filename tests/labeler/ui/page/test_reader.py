"""A window that only reads, because another one has the labels: the ways on from there."""

from pytestqt.qtbot import QtBot

from labeler.labels import State
from labeler.labels.episode import never
from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import NewWindow, wait_for_picture
from tests.labeler.ui.mouse import click
from tests.labeler.ui.page.test_guard import second_window


def test_a_reader_reloads_and_opens_again_to_decide(
    window: MainWindow, desk: Desk, new_window: NewWindow, qtbot: QtBot
) -> None:
    other = second_window(new_window, desk, qtbot)
    guard = other.page.inspector.guard
    assert guard.again.isVisible() and not guard.merge.isVisible()
    desk.session.decide(0, never(desk.label), frame=0, what="never")
    assert desk.session.flush(30)
    other.desk.session.check_disk()
    qtbot.waitUntil(guard.reload.isVisible)
    assert not guard.merge.isVisible(), "a reader can merge nothing"
    click(guard.reload)
    assert other.desk.session.label(0).state is State.NEVER
    assert "open the dataset again" in guard.trouble.text()
    window.close()
    with qtbot.waitSignal(other.opening.opened, timeout=20_000):
        click(guard.again)
    qtbot.waitUntil(lambda: other.desk is not None and other.desk.label.decided)
    assert other.desk.session.save_state().read_only == ""
    wait_for_picture(other, qtbot)
    other.desk.show_episode(1)
    other.desk.session.decide(1, never(other.desk.label), frame=0, what="never")
    assert other.desk.session.label(1).state is State.NEVER
