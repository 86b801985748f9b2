"""The bar under the image, and the mouse on the image."""

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from labeler.ui.desk.desk import Desk
from labeler.ui.stage.transport import Transport
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import CAMERAS, LENGTHS, Press
from tests.labeler.ui.mouse import click

_LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(window: MainWindow, desk: Desk) -> Transport:
    assert window.page is not None
    return window.page.transport


def test_buttons_step_play_and_pause(bar: Transport, desk: Desk) -> None:
    click(bar.buttons["on"])
    click(bar.buttons["on"])
    click(bar.buttons["back"])
    assert desk.playhead.frame == 1
    click(bar.buttons["play"])
    assert desk.playhead.playing and bar.buttons["play"].sign == "pause"
    click(bar.buttons["play"])
    assert not desk.playhead.playing and bar.buttons["play"].sign == "play"


def test_the_loop_stays_down_while_it_goes_round(
    window: MainWindow, bar: Transport, desk: Desk, press: Press
) -> None:
    click(bar.buttons["loop"])
    assert desk.playhead.loop is not None and bar.buttons["loop"].isChecked()
    press(window, "B")
    assert desk.playhead.loop is None and not bar.buttons["loop"].isChecked()


def test_a_speed_is_chosen_while_it_plays_and_before(bar: Transport, desk: Desk) -> None:
    def choose(text: str) -> None:
        bar.speed.setCurrentIndex(bar.speed.findText(text))
        bar.speed.activated.emit(bar.speed.currentIndex())

    choose("0.5×")
    assert not desk.playhead.playing
    desk.playhead.toggle()
    assert desk.playhead.speed == 0.5
    choose("4×")
    assert desk.playhead.playing and desk.playhead.speed == 4
    desk.playhead.shuttle(1)
    assert bar.speed.currentText() == "8×"


def test_where_there_is_little_room_the_number_of_frames_stays_whole(
    window: MainWindow, bar: Transport, desk: Desk
) -> None:
    whole = f"/ {LENGTHS[0]}   0.00 s"
    for size, text in ((QSize(850, 492), f"/ {LENGTHS[0]}"), (QSize(1600, 800), whole)):
        window.resize(size)
        window.page.panels.show_statistics()
        QApplication.processEvents()
        assert bar.of.text() == text
        assert bar.of.fontMetrics().horizontalAdvance(text) <= bar.of.width()
        assert bar.of.toolTip() == bar.of.spoken_value() == whole


def test_steps_paint_the_image_and_lay_nothing_out_anew(
    window: MainWindow, bar: Transport, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    press(window, "Right")
    qtbot.waitUntil(lambda: bar.frame.text() == "1")
    QApplication.processEvents()
    layouts = Layouts()
    QApplication.instance().installEventFilter(layouts)
    for _ in range(5):  # what arrives from threads meanwhile is not of a step, and comes once
        layouts.asked.clear()
        for frame in range(2, 12):
            press(window, "Right")
            qtbot.waitUntil(lambda frame=frame: bar.frame.text() == str(frame))
        assert bar.of.text() == f"/ {LENGTHS[0]}   {11 / desk.playhead.fps:.2f} s"
        if not layouts.asked:
            break
        desk.playhead.go(1)
        qtbot.waitUntil(lambda: bar.frame.text() == "1")
    assert not layouts.asked


def test_a_key_that_is_held_does_not_put_the_frame_off(
    window: MainWindow, bar: Transport, desk: Desk, qtbot: QtBot
) -> None:
    seen = set()

    def step() -> bool:
        desk.playhead.step(1 if desk.playhead.frame < 20 else -1)
        seen.add(bar.frame.text())
        return len(seen) > 3

    qtbot.waitUntil(step)  # a step each 10 ms


def test_while_it_plays_the_field_and_the_overlay_say_the_frame_that_is_painted(
    window: MainWindow, bar: Transport, desk: Desk, qtbot: QtBot
) -> None:
    stage, told = window.page.stage, []

    def look() -> None:
        if stage.large.waiting:
            return  # a machine too busy to decode in time, which is said over the image
        over = stage.overlay.place_text().split()[1]
        told.append((str(stage.large.on_screen[1]), over, bar.frame.text(), bar.of.text()))

    stage.large.painted.connect(look)
    desk.playhead.play(1)
    qtbot.waitUntil(lambda: not desk.playhead.playing)
    stage.large.painted.disconnect(look)
    seen = [row for row in told if 0 < int(row[0]) < LENGTHS[0] - 1]  # at the end it stands still
    assert len(seen) > 3
    for frame, over, field, of in seen:
        time = f"/ {LENGTHS[0]}   {int(frame) / desk.playhead.fps:.2f} s"
        assert (over, field, of) == (frame, frame, time)


def test_a_field_that_is_entered_right_after_a_step_has_its_frame(
    bar: Transport, desk: Desk
) -> None:
    desk.playhead.go(7)
    bar.frame.setFocus()
    assert bar.frame.text() == "7"


class Layouts(QObject):
    """Widgets that were asked to lay themselves out."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def eventFilter(self, thing: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self.asked.append(type(thing).__name__)
        return False


def test_a_frame_is_typed_and_enter_leads_back(
    window: MainWindow, bar: Transport, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    desk.playhead.go(5)
    qtbot.waitUntil(lambda: bar.frame.text() == "5")
    assert bar.of.text() == f"/ {LENGTHS[0]}   {5 / desk.playhead.fps:.2f} s"
    bar.frame.setFocus()
    bar.frame.selectAll()
    press(window, "1", "7")
    assert desk.playhead.frame == 5, "nothing moves while a number is being typed"
    press(window, "Return")
    assert desk.playhead.frame == 17
    assert QApplication.focusWidget() is window.page
    press(window, "S")
    assert desk.session.label(0).cutoff == 17


def test_escape_leaves_the_frame_field_alone(
    window: MainWindow, bar: Transport, desk: Desk, press: Press
) -> None:
    bar.frame.setFocus()
    bar.frame.selectAll()
    press(window, "9", "Escape")
    assert desk.playhead.frame == 0 and bar.frame.text() == "0"
    assert QApplication.focusWidget() is window.page


def test_a_frame_beyond_the_end_cannot_be_typed(bar: Transport, desk: Desk) -> None:
    desk.show_episode(3)
    bar.frame.setFocus()
    assert bar.frame.maximum() == LENGTHS[3] - 1


def test_the_camera_is_named_and_chosen(bar: Transport, desk: Desk) -> None:
    assert [bar.camera.itemData(row) for row in range(bar.camera.count())] == list(CAMERAS)
    assert bar.camera.currentText() == "gripper" and bar.camera.toolTip() == CAMERAS[1]
    bar.camera.activated.emit(0)
    assert desk.camera == CAMERAS[0] and bar.camera.currentText() == "front"


def name_is_cut(bar: Transport) -> bool:
    """Whether the name of the camera is painted otherwise than where nothing is cut."""
    shown = bar.camera.grab().toImage()
    bar.camera.setMinimumWidth(300)
    QApplication.processEvents()
    wide = bar.camera.grab().toImage()
    part = QRect(8, 4, bar.camera.fontMetrics().horizontalAdvance("gripper") + 2, 18)
    return shown.copy(part) != wide.copy(part)


def test_beside_a_wide_panel_in_a_small_window_all_of_the_bar_is_read(
    window: MainWindow, bar: Transport, desk: Desk
) -> None:
    """At 944 x 492, what a screen of 1920 x 1080 has room for at 200 %."""
    window.actions_by_id["file.hub"].trigger()
    window.resize(944, 492)
    for _ in range(5):
        QApplication.processEvents()
    assert bar.width() <= 430, "as narrow as can be"
    assert bar.of.width() >= bar.fontMetrics().horizontalAdvance(bar.of.text())
    assert not name_is_cut(bar)


@pytest.mark.parametrize("last", [9, 999, 12_345, 1_234_567])
def test_the_frame_field_is_as_wide_as_the_episode_needs(
    bar: Transport, desk: Desk, last: int
) -> None:
    field = bar.frame
    desk.playhead.length = last + 1
    field._show_frame()
    field.setValue(last)
    QApplication.processEvents()
    room = field.lineEdit().width()
    needed = field.fontMetrics().horizontalAdvance(str(last))
    assert needed + 2 <= room <= max(needed, field.fontMetrics().horizontalAdvance("999")) + 22


def test_the_name_of_the_camera_is_not_cut_where_there_is_room(
    window: MainWindow, bar: Transport
) -> None:
    window.resize(1280, 800)
    QApplication.processEvents()
    assert not name_is_cut(bar)


def test_a_click_on_the_image_plays_and_pauses(window: MainWindow, desk: Desk) -> None:
    assert window.page is not None
    click(window.page.stage.large)
    assert desk.playhead.playing
    click(window.page.stage.large)
    assert not desk.playhead.playing
    QTest.mouseClick(window.page.stage.large, Qt.MouseButton.RightButton)
    assert not desk.playhead.playing


def test_a_double_click_shows_the_whole_image_and_plays_nothing(
    window: MainWindow, desk: Desk
) -> None:
    assert window.page is not None
    view = window.page.stage.large
    zoom(view)
    assert view.image_rect().width() > view.width()
    at = view.rect().center()
    QTest.mouseClick(view, _LEFT, pos=at)
    QTest.mouseDClick(view, _LEFT, pos=at)
    assert view.image_rect().width() <= view.width()
    assert not desk.playhead.playing


def test_what_is_dragged_is_not_clicked(window: MainWindow, desk: Desk) -> None:
    assert window.page is not None
    view = window.page.stage.large
    zoom(view)
    before, at = view.image_rect(), view.rect().center()
    QTest.mousePress(view, _LEFT, pos=at)
    QTest.mouseMove(view, at + QPoint(60, 10))
    QTest.mouseRelease(view, _LEFT, pos=at + QPoint(60, 10))
    assert view.image_rect().left() > before.left()
    assert not desk.playhead.playing


def test_a_small_image_is_shown_large_by_a_click(window: MainWindow, desk: Desk) -> None:
    assert window.page is not None and desk.camera == CAMERAS[1]
    click(window.page.stage.views[1])
    assert desk.camera == CAMERAS[0]
    assert not desk.playhead.playing


def test_the_right_button_offers_what_can_be_done(
    window: MainWindow, desk: Desk, press: Press, qtbot: QtBot
) -> None:
    assert window.page is not None
    view = window.page.stage.large
    desk.playhead.go(4)
    at = view.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.mapToGlobal(at))
    QApplication.sendEvent(view, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    offered = [action.objectName() for action in menu.actions() if not action.isSeparator()]
    assert {"play.toggle", "label.success", "label.never", "view.sheet"} <= set(offered)
    menu.setActiveAction(window.actions_by_id["label.success"])
    press(window, "Return")
    assert desk.session.label(0).cutoff == 4


@pytest.mark.parametrize("size", [(1024, 640), (1280, 800)])
def test_it_fits_and_cuts_nothing(window: MainWindow, bar: Transport, size) -> None:
    window.resize(*size)
    QApplication.processEvents()
    assert (window.width(), window.height()) == size
    parts = [part for part in bar.findChildren(QWidget) if part.parentWidget() is bar]
    places = [part.geometry() for part in parts if part.isVisible()]
    assert all(bar.rect().contains(place) for place in places)
    for place in places:
        assert not any(place.intersects(other) for other in places if other is not place)
    assert window.page.stage.large.height() >= 200


def zoom(view: QWidget) -> None:
    at = QPointF(view.rect().center())
    for _ in range(6):
        event = QWheelEvent(
            at, view.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view, event)
