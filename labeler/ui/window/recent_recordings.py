"""The recordings that were open before: their menu in *File*, and how the list is kept."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from labeler.errors import LabelerError
from labeler.session.any_session import AnySession
from labeler.session.recent import Recent, forget, recent, remember
from labeler.ui.commands.menus import RECENT
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.work import Work, start_work

_MOST = 10
_PATIENCE = 2.0  # s for the list to be written


class RecentMenu(QMenu):
    """Read from the disk whenever it opens; the newest first, each with a number to press."""

    chosen = Signal(object)  # Recent

    def __init__(self, menu: QMenu, before: QAction) -> None:
        super().__init__(RECENT, menu)
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)
        menu.insertMenu(before, self)

    def _fill(self) -> None:
        self.clear()
        for number, entry in enumerate(recent()[:_MOST], start=1):
            name = entry.root.name.replace("&", "&&")
            more = f" and {len(entry.others)} more" if entry.others else ""
            action = self.addAction(f"&{number % 10}  {name}{more}")
            action.setToolTip(str(entry.root))
            action.triggered.connect(lambda _=False, one=entry: self.chosen.emit(one))
        if self.isEmpty():
            self.addAction("No recent recordings").setEnabled(False)


class Remembering(QObject):
    """Writes the list, off the window's thread when something opens and at once when it closes.

    What could not be kept is said.
    """

    def __init__(self, say: Callable[[str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._say = say
        self._work: Work | None = None

    def soon(self, session: AnySession, episode: int, frame: int) -> None:
        """Put what is open at the head of the list."""
        self._work = start_work(
            self,
            lambda work: remember(session, episode, frame),
            name="recent",
            done=lambda nothing: None,
            failed=self._on_failed,
        )

    def now(self, desk: Desk) -> None:
        """Keep the place that is shown; returns once it is written."""
        if self._work is not None:
            self._work.join(_PATIENCE)
        self._try(lambda: remember(desk.session, desk.episode, desk.playhead.frame))

    def forget(self, entry: Recent) -> None:
        """Take an entry off the list."""
        self._try(lambda: forget(entry.places))

    def _try(self, do: Callable[[], None]) -> None:
        try:
            do()
        except LabelerError as error:
            self._say(as_line(error))

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, LabelerError):
            raise error
        self._say(as_line(error))
