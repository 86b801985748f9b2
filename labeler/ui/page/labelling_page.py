"""The page on which episodes are labelled: places queue, pictures, timeline and inspector."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from labeler.session.joined import JoinedSession
from labeler.ui.commands.actions import Actions
from labeler.ui.commands.deciding import Deciding
from labeler.ui.commands.excluding import Excluding
from labeler.ui.commands.moving import Moving
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.side_panel import SidePanel
from labeler.ui.page.contact_sheet import ContactSheet
from labeler.ui.page.file_commands import FileCommands
from labeler.ui.page.inspector import Inspector
from labeler.ui.page.program_panels import ProgramPanels
from labeler.ui.queue.panel import QueuePanel
from labeler.ui.stage.stage import Stage
from labeler.ui.timeline.timeline import Timeline
from labeler.ui.training.panel import HEIGHT, TrainingPanel

if TYPE_CHECKING:  # a single recording has no use for it
    from labeler.ui.collection.training import CollectionTraining

_SIDES = (236, 252)
_LEAST_SIDE = SidePanel.least_width


class LabellingPage(QWidget):
    """Everything for one open recording; binds the commands that label and move.

    It is of use once `turns` is through.
    """

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
        self.stage = Stage(desk)
        self.timeline = Timeline(desk, self.stage)
        yield
        self.inspector = Inspector(desk, self.deciding, actions)
        yield
        self.training = _training(desk)
        yield
        self.side = QStackedWidget()
        self.files = FileCommands(desk, self.deciding, self.stage, self, self.show_side)
        self.programs: ProgramPanels | None = None
        if isinstance(self.training, TrainingPanel):
            self.programs = ProgramPanels(desk, self.files, self.training.trainings)
            self.training.watch_wanted.connect(self.programs.watch)
        else:
            self.training.follow(self.files.writing)
        self.sheet = ContactSheet(desk, self.deciding, self.stage)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        # Or Enter would press the button that comes next, instead of accepting.
        self.training.opened.connect(lambda on: on or self.setFocus())
        self.timeline.band.dragged.connect(self.deciding.replace_label)
        yield
        self._place()
        self.handlers = self._handlers()
        actions.bind(self.handlers)
        yield

    def show_side(self, panel: QWidget | None) -> None:
        """Show a panel in the place of the inspector; None brings the inspector back."""
        shown = self.inspector if panel is None else panel
        if self.side.indexOf(shown) < 0:
            self.side.addWidget(shown)
        self.side.setCurrentWidget(shown)
        self._make_room(shown.least_width if isinstance(shown, SidePanel) else _LEAST_SIDE)

    def _make_room(self, width: int) -> None:
        """A panel may be wider than the inspector, which gets its own width back after it."""
        if width > self.side.minimumWidth():
            self._sizes_before = self.columns.sizes()
        narrower = width < self.side.minimumWidth()
        self.side.setMinimumWidth(width)
        if narrower:
            self.columns.setSizes(self._sizes_before)

    def showEvent(self, event: QShowEvent) -> None:
        """The window is there now."""
        super().showEvent(event)
        if isinstance(self.training, TrainingPanel):
            self.training.stillness.follow(self.window().windowHandle())

    def _place(self) -> None:
        # From the outside in: every change of parent goes through all that is below.
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.training.question)
        rows = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        layout.addWidget(rows)
        splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self.columns, self._sizes_before = splitter, list[int]()
        splitter.setHandleWidth(4)
        rows.addWidget(splitter)
        rows.addWidget(self.training)
        rows.setStretchFactor(0, 1)
        rows.setSizes([10_000, HEIGHT])
        centre = QWidget()
        for part, least in ((self.queue, 200), (centre, 420), (self.side, _LEAST_SIDE)):
            part.setMinimumWidth(least)
            splitter.addWidget(part)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([_SIDES[0], 10_000, _SIDES[1]])
        self.side.addWidget(self.inspector)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.stage, 1)
        column.addWidget(self.timeline)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        return {
            **self._label_handlers(),
            **self._move_handlers(),
            **self._view_handlers(),
            **self.files.handlers,
            **(self.programs.handlers if self.programs else {}),
        }

    def _label_handlers(self) -> dict[str, Callable[[], object]]:
        deciding, excluding = self.deciding, self.excluding
        return {
            "label.success": deciding.success,
            "label.success_stay": lambda: deciding.success(stay=True),
            "label.never": deciding.never,
            "label.never_stay": lambda: deciding.never(stay=True),
            "label.accept": deciding.accept,
            "label.accept_stay": lambda: deciding.accept(stay=True),
            "label.skip": deciding.skip,
            "label.range": deciding.mark_range,
            "label.exclude": excluding.ask,
            "label.exclude_head": excluding.head,
            "label.exclude_tail": excluding.tail,
            "label.exclude_range": excluding.marked,
            "label.include": deciding.include_all,
            "label.flag": deciding.toggle_flag,
            "label.note": self.inspector.note.setFocus,
            "label.clear": deciding.clear,
            "label.nudge_back": lambda: deciding.nudge(-1),
            "label.nudge_on": lambda: deciding.nudge(1),
            "edit.undo": deciding.undo,
            "edit.redo": deciding.redo,
        }

    def _move_handlers(self) -> dict[str, Callable[[], object]]:
        playhead, moving = self.desk.playhead, self.moving
        return {
            "go.next_frame": lambda: self._step(1),
            "go.previous_frame": lambda: self._step(-1),
            "go.on_10": lambda: playhead.step(10),
            "go.back_10": lambda: playhead.step(-10),
            "go.on_second": lambda: moving.seconds(1),
            "go.back_second": lambda: moving.seconds(-1),
            "go.first": moving.to_start,
            "go.last": moving.to_end,
            "go.next_episode": lambda: moving.episode(1),
            "go.previous_episode": lambda: moving.episode(-1),
            "go.next_undecided": moving.next_undecided,
            "review.next": self.desk.review.next,
            "go.edge": moving.to_edge,
            "go.suggestion": moving.to_suggestion,
            "play.toggle": playhead.toggle,
            "play.slower": lambda: playhead.shuttle(-1),
            "play.pause": playhead.pause,
            "play.faster": lambda: playhead.shuttle(1),
            "play.loop": moving.loop,
        }

    def _step(self, frames: int) -> None:
        self.desk.playhead.step(frames)
        self.stage.paint_now()

    def _view_handlers(self) -> dict[str, Callable[[], object]]:
        desk, timeline = self.desk, self.timeline
        return {
            "view.camera": self.moving.camera,
            "view.side_by_side": lambda: desk.show_side_by_side(not desk.side_by_side),
            "view.zoom_in": lambda: timeline.zoom(1.5),
            "view.zoom_out": lambda: timeline.zoom(1 / 1.5),
            "view.zoom_all": lambda: timeline.zoom(0),
            "view.fit": self.stage.fit,
            "view.sheet": self.sheet.toggle,
            "train.new": self.training.new_training,
            "train.show": self.training.toggle,
        }


def _training(desk: Desk) -> "TrainingPanel | CollectionTraining":
    if not isinstance(desk.session, JoinedSession):
        return TrainingPanel(desk)
    from labeler.ui.collection.training import CollectionTraining

    return CollectionTraining(desk)
