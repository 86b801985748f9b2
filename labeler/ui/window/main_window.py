"""The main window: places pages, menus and the status line; what happens is elsewhere."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from labeler.collection.document import is_collection
from labeler.dataset.labels_of import ColumnReading
from labeler.errors import LabelerError, UsageError
from labeler.session.any_session import AnySession
from labeler.session.preferences import Preferences, write_preferences
from labeler.session.recent import Recent, recent
from labeler.ui.commands.actions import Actions
from labeler.ui.commands.go_to import GoTo
from labeler.ui.commands.menus import fill_menus
from labeler.ui.commands.palette import Palette
from labeler.ui.desk.desk import Desk
from labeler.ui.desk.opening import Opening, demo_root
from labeler.ui.kit import theme
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.dropped import meaning
from labeler.ui.kit.drops import Drops, leave_drops_alone
from labeler.ui.start.page import StartPage
from labeler.ui.window.geometry import LEAST
from labeler.ui.window.help import Help
from labeler.ui.window.layout import KeptLayout
from labeler.ui.window.recent_recordings import RecentMenu, Remembering
from labeler.ui.window.status_line import StatusLine
from labeler.ui.window.top_bar import TopBar

if TYPE_CHECKING:
    from labeler.ui.page.labelling_page import LabellingPage
    from labeler.ui.settings.page import SettingsPage


class MainWindow(QMainWindow):
    """Start page, settings page, or the labelling page of the recording that is open."""

    _crashed = Signal(str)

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.preferences = preferences
        self.desk: Desk | None = None
        self._coming: Desk | None = None  # its page is being made
        self.page: LabellingPage | None = None
        self.actions_by_id = Actions(self, self)
        self.status = StatusLine()
        self.opening = Opening(self)
        self.start = StartPage(self.opening)
        self._settings: SettingsPage | None = None
        self.bar = TopBar(self.actions_by_id)
        self.pages = QStackedWidget()
        self.pages.setMinimumSize(*LEAST)
        self.pages.addWidget(self.start)
        self.remembering = Remembering(self.status.say, self)
        self._to_train: Path | None = None  # opens at the settings of a training
        self._shown: QWidget = self.start
        self._before_settings: QWidget = self.start
        self._place()
        self._place_over()
        self._connect()
        self._follow_preferences()
        leave_drops_alone(self)
        self.start.show_recent(recent())
        self.layout_kept = KeptLayout(self, self.status.say)
        self.layout_kept.restore()
        self.setWindowTitle("Labeler")

    @property
    def settings(self) -> "SettingsPage":
        """Made when it is first wanted: it takes as long as all the rest of an empty window."""
        if self._settings is None:
            from labeler.ui.settings.page import SettingsPage

            self._settings = SettingsPage(self.preferences)
            self._settings.changed.connect(self.use)
            self._settings.back_wanted.connect(self._leave_settings)
            self.pages.addWidget(self._settings)
            leave_drops_alone(self._settings)
        return self._settings

    def open(
        self, root: Path, labels: Path | None = None, column: ColumnReading | None = None
    ) -> None:
        """Open a recording, or a collection file; the start page shows how that goes."""
        if root.is_file() and labels is None:
            self.open_together([root], column)
            return
        if self.desk is not None and self.page is not None and self.desk.session.is_of([root]):
            if labels is None or labels.resolve() == self.desk.source.file.resolve():
                self.pages.setCurrentWidget(self.page)
                return
            self._put_away()  # or its own lock on the labels would be in the way
            self.start.show_recent(recent())
        self._begin(lambda: self.open(root, labels, column))
        self.opening.start(root, labels, column)

    def open_together(self, paths: Sequence[Path], column: ColumnReading | None = None) -> None:
        """Open the recordings of a collection file, or several folders, as one queue."""
        if self.desk is not None and self.page is not None and self.desk.session.is_of(paths):
            self.pages.setCurrentWidget(self.page)
            return
        self._begin(lambda: self.open_together(paths, column))
        self.opening.start_together(paths, column)

    def open_demo(self) -> None:
        """Open the demo recording; it is made first where it is not there yet."""
        if self.desk is not None and self.desk.session.is_of([demo_root()]):
            self.open(demo_root())
            return
        self._begin(self.open_demo)
        self.opening.start_demo(demo_root())

    def open_files(self, paths: list[Path]) -> None:
        """Open what was dropped on the window."""
        if self._is_taken_over(paths):
            return
        try:
            found = meaning(paths)
        except UsageError as error:
            self.status.say(as_line(error))
            return
        if found.together:
            self.open_together(found.together)
        elif found.root is not None:
            self.open(found.root, found.labels)
        elif found.labels is not None:
            self._take_labels(found.labels)

    def show_start(self) -> None:
        """Close the recording and show the start page."""
        self.opening.cancel()
        self._put_away()
        self.start.notice.clear()
        self.pages.setCurrentWidget(self.start)
        self.start.show_recent(recent())

    def show_settings(self) -> None:
        """Show the settings, or lead back from them."""
        if self.pages.currentWidget() is self._settings:
            self._leave_settings()
        else:
            self._before_settings = self._shown
            self.pages.setCurrentWidget(self.settings)

    def show_palette(self) -> None:
        """List the commands."""
        self.commands.open()

    def toggle_full_screen(self) -> None:
        """Fill the screen, or not."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def toggle_theme(self) -> None:
        """Dark or light."""
        dark = theme.colours(self) is theme.DARK
        self.use(self.preferences.model_copy(update={"theme": "light" if dark else "dark"}))

    def toggle_every_frame(self) -> None:
        """Play every frame, or in true time."""
        self._turn("every_frame")

    def toggle_continuous(self) -> None:
        """Refresh suggestions while labelling, or not."""
        self._turn("continuous")

    def _turn(self, name: str) -> None:
        self.use(self.preferences.model_copy(update={name: not getattr(self.preferences, name)}))

    def use_theme(self) -> None:
        """Draw everything in the chosen theme."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, self.preferences.theme)

    def use(self, preferences: Preferences) -> None:
        """Follow and keep changed settings."""
        before, self.preferences = self.preferences, preferences
        try:
            write_preferences(preferences)
        except LabelerError as error:
            self.status.say(as_line(error))
        if preferences.theme != before.theme:
            self.use_theme()
        self._follow_preferences()

    def on_crash(self, sentence: str) -> None:
        """Say that something of ours went wrong, in whichever thread."""
        self._crashed.emit(sentence)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Everything decided is on disk already; end the workers."""
        if self.page is not None and not self.page.training.may_close(self.close):
            event.ignore()
            return
        self._put_away()
        self.layout_kept.keep()
        self.opening.close()
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        """Back in front: somebody may have changed the label file meanwhile."""
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self.desk:
            self.desk.session.check_disk()
        if event.type() == QEvent.Type.WindowStateChange:
            self.actions_by_id["view.full_screen"].setChecked(self.isFullScreen())
        super().changeEvent(event)

    def _place(self) -> None:
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.pages, 1)
        column.addWidget(self.status)
        self.setCentralWidget(central)

    def _place_over(self) -> None:
        """What lies over the pages, and the menus above them."""
        actions = self.actions_by_id
        self.commands = Palette(self, actions)
        self.go_to = GoTo(self, actions)
        self.drops = Drops(self)
        self.help = Help(self, actions)
        menus = fill_menus(self, actions)
        self.recent_menu = RecentMenu(menus["File"], actions["file.start"])

    def _connect(self) -> None:
        self._crashed.connect(lambda sentence: self.status.say(sentence))
        self.opening.opened.connect(self._on_opened)
        self.opening.cancelled.connect(self._back_to_labelling)
        self.start.wanted.connect(self.open)
        self.start.together_wanted.connect(self.open_together)
        self.start.labels_wanted.connect(self._take_labels)
        self.start.demo_wanted.connect(self.open_demo)
        self.start.back_wanted.connect(self._back_to_labelling)
        self.start.forget_wanted.connect(self._forget)
        self.recent_menu.chosen.connect(self.start.open_recent)
        self.pages.currentChanged.connect(lambda index: self._follow_page())
        self.drops.dropped.connect(self.open_files)

    def _follow_preferences(self) -> None:
        self.actions_by_id.use_keys(self.preferences.keys)
        self.actions_by_id["play.every_frame"].setChecked(self.preferences.every_frame)
        self.actions_by_id["train.continuous"].setChecked(self.preferences.continuous)
        self.opening.author = self.preferences.author
        if self._settings is not None:
            self._settings.use(self.preferences)
        if self.desk is not None:
            self.desk.use(self.preferences)

    def _follow_page(self) -> None:
        """Commands of the labelling page act only while it is seen."""
        left, self._shown = self._shown, self.pages.currentWidget() or self.start
        if self._settings is left and (told := self._settings.leave()):
            self.status.say(told)
        if self.page is not None and self.desk is not None:
            seen = self._shown is self.page
            self.actions_by_id.use_page(self.page if seen else None)
            if not seen:
                self.desk.playhead.pause()
        self._focus_page()

    def _focus_page(self) -> None:
        if self._shown is self.start:
            self.start.focus_first()
        elif self._shown is self._settings:
            self.settings.focus_first()
        elif self.page is not None:
            self.page.queue.view.setFocus()

    def _leave_settings(self) -> None:
        there = self.pages.indexOf(self._before_settings) >= 0
        self.pages.setCurrentWidget(self._before_settings if there else self.start)

    def _back_to_labelling(self) -> None:
        if self.page is not None:
            self.start.notice.clear()
            self.pages.setCurrentWidget(self.page)

    def _begin(self, again: Callable[[], object]) -> None:
        """Show the start page, on which opening is followed."""
        name = "" if self.desk is None else self.desk.session.dataset.name
        self.start.trying(again, name)
        self.pages.setCurrentWidget(self.start)

    def _open_root(self) -> Path | None:
        return None if self.desk is None else self.desk.source.dataset.root

    def _is_taken_over(self, paths: list[Path]) -> bool:
        """Whether these are labels of another tool, or probabilities, for what is open."""
        page = self.page if self._shown is self.page else None
        return page is not None and page.panels.take(*paths)

    def _take_labels(self, file: Path) -> None:
        if is_collection(file):
            self.open_together([file])
            return
        if self._is_taken_over([file]):
            return
        if self.desk is None:
            self.pages.setCurrentWidget(self.start)
        self.start.take_labels(file, self._open_root())

    def _on_opened(self, session: AnySession, episode: int, frame: int | None) -> None:
        again = self.desk is not None and self.desk.session.files & session.files
        self._put_away()
        if again:  # a copy of the recording that was open: its labels are free only now
            session.close()
            self.opening.start_again(session)
            return
        desk = self._coming = Desk(session, self.preferences, self)
        desk.said.connect(self.status.say)
        desk.wants_training.connect(self._open_to_train)
        desk.wants_reopening.connect(lambda labels: self._soon(lambda: self._reopen(labels)))
        from labeler.ui.page.labelling_page import LabellingPage  # half of what a window needs

        page = LabellingPage(desk, self.actions_by_id)
        page.place_wanted.connect(lambda: self.go_to.open(desk))
        self.pages.addWidget(page)  # while it is empty: changes of parent go through all that is in
        self._soon(lambda: self._make_page(desk, page, (episode, frame)))

    def _reopen(self, labels: Path | None) -> None:
        """Open the recording once more, with other labels than before."""
        if (root := self._open_root()) is not None:
            self._put_away()
            self.open(root, labels)

    def _open_to_train(self, root: Path) -> None:
        """Open a dataset with the labels that it carries, to train on it."""
        self._to_train = root
        self._begin(lambda: self._open_to_train(root))
        self.opening.start(root, carried=True)

    def _soon(self, do: Callable[[], object]) -> None:
        """In another turn of the event loop, so that none of them is long."""
        QTimer.singleShot(0, self, do)

    def _make_page(self, desk: Desk, page: "LabellingPage", at: tuple[int, int | None]) -> None:
        if self._coming is not desk:
            page.deleteLater()
        elif next(page.turns, self) is self:  # through
            desk.show_episode(*at)
            self._soon(lambda: self._show_page(desk, page))
        else:
            self._soon(lambda: self._make_page(desk, page, at))

    def _show_page(self, desk: Desk, page: "LabellingPage") -> None:
        if self._coming is not desk:
            page.deleteLater()
            return
        self._coming, self.desk, self.page = None, desk, page
        self.bar.use(desk)
        self.pages.setCurrentWidget(page)
        self.setWindowTitle(f"{desk.session.dataset.name} – Labeler")
        self.status.greet(desk.session)
        self._soon(lambda: self._settle(page))

    def _settle(self, page: "LabellingPage") -> None:
        """What need not be there for the page to be seen."""
        if self.page is not page:
            return
        leave_drops_alone(page)
        desk = page.desk
        self.layout_kept.use_page(page, self.actions_by_id)
        self.remembering.soon(desk.session, desk.episode, desk.playhead.frame)
        if self._to_train in desk.session.places:
            page.training.new_training()
        self._to_train = None

    def _put_away(self) -> None:
        """Close what is open, or about to be."""
        coming, desk, page = self._coming, self.desk, self.page
        self._coming = self.desk = self.page = None
        if coming is not None:
            coming.close()
            coming.deleteLater()
        if desk is None or page is None:
            return
        page.inspector.note.keep()
        self.layout_kept.leave_page(page)
        page.training.end()
        self.remembering.now(desk)
        self.actions_by_id.use_page(None)
        self.bar.use(None)
        desk.close()
        page.deleteLater()  # which takes it off the pages; to be shown nowhere takes far longer
        desk.deleteLater()
        self.setWindowTitle("Labeler")

    def _forget(self, entry: Recent) -> None:
        self.remembering.forget(entry)
        self.start.show_recent(recent())
