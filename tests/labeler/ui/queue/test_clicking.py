"""Clicks in a queue that scrolls: highlight, image and label are always of the same episode."""

from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from labeler.labels import EpisodeLabel
from labeler.labels.episode import never, with_cutoff
from labeler.ui.queue.row_drawing import ROW_HEIGHT, words_of
from labeler.ui.window.main_window import MainWindow
from tests.conftest import MakeRecording
from tests.labeler.ui.conftest import CAMERAS, OpenWindow

MANY = 40
_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(open_window: OpenWindow, make_recording: MakeRecording) -> MainWindow:
    root: Path = make_recording("v3.0", (6,) * MANY, cameras=CAMERAS[:1])
    window = open_window(root)
    window.resize(1000, 640)
    QApplication.processEvents()
    return window


def at_one(window: MainWindow, episode: int) -> None:
    """The row that is highlighted, the image and the label panel are of one episode."""
    page = window.page
    assert page is not None
    view, desk = page.queue.view, page.desk
    rows = sorted({index.row() for index in view.selectionModel().selectedIndexes()})
    assert [desk.queue.episode(row) for row in rows] == [episode]
    assert (desk.playhead.episode, desk.episode_name()) == (episode, f"episode {episode}")


@pytest.mark.parametrize("from_top", [False, True])
def test_a_click_near_an_end_of_the_list_opens_what_was_clicked(
    window: MainWindow, from_top: bool, qtbot: QtBot
) -> None:
    view = window.page.queue.view
    height = view.viewport().height()
    for scrolled, away in product(
        (0, 7, 25, 260), (1, ROW_HEIGHT // 2, ROW_HEIGHT + 3, 3 * ROW_HEIGHT)
    ):
        view.verticalScrollBar().setValue(scrolled)
        QApplication.processEvents()
        at = QPoint(60, away if from_top else height - away)
        episode = view.indexAt(at).row()
        assert 0 <= episode < MANY
        QTest.mousePress(view.viewport(), _LEFT, _NONE, at)
        at_one(window, episode)
        QTest.mouseMove(view.viewport(), at + QPoint(3, 0))
        QApplication.processEvents()
        at_one(window, episode)
        QTest.mouseRelease(view.viewport(), _LEFT, _NONE, at + QPoint(3, 0))
        at_one(window, episode)
        QApplication.processEvents()
        at_one(window, episode)
        stage = window.page.stage
        qtbot.waitUntil(lambda stage=stage: not stage.large.waiting)
        assert stage.large.shown[0] == episode
        rect = view.visualRect(view.model().index(episode, 0))
        assert view.viewport().rect().contains(rect), "the row that is open is in sight"


def test_a_key_right_after_a_click_acts_on_what_was_clicked(window: MainWindow, press) -> None:
    view = window.page.queue.view
    at = QPoint(60, view.viewport().height() - 2)
    episode = view.indexAt(at).row()
    QTest.mouseClick(view.viewport(), _LEFT, _NONE, at)
    press(window, "Shift+X")
    session = window.desk.session
    assert [e for e in range(MANY) if session.label(e).decided] == [episode]


@pytest.mark.parametrize("order", ["Doubtful", "Undecided", "Index"])
def test_the_boxes_above_the_list_show_what_is_chosen(window: MainWindow, order: str) -> None:
    """In the narrowest list that there is, where the filter needs little room."""
    page = window.page
    assert page is not None
    queue = page.queue
    queue.setFixedWidth(queue.minimumWidth())
    if queue.order_box.findText(order) < 0:  # orders by a classifier come with its probabilities
        queue.order_box.addItem(order)
    queue.order_box.setCurrentText(order)
    QApplication.processEvents()
    for box in (queue.show_box, queue.order_box):
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        whole, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        field = box.style().subControlRect(whole, option, part, box)
        text = box.currentText()
        assert box.fontMetrics().horizontalAdvance(text) <= field.width() - 4, text


def test_a_narrow_row_keeps_the_edge_and_leaves_the_state_to_its_sign(qapp: QApplication) -> None:
    metrics = QFontMetrics(qapp.font())
    label = with_cutoff(EpisodeLabel(12_000), 11_840)
    whole, number = (metrics.horizontalAdvance(text) for text in ("success 11840", "11840"))
    assert words_of(label, metrics, whole) == "success 11840"
    for width in (whole - 1, number):
        assert words_of(label, metrics, width) == "11840"
    assert words_of(label, metrics, number - 1).endswith("…")
    for plain, word in ((never(label), "never"), (EpisodeLabel(9), "unlabeled")):
        assert words_of(plain, metrics, whole) == word
        assert words_of(plain, metrics, 20).endswith("…")
