"""The main window: places pages, menus and the status line; what happens is elsewhere."""

from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from labeler.errors import LabelerError
from labeler.session import Session
from labeler.session.preferences import Preferences, write_preferences
from labeler.session.recent import recent, remember
from labeler.ui import theme
from labeler.ui.commands.actions import Actions
from labeler.ui.desk import Desk
from labeler.ui.labelling_page import LabellingPage
from labeler.ui.opening import Opening
from labeler.ui.start_page import StartPage
from labeler.ui.status_line import StatusLine
from labeler.ui.top_bar import TopBar
from labeler.ui.work import start_work

_SIZE = (1280, 800)


class MainWindow(QMainWindow):
    """Start page, or the labelling page of the recording that is open."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.preferences = preferences
        self.desk: Desk | None = None
        self.page: LabellingPage | None = None
        self.actions_by_id = Actions(self)
        self.actions_by_id.use_keys(preferences.keys)
        self.status = StatusLine()
        self.opening = Opening(self)
        self.start = StartPage(self.opening)
        self.bar = TopBar(self.actions_by_id)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start)
        self._place()
        self.actions_by_id.fill_menus(self)
        self.actions_by_id.bind(
            {
                "file.open": self.start.choose_folder,
                "file.start": self.show_start,
                "file.quit": self.close,
                "view.theme": self._turn_theme,
            }
        )
        self.opening.opened.connect(self._on_opened)
        self.start.show_recent(recent())
        self.setAcceptDrops(True)
        self.resize(*_SIZE)
        self.setWindowTitle("Labeler")

    def open(self, root: Path, labels: Path | None = None) -> None:
        """Open a recording; the start page shows how far that is, and what went wrong."""
        self.pages.setCurrentWidget(self.start)
        self.opening.start(root, labels, self.preferences.author)

    def show_start(self) -> None:
        """Close the recording and show the start page."""
        self._put_away()
        self.start.show_recent(recent())
        self.pages.setCurrentWidget(self.start)

    def use_theme(self) -> None:
        """Draw everything in the chosen theme."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, self.preferences.theme)

    def use(self, preferences: Preferences) -> None:
        """Follow and keep changed settings."""
        self.preferences = preferences
        write_preferences(preferences)
        self.use_theme()
        self.actions_by_id.use_keys(preferences.keys)
        if self.desk is not None:
            self.desk.use(preferences)

    def on_crash(self, sentence: str) -> None:
        """Say that something of ours went wrong."""
        self.status.say(sentence)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Everything decided is on disk already; end the workers."""
        if self.page is not None and not self.page.training.may_close(self.close):
            event.ignore()
            return
        self._put_away()
        self.opening.cancel()
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        """Back in front: somebody may have changed the label file meanwhile."""
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self.desk:
            self.desk.session.check_disk()
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

    def _on_opened(self, session: Session, episode: int, frame: int | None) -> None:
        self._put_away()
        self.desk = Desk(session, self.preferences, self)
        self.desk.said.connect(self.status.say)
        self.page = LabellingPage(self.desk, self.actions_by_id)
        self.pages.addWidget(self.page)
        self.pages.setCurrentWidget(self.page)
        self.bar.use(self.desk)
        self.desk.show_episode(episode, frame)
        self.setWindowTitle(f"{session.dataset.name} – Labeler")
        start_work(
            self,
            lambda work: remember(session, episode, frame or 0),
            name="recent",
            done=lambda nothing: None,
            failed=self._on_not_remembered,
        )
        self.page.queue.view.setFocus()
        if recovered := session.save_state().recovered:
            self.status.say(f"{recovered} decisions of the interrupted session are back.")

    def _put_away(self) -> None:
        """Close what is open."""
        if self.desk is None or self.page is None:
            return
        self.page.inspector.note.keep()
        self.page.training.end()
        remember(self.desk.session, self.desk.episode, self.desk.playhead.frame)
        self.actions_by_id.release(list(self.page.handlers))
        self.bar.use(None)
        self.desk.close()
        self.pages.removeWidget(self.page)
        self.page.deleteLater()
        self.desk.deleteLater()
        self.desk = self.page = None
        self.setWindowTitle("Labeler")

    def _on_not_remembered(self, error: BaseException) -> None:
        if not isinstance(error, LabelerError):
            raise error
        self.status.say(str(error))

    def _turn_theme(self) -> None:
        dark = theme.colours(self) is theme.DARK
        self.use(self.preferences.model_copy(update={"theme": "light" if dark else "dark"}))
