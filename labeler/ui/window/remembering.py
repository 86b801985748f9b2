"""Keeps the list of recordings that were open, and says what could not be kept."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from labeler.errors import LabelerError
from labeler.session.any_session import AnySession
from labeler.session.recent import Recent, forget, remember
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.work import Work, start_work

_PATIENCE = 2.0  # s for the list to be written


class Remembering(QObject):
    """Writes the list off the window's thread when something opens, at once when it closes."""

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
