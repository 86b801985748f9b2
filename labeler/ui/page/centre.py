"""The middle of the page: the images, the bar under them, and the timeline."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labeler.ui.stage.stage import Stage
from labeler.ui.stage.transport import Transport
from labeler.ui.timeline.timeline import Timeline

_GAP = 2
LEAST_WIDTH = 420
"""Pixels."""
_LEAST_IMAGE = 90  # pixels of the images' height, below which parts of the timeline give way


class Centre(QWidget):
    """Where the window or an open training dock leaves little height, lanes are left out.

    No lane is ever squeezed, and the images keep a height at which something is seen.
    """

    def __init__(self, stage: Stage, transport: Transport, timeline: Timeline) -> None:
        super().__init__()
        self._transport, self._timeline = transport, timeline
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addWidget(stage, 1)
        column.addWidget(transport)
        column.addWidget(timeline)
        least = timeline.least_height(scores=True)
        self.setMinimumSize(LEAST_WIDTH, stage.minimumHeight() + self._bar() + least)

    def height_with_image(self) -> int:
        """Pixels at which the images can be looked at, with the label below them."""
        return _LEAST_IMAGE + self._bar() + self._timeline.least_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There is another height for the lanes."""
        super().resizeEvent(event)
        self._timeline.fit(self.height() - _LEAST_IMAGE - self._bar())

    def _bar(self) -> int:
        return self._transport.sizeHint().height() + 2 * _GAP
