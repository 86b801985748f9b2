"""Changing the theme repaints everything: it looks as if it had begun in that theme."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from labeler.review import Scores
from labeler.runs.story import Story
from labeler.ui.desk.desk import Desk
from labeler.ui.kit import theme
from labeler.ui.timeline.lane import Lane
from labeler.ui.training.curves import LiveCurves, Shown
from labeler.ui.window.main_window import MainWindow
from tests.labeler.runs.test_story import STARTED, judged, step
from tests.labeler.ui.conftest import LENGTHS

CHANGES = ("light", "dark", "light")


def pixels(widget: QWidget) -> NDArray[np.uint8]:
    """What a widget paints, as RGB."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width() * 3].copy()


@pytest.fixture(autouse=True)
def begun_dark(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, "dark")
    yield
    theme.apply(qapp, "dark")


def test_lanes_follow_the_theme(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    starts = np.concatenate(([0], np.cumsum(LENGTHS)))
    desk.use_scores(Scores(np.linspace(0, 1, starts[-1]), starts))
    qtbot.wait(300)  # signals and thumbnails come
    lanes = [lane for lane in window.page.timeline.findChildren(Lane) if lane.isVisible()]
    assert len(lanes) == 4
    before = {lane: pixels(lane) for lane in lanes}
    for name in CHANGES:
        window.use(window.preferences.model_copy(update={"theme": name}))
        QApplication.processEvents()
        after = {lane: pixels(lane) for lane in lanes}
        for lane in lanes:
            lane.refresh()
            assert (after[lane] == pixels(lane)).all(), f"{lane.accessibleName()} in {name}"
            assert (after[lane] != before[lane]).any(), f"{lane.accessibleName()} in {name}"
        before = after


def test_curves_of_a_training_follow_the_theme(qapp: QApplication, qtbot: QtBot) -> None:
    story = Story()
    story.tell([STARTED, step(10, 1.0), judged(10, best=True), step(20, 2.0)])

    def drawn() -> LiveCurves:
        curves = LiveCurves()
        qtbot.addWidget(curves)
        curves.resize(700, 240)
        curves.show_stories([Shown("first", story)])
        curves.show()
        QApplication.processEvents()
        return curves

    curves = drawn()
    for name in CHANGES:
        theme.apply(qapp, name)
        fresh = drawn()
        qtbot.waitUntil(lambda fresh=fresh: bool((pixels(curves) == pixels(fresh)).all()))


def test_links_of_the_guide_follow_the_theme(window: MainWindow) -> None:
    window.help.show_guide()
    pages = window.help.guide.pages
    pages.verticalScrollBar().setValue(40)
    place = pages.verticalScrollBar().value()
    for name in CHANGES:
        window.use(window.preferences.model_copy(update={"theme": name}))
        QApplication.processEvents()
        wanted = theme.DARK if name == "dark" else theme.LIGHT
        assert link_colours(pages.document()) == {wanted.accent}, name
        assert pages.verticalScrollBar().value() == place
    window.help.guide.close()


def link_colours(document: QTextDocument) -> set[str]:
    """Colours of all links."""
    found = set()
    block = document.begin()
    while block.isValid():
        for part in block:
            form = part.fragment().charFormat()
            if form.isAnchor():
                found.add(form.foreground().color().name())
        block = block.next()
    return found
