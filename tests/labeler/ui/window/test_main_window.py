"""The window as a whole: it opens, is driven by keys, and gives everything back at its end."""

from labeler.labels import State
from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import LENGTHS, Press


def test_an_empty_window_shows_the_start_page(window: MainWindow) -> None:
    assert window.pages.currentWidget() is window.start
    assert window.desk is None


def test_keys_label_the_episode_and_lead_to_the_next(
    window: MainWindow, desk: Desk, press: Press
) -> None:
    press(window, "Right", "Right", "S")
    assert desk.session.label(0).cutoff == 2
    assert desk.episode == 1
    press(window, "X")
    assert desk.session.label(1).state is State.NEVER
    assert desk.progress().startswith(f"2 of {len(LENGTHS)}")


def test_ctrl_home_closes_the_recording(window: MainWindow, desk: Desk, press: Press) -> None:
    press(window, "Ctrl+Home")
    assert window.desk is None
    assert window.pages.currentWidget() is window.start
