"""The images: one camera large and the others in a strip, or all side by side."""

from math import ceil, sqrt

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from labeler.ui.commands.actions import Actions
from labeler.ui.desk.desk import Desk
from labeler.ui.stage.camera_view import CameraView
from labeler.ui.stage.overlay import FrameOverlay

_LEAST_STRIP, _MOST_STRIP = 0.16, 0.32  # share of the width that the strip takes
_GAP = 4
_HERE = (
    ("play.toggle", "play.loop"),
    ("label.success", "label.never", "label.accept", "label.range", "label.exclude"),
    ("view.sheet", "view.camera", "view.side_by_side", "view.crop", "view.fit"),
)
"""Commands of the menu at the image."""


class Stage(QWidget):
    """Places camera views and tells them when the place has changed; all show the same frame."""

    refreshed = Signal()
    """The views have the image of the frame shown, or another camera is large."""

    def __init__(self, desk: Desk, actions: Actions) -> None:
        super().__init__()
        self._desk = desk
        self._actions = actions
        self.views: list[CameraView] = []
        self.overlay = FrameOverlay(desk, self)
        self._over: list[QWidget] = [self.overlay]
        self._fitted = QSize()  # the image that there is a place for
        self.setMinimumSize(320, 60)
        desk.camera_changed.connect(self._rebuild)
        desk.crops_changed.connect(self._redraw)
        desk.playhead.moved.connect(self._refresh)
        desk.images.arrived.connect(lambda key: self._refresh())
        self._rebuild()

    @property
    def large(self) -> CameraView:
        """The view of the camera that is shown large."""
        return self.views[0]

    def put_over(self, widget: QWidget) -> None:
        """Have a widget lie over the large view, whichever camera that shows."""
        widget.setParent(self)
        self._over.append(widget)
        self._place()

    def fit(self) -> None:
        """Show whole images."""
        for view in self.views:
            view.fit()

    def paint_now(self) -> None:
        """Paint without waiting for other events, where the image is there.

        Keys that waited while the thread was busy come all at once; each still shows its frame.
        """
        if not self.large.waiting:
            self.large.repaint()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done at the frame shown."""
        menu = QMenu("Image", self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for section in _HERE:
            if not menu.isEmpty():
                menu.addSeparator()
            menu.addActions([self._actions[name] for name in section])
        menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the views anew."""
        self._place()

    def _rebuild(self) -> None:
        for view in self.views:
            view.deleteLater()
        cameras = [camera.key for camera in self._desk.source.dataset.cameras] or [""]
        first = self._desk.camera if self._desk.camera in cameras else cameras[0]
        order = [first, *(key for key in cameras if key != first)]
        self.views = [
            CameraView(self._desk, key, large=not number or self._desk.side_by_side)
            for number, key in enumerate(order)
        ]
        self.large.place_for_words = self.overlay.free_place
        for view in self.views:
            view.setParent(self)
            if view.large:
                view.clicked.connect(self._desk.playhead.toggle)
            else:
                view.clicked.connect(lambda key=view.camera: self._desk.show_camera(key))
            view.show()
        for widget in self._over:
            widget.raise_()
        self._place()
        self._refresh()

    def _refresh(self) -> None:
        """Let every view fetch its image once all are there, so that none shows another frame."""
        playhead = self._desk.playhead
        there = self._desk.images.ready(playhead.episode, playhead.frame)
        if there:
            for view in self.views:
                view.take()
                view.update()
            if self.large.shape != self._fitted:
                self._place()
            self.refreshed.emit()
        self.overlay.waiting = not there
        self.overlay.update()

    def _redraw(self) -> None:
        for view in self.views:
            view.update()

    def _place(self) -> None:
        width, height = self.width(), self.height()
        if self._desk.side_by_side or len(self.views) == 1:
            self._place_grid(width, height)
        else:
            strip = self._strip_width(width, height)
            self.large.setGeometry(0, 0, width - strip - _GAP, height)
            each = min((height + _GAP) // (len(self.views) - 1) - _GAP, round(strip * 0.75))
            for number, view in enumerate(self.views[1:]):
                view.setGeometry(width - strip, number * (each + _GAP), strip, each)
        self._place_over()

    def _place_over(self) -> None:
        """What is told of the frame lies over the large view, or beside a small image."""
        place, overlay = self.large.geometry(), self.overlay
        self._fitted = image = self.large.shape
        overlay.column = overlay.column_in(place.size(), image)
        overlay.setGeometry(place)
        self.large.setGeometry(place.adjusted(overlay.column, 0, 0, 0))
        for widget in self._over:
            if widget is not overlay:
                widget.setGeometry(self.large.geometry())

    def _strip_width(self, width: int, height: int) -> int:
        """What the large image, and what is told beside a small one, leave free, within limits."""
        image = self.large.image_rect()
        free = width - height * image.width() / max(image.height(), 1) - _GAP
        free -= self.overlay.least_column(height)
        return round(min(max(free, width * _LEAST_STRIP), width * _MOST_STRIP))

    def _place_grid(self, width: int, height: int) -> None:
        columns = ceil(sqrt(len(self.views)))
        rows = ceil(len(self.views) / columns)
        for number, view in enumerate(self.views):
            row, column = divmod(number, columns)
            view.setGeometry(
                QRect(
                    column * (width + _GAP) // columns,
                    row * (height + _GAP) // rows,
                    (width + _GAP) // columns - _GAP,
                    (height + _GAP) // rows - _GAP,
                )
            )
