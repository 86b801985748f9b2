"""The field that leads to a frame, an episode or a time."""

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from labeler.errors import UsageError
from labeler.ui.commands.go_to import Target, read_place
from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import Press


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("53", Target(None, 53)),
        (" 53 ", Target(None, 53)),
        ("e12", Target(12, None)),
        ("E 12", Target(12, None)),
        ("12:", Target(12, None)),
        ("12:53", Target(12, 53)),
        ("e12 : 53", Target(12, 53)),
        ("5.3s", Target(None, None, 5.3)),
        ("5,3 S", Target(None, None, 5.3)),
        (".5s", Target(None, None, 0.5)),
        ("4s", Target(None, None, 4)),
    ],
)
def test_forms_of_a_place(text: str, target: Target) -> None:
    assert read_place(text) == target


@pytest.mark.parametrize("text", ["", "x", "-3", "e", ":5", "1:2:3", "5.3", "s", "5 6"])
def test_other_texts_are_no_place(text: str) -> None:
    with pytest.raises(UsageError, match="is not a place"):
        read_place(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [("7", (0, 7)), ("e2", (2, 0)), ("2:35", (2, 35)), ("1.2s", (0, 12)), ("0:29", (0, 29))],
)
def test_enter_goes_there(
    window: MainWindow, desk: Desk, press: Press, text: str, place: tuple[int, int]
) -> None:
    before = QApplication.focusWidget()
    press(window, "G")
    assert window.go_to.isVisible()
    QTest.keyClicks(window.go_to.field, text)
    assert window.go_to.told.text().startswith(f"Enter goes to episode {place[0]}")
    press(window, "Return")
    assert not window.go_to.isVisible()
    assert (desk.episode, desk.playhead.frame) == place
    assert QApplication.focusWidget() is before
    assert not desk.label.decided


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("30", "Episode 0 has no frame 30. The last one is 29."),
        ("e4", "There is no episode 4. The last one is 3."),
        ("3:20", "Episode 3 has no frame 20. The last one is 19."),
        ("3.0s", "Episode 0 ends at 2.90 s. Type an earlier time."),
        ("soon", "“soon” is not a place."),
    ],
)
def test_wrong_input_says_why_under_the_field(
    window: MainWindow, desk: Desk, press: Press, text: str, why: str
) -> None:
    press(window, "G")
    QTest.keyClicks(window.go_to.field, text)
    press(window, "Return")
    assert window.go_to.isVisible()
    assert window.go_to.told.text().startswith(why)
    assert window.go_to.field.accessibleDescription().startswith(why)
    assert (desk.episode, desk.playhead.frame) == (0, 0)
    press(window, "Escape")
    assert not window.go_to.isVisible()
    assert (desk.episode, desk.playhead.frame) == (0, 0)


def test_it_is_there_only_while_a_recording_is_open(window: MainWindow, press: Press) -> None:
    press(window, "G")
    assert not window.go_to.isVisible()
