"""Leaving frames out: a small menu at the image, and the three commands in it."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from labeler.labels import FrameRange
from labeler.ui.commands.deciding import Deciding
from labeler.ui.desk.desk import Desk


class Excluding:
    """Head, tail or marked range of the episode shown."""

    def __init__(self, desk: Desk, deciding: Deciding, parent: QWidget) -> None:
        self._desk = desk
        self._deciding = deciding
        self._parent = parent

    def ask(self) -> None:
        """Offer what can be excluded from here, each with a letter of its own."""
        frame, last = self._desk.playhead.frame, self._desk.playhead.length - 1
        menu = QMenu("Exclude", self._parent)
        if frame:
            menu.addAction(f"&Head: frames 0 to {frame - 1}", self.head)
        menu.addAction(f"&Tail: frames {frame} to {last}", self.tail)
        if self._desk.range_start is None:
            menu.addAction("Start a &range here", lambda: self._desk.mark_range(frame))
        else:
            low, high = sorted((self._desk.range_start, frame))
            menu.addAction(f"Marked &range: frames {low} to {high}", self.mark_or_exclude)
        if self._desk.label.excluded:
            menu.addAction("&Include all frames again", self._deciding.include_all)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setActiveAction(menu.actions()[0])
        menu.popup(self._parent.mapToGlobal(QPoint(self._parent.width() // 2, 120)))

    def head(self) -> None:
        """Everything before the frame shown."""
        if self._desk.playhead.frame:
            self._exclude(0, self._desk.playhead.frame)
        else:
            self._desk.say("There is nothing before the first frame.")

    def tail(self) -> None:
        """The frame shown and everything after it."""
        self._exclude(self._desk.playhead.frame, self._desk.playhead.length)

    def mark_or_exclude(self) -> None:
        """From the mark to the frame shown, both included; without a mark, set it."""
        start, frame = self._desk.range_start, self._desk.playhead.frame
        if start is None:
            self._desk.mark_range(frame)
            self._desk.say(
                f"Range to exclude starts at frame {frame}. Go to its end and press again."
            )
            return
        self._desk.mark_range(None)
        self._exclude(min(start, frame), max(start, frame) + 1)

    def _exclude(self, start: int, stop: int) -> None:
        self._deciding.exclude(FrameRange(start, stop))
