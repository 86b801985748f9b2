"""What stands over the image gives way in a narrow one, and the frame goes last."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labeler.ui.desk.desk import Desk
from labeler.ui.window.main_window import MainWindow
from labeler.video import Missing
from tests.conftest import MakeRecording
from tests.labeler.ui.conftest import OpenWindow, Press


@pytest.mark.parametrize("size", [(944, 492), (1024, 640), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("beside", [False, True])
def test_pills_lie_in_the_image_and_not_over_each_other(
    window: MainWindow, desk: Desk, press: Press, size: tuple[int, int], beside: bool
) -> None:
    press(window, *(["Shift+V"] if beside else []), "B", "K")
    window.resize(*size)
    QApplication.processEvents()
    overlay = window.page.stage.overlay
    pills = overlay.pills()
    assert pills[0].text.startswith(f"frame {desk.playhead.frame} / 30")
    assert [pill.text for pill in pills[1:]] == ["NO LABEL", overlay.motion_text()]
    for number, pill in enumerate(pills):
        assert overlay.rect().toRectF().adjusted(0, 0, 0, 200).contains(pill.box), pill.text
        assert not any(pill.box.intersects(other.box) for other in pills[number + 1 :])


def test_the_frame_beside_a_small_image_stays_on_one_line(window: MainWindow, desk: Desk) -> None:
    overlay = window.page.stage.overlay
    places = []
    for frame in range(30):
        desk.playhead.go(frame)
        for column in range(overlay.least_column(100), 260):  # also where there is just enough room
            overlay.column = column
            pill = overlay.pills()[0]
            places.append(pill.text)
            assert pill.box.height() < 40, (pill.text, column)
            assert pill.box.right() <= column
    assert len({text.endswith(" s") for text in places}) == 2  # with the seconds and without


@pytest.mark.parametrize("dock", [False, True])
@pytest.mark.parametrize("size", [(944, 492), (1024, 640), (1280, 800), (1920, 1080)])
def test_a_question_covers_no_small_image_and_no_words_in_its_place(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot, size: tuple[int, int], dock: bool
) -> None:
    if dock:
        window.actions_by_id["train.new"].trigger()
        qtbot.waitUntil(lambda: window.page.training.dock is not None)
        window.page.setFocus()
    window.resize(*size)
    QApplication.processEvents()
    press(window, "S")  # nobody has moved: it asks
    stage = window.page.stage
    overlay, view = stage.overlay, stage.large
    assert overlay.question() and overlay.question() in {pill.text for pill in overlay.pills()}
    offset = view.geometry().topLeft() - overlay.geometry().topLeft()
    image = view.image_rect().translated(offset)
    words = overlay.free_place().translated(offset)
    needed = view.fontMetrics().boundingRect("No image").size()
    assert words.height() >= needed.height() and words.width() >= needed.width()
    whole = overlay.rect().toRectF()
    for number, pill in enumerate(overlay.pills()):
        assert whole.contains(pill.box), pill.text
        assert not pill.box.intersects(words.toRectF()), pill.text
        assert not any(pill.box.intersects(other.box) for other in overlay.pills()[number + 1 :])
        assert not pill.box.intersects(image) or stage.height() >= 240, pill.text
    least = min(stage.height() * view.shape.width() / view.shape.height(), whole.width())
    ratio = view.devicePixelRatioF()
    steps = view.shape.width() / ratio  # a small image is enlarged by whole numbers
    assert image.width() > least - steps, "the pills make it no smaller"
    assert image.right() <= whole.right() + 1


@pytest.mark.parametrize("size", [(944, 492), (1024, 640), (1920, 1080)])
def test_why_there_is_no_image_is_told_whole_sentence_by_sentence(
    open_window: OpenWindow, make_recording: MakeRecording, qtbot: QtBot, size: tuple[int, int]
) -> None:
    root = make_recording("v2.1", (12, 9), size=(48, 64))
    for file in root.glob("videos/**/episode_000000.mp4"):
        file.unlink()
    window = open_window(root)
    window.actions_by_id["train.new"].trigger()
    qtbot.waitUntil(lambda: window.page.training.dock is not None)
    window.resize(*size)
    QApplication.processEvents()
    view = window.page.stage.large
    why = view.toolTip().splitlines()
    assert "missing" in why[0] and view.spoken_value() == why[0]
    for height in (view.height(), 300):
        box = view.rect().adjusted(24, 48, -24, -10)
        box.setHeight(height)
        lines = view.missing_text(Missing(*why), box).replace("\u200b", "").splitlines()
        assert lines == ["No image", *why][: len(lines)]
    assert len(lines) == 3, "there is room for all of it"
