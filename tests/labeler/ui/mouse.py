"""The mouse as an operator uses it: clicks and drags at places that are given in frames."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QWidget

from labeler.ui.timeline.lane import Lane

_LEFT = Qt.MouseButton.LeftButton
_NONE = Qt.KeyboardModifier.NoModifier


def button(parent: QWidget, text: str) -> QAbstractButton:
    """The visible button whose text begins so."""
    found = [b for b in parent.findChildren(QAbstractButton) if b.text().startswith(text)]
    (shown,) = [b for b in found if b.isVisible()]
    return shown


def click(widget: QWidget) -> None:
    """Click the middle of a widget."""
    QTest.mouseClick(widget, _LEFT, _NONE, widget.rect().center())


def click_row(view: QAbstractItemView, row: int) -> None:
    """Click a row of a list."""
    index = view.model().index(row, 0)
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), _LEFT, _NONE, view.visualRect(index).center())


def frame_point(lane: Lane, frame: float, part: float = 0.5) -> QPoint:
    """Where a frame (its left border, or with .5 its middle) lies in a lane."""
    return QPoint(round(lane.scale.x(frame, lane.width())), round(lane.height() * part))


def click_frame(lane: Lane, frame: int) -> None:
    """Click the middle of a frame."""
    QTest.mouseClick(lane, _LEFT, _NONE, frame_point(lane, frame + 0.5))


def drag(lane: Lane, *borders: int) -> None:
    """Press at a border between frames, move over the others, let go at the last one."""
    QTest.mousePress(lane, _LEFT, _NONE, frame_point(lane, borders[0]))
    for border in borders[1:]:
        QTest.mouseMove(lane, frame_point(lane, border))
        QApplication.processEvents()
    QTest.mouseRelease(lane, _LEFT, _NONE, frame_point(lane, borders[-1]))
