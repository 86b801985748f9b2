"""The page on which episodes are labelled: places queue, images, timeline and inspector."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from labeler.ui.commands.actions import Actions
from labeler.ui.commands.deciding import Deciding
from labeler.ui.commands.excluding import Excluding
from labeler.ui.commands.moving import Moving
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.focus import enter
from labeler.ui.kit.side_panel import SidePanel
from labeler.ui.page.centre import LEAST_WIDTH, Centre
from labeler.ui.page.contact_sheet import ContactSheet
from labeler.ui.page.inspector import Inspector
from labeler.ui.page.panels import Panels
from labeler.ui.page.parts import parts_of
from labeler.ui.page.strips import Strips
from labeler.ui.queue.panel import QueuePanel
from labeler.ui.stage.stage import Stage
from labeler.ui.stage.transport import Transport
from labeler.ui.timeline.timeline import Timeline
from labeler.ui.training.panel import HEIGHT

if TYPE_CHECKING:
    from labeler.ui.page.single_panels import SinglePanels

_SIDES = (236, 252)
_LEAST_QUEUE = 200  # pixels
_LEAST_SIDE = SidePanel.least_width


class LabellingPage(QWidget):
    """Everything for what is open, and what commands reach of it.

    It is of use once `turns` is through.
    """

    place_wanted = Signal()
    """An episode or a frame to go to is to be asked for."""

    def __init__(self, desk: Desk, actions: Actions) -> None:
        super().__init__()
        self.desk = desk
        self.turns = self._make(actions)
        """What is left to be made; each step is short, so that the window answers in between."""

    def _make(self, actions: Actions) -> Iterator[None]:
        desk = self.desk
        self.deciding = Deciding(desk)
        self.moving = Moving(desk)
        self.excluding = Excluding(desk, self.deciding, self)
        self.queue = QueuePanel(desk)
        yield
        self.stage = Stage(desk, actions)
        self.transport = Transport(desk, actions)
        self.transport.left.connect(self.setFocus)
        self.timeline = Timeline(desk, self.stage)
        yield
        self.inspector = Inspector(desk, self.deciding, actions)
        yield
        self.parts = parts_of(desk)
        self.training = self.parts.training
        yield
        self.side = QStackedWidget()
        self.panels = Panels(desk, self.deciding, self.parts, self.stage, self, self.show_side)
        self.sheet = ContactSheet(desk, self.deciding, self.stage)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        # Or Enter would press the button that comes next, instead of accepting.
        self.training.opened.connect(lambda on: self._make_room_below() if on else self.setFocus())
        self.training.left.connect(self.setFocus)
        self.timeline.band.dragged.connect(self.deciding.replace_label)
        yield
        self._place()
        yield

    @property
    def single(self) -> "SinglePanels | None":
        """What there is for one recording; None where several are open."""
        return self.panels.single

    def step(self, frames: int) -> None:
        """Move by some frames, and paint at once."""
        self.desk.playhead.step(frames)
        self.stage.paint_now()

    def expect_panel(self, *, by_key: bool) -> None:
        """A panel is about to be opened, by key or by mouse: by key it takes the focus."""
        self.panels.entering = self.training.entering = by_key

    def focus_next_part(self) -> None:
        """Move the focus on: image, list of episodes, label or panel, open training, image."""
        focus = QApplication.focusWidget()
        parts: list[QWidget] = [self.queue, self.side]
        if self.training.isVisible():
            parts.append(self.training)
        here = [n for n, part in enumerate(parts) if focus is not None and part.isAncestorOf(focus)]
        after = here[0] + 1 if here else 0
        if after == len(parts):
            self.setFocus()
        elif parts[after] is self.side and self.panels.shown is not None:
            self.panels.shown.focus_first()
        elif parts[after] is self.queue:
            self.queue.view.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            enter(parts[after])

    def write_note(self) -> None:
        """Put the cursor into the note."""
        self.inspector.note.setFocus()

    def ask_place(self) -> None:
        """Ask for an episode or a frame to go to."""
        self.place_wanted.emit()

    def show_side(self, panel: QWidget | None) -> None:
        """Show a panel in the place of the inspector; None brings the inspector back."""
        shown = self.inspector if panel is None else panel
        if self.side.indexOf(shown) < 0:
            self.side.addWidget(shown)
        self.side.setCurrentWidget(shown)
        self._make_room(shown.least_width if isinstance(shown, SidePanel) else _LEAST_SIDE)

    def sizes(self) -> tuple[tuple[int, int], int | None]:
        """Widths of queue and label panel, and the height of the training dock where it is open."""
        widened = self.side.minimumWidth() > _LEAST_SIDE
        columns = self._sizes_before if widened else self.columns.sizes()
        return (columns[0], columns[2]), self.rows.sizes()[1] or None

    def use_sizes(self, sides: tuple[int, int] | None, dock: int | None) -> None:
        """Take widths and a height that `sizes` gave."""
        if sides is not None:
            self.columns.setSizes([sides[0], 10_000, sides[1]])
        if dock is not None:
            self._dock_height = dock
            self.rows.setSizes([10_000, dock])

    def open_panels(self) -> tuple[str, ...]:
        """Ids of the commands that open what is open now, and would be opened again."""
        dock = () if self.training.isHidden() else ("train.show",)
        return (*self.panels.lasting(), *dock)

    def _make_room(self, width: int) -> None:
        """A panel may be wider than the inspector, which gets its own width back after it."""
        self._wanted = width
        room = self.width() - _LEAST_QUEUE - LEAST_WIDTH - 2 * self.columns.handleWidth()
        width = max(min(width, room), _LEAST_SIDE)
        if width > self.side.minimumWidth():
            self._sizes_before = self.columns.sizes()
        narrower = width < self.side.minimumWidth()
        self.side.setMinimumWidth(width)
        if narrower:
            self.columns.setSizes(self._sizes_before)

    def _make_room_below(self) -> None:
        """The dock gets the height it had, as far as images and label stay to be seen."""
        room = self.rows.height() - self.rows.handleWidth()
        dock = min(self._dock_height, room - self.centre.height_with_image())
        self.rows.setSizes([room - dock, dock])

    def _fit_rows(self) -> None:
        """Strips have the first call on the height, then the content of the training dock."""
        above = self.columns.minimumSizeHint().height() + self.rows.handleWidth()
        self.training.fit(self.height() - above - self.strips.wanted(self.width()))
        self.strips.fit(self.width(), self.height() - self.rows.minimumSizeHint().height())

    def _on_rows_moved(self) -> None:
        if self.training.isVisible():
            self._dock_height = self.rows.sizes()[1]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leads back to the image from any part that has no other use for it."""
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            self.setFocus()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow window leaves a wide panel less room."""
        super().resizeEvent(event)
        self._make_room(self._wanted)
        self._fit_rows()

    def event(self, event: QEvent) -> bool:
        """What lies below the strips may need more room now, or less."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit_rows()
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        """The window is there now."""
        super().showEvent(event)
        self.training.follow_window(self.window().windowHandle())

    def _place(self) -> None:
        # From the outside in: every change of parent goes through all that is below.
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.strips = Strips(self, self.inspector.guard.banner, self.training.question)
        layout.addWidget(self.strips)
        self.rows = rows = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        layout.addWidget(rows)
        self.strips.changed.connect(self._fit_rows)
        splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self.columns, self._sizes_before = splitter, list[int]()
        self._wanted = _LEAST_SIDE
        splitter.setHandleWidth(4)
        rows.addWidget(splitter)
        rows.addWidget(self.training)
        rows.setStretchFactor(0, 1)
        self._dock_height = HEIGHT
        rows.splitterMoved.connect(self._on_rows_moved)
        self.centre = centre = Centre(self.stage, self.transport, self.timeline)
        self.queue.setMinimumWidth(_LEAST_QUEUE)
        self.side.setMinimumWidth(_LEAST_SIDE)
        for part in (self.queue, centre, self.side):
            splitter.addWidget(part)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([_SIDES[0], 10_000, _SIDES[1]])
        self.side.addWidget(self.inspector)
