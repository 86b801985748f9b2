"""A small field that leads to an episode, a frame or a time: `53`, `e12`, `12:53`, `5.3s`."""

import re
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from labeler.errors import UsageError
from labeler.session.words import sentence
from labeler.ui.commands.actions import Actions
from labeler.ui.desk.desk import Desk
from labeler.ui.kit import theme
from labeler.ui.kit.controls import quiet_label
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.overlay import Overlay

_WIDTH = 420
_FORMS = (
    (re.compile(r"(?P<frame>\d+)"), "frame"),
    (re.compile(r"(?:e\s*(?P<e>\d+)|(?P<n>\d+)\s*:)"), "episode"),
    (re.compile(r"e?\s*(?P<e>\d+)\s*:\s*(?P<frame>\d+)"), "both"),
    (re.compile(r"(?P<time>\d+(?:[.,]\d+)?|[.,]\d+)\s*s"), "time"),
)
EXAMPLES = "53 frame · e12 episode · 12:53 episode and frame · 5.3s time"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to go; None: the episode that is shown, or the edge of the episode."""

    episode: int | None
    frame: int | None
    seconds: float | None = None


class GoTo(Overlay):
    """Enter goes to what was typed; what cannot be reached is said under the field."""

    def __init__(self, window: QWidget, actions: Actions) -> None:
        super().__init__(window, actions["go.to"])
        self._desk: Desk | None = None
        title = QLabel("Go to")
        title.setProperty("strong", True)
        self.field = QLineEdit()
        self.field.setAccessibleName("Frame, episode or time")
        self.field.returnPressed.connect(self._go)
        self.field.textEdited.connect(lambda text: self._explain())
        self.told = quiet_label("")
        self._layout = QVBoxLayout(self.card)
        self._layout.setContentsMargins(14, 12, 14, 12)
        for part in (title, self.field, self.told):
            self._layout.addWidget(part)

    def open(self, desk: Desk) -> None:
        """Ask for a place in the recording that is open."""
        self._desk = desk
        desk.playhead.pause()
        self.field.clear()
        self._say(EXAMPLES)
        self.appear(self.field)

    def card_size(self) -> QSize:
        """A narrow card, high enough for what it says."""
        return QSize(_WIDTH, self._layout.heightForWidth(_WIDTH))

    def card_top(self, room: int) -> int:
        """In the upper part of the window."""
        return room // 5

    def paintEvent(self, event: QPaintEvent) -> None:
        """What lies behind stays clear: the images are what one goes by."""

    def _go(self) -> None:
        assert self._desk is not None
        if not self.field.text().strip():
            self.dismiss()
            return
        try:
            episode, frame = _find_place(self._desk, self.field.text())
        except UsageError as error:
            self._say(as_line(error), wrong=True)
            return
        self.dismiss()
        if episode == self._desk.episode and frame is not None:
            self._desk.playhead.go(frame)
        else:
            self._desk.show_episode(episode, frame)

    def _explain(self) -> None:
        """Say where Enter would lead; a fault is told by Enter only, not while typing."""
        assert self._desk is not None
        try:
            episode, frame = _find_place(self._desk, self.field.text())
        except UsageError:
            self._say(EXAMPLES)
            return
        there = "" if frame is None else f", frame {frame}"
        self._say(f"Enter goes to {self._desk.episode_name(episode)}{there}")

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.told.setText(text)
        self.told.setProperty("error", wrong)
        self.told.setProperty("muted", not wrong)
        theme.repolish(self.told)
        self.field.setAccessibleDescription(text)
        self.fit()


def _find_place(desk: Desk, text: str) -> tuple[int, int | None]:
    """Episode and frame that are meant, both of which exist.

    Raises:
        UsageError: there is no such place.
    """
    target = read_place(text)
    fps = desk.source.dataset.fps
    episode = desk.episode if target.episode is None else _episode_of(desk, target.episode)
    name = sentence(desk.episode_name(episode))
    frame, length = target.frame, int(desk.session.dataset.lengths[episode])
    if target.seconds is not None:
        frame = round(target.seconds * fps)
        if frame >= length:
            last = (length - 1) / fps
            raise UsageError(f"{name} ends at {last:.2f} s.", "Type an earlier time.")
    if frame is not None and frame >= length:
        raise UsageError(f"{name} has no frame {frame}.", f"The last one is {length - 1}.")
    return episode, frame


def _episode_of(desk: Desk, number: int) -> int:
    """The episode with this number in the recording shown."""
    found = desk.session.find_episode(number, desk.episode)
    if found is None:
        name = desk.source_name()
        if not name:
            last = len(desk.session.dataset) - 1
            raise UsageError(f"There is no episode {number}.", f"The last one is {last}.")
        raise UsageError(
            f"There is no episode {number} of {name} here.", "Choose another recording first."
        )
    return found


def read_place(text: str) -> Target:
    """What was meant.

    Raises:
        UsageError: it has none of the forms.
    """
    typed = text.strip().lower()
    for form, kind in _FORMS:
        found = form.fullmatch(typed)
        if found is None:
            continue
        parts = found.groupdict()
        episode = parts.get("e") or parts.get("n")
        frame = parts.get("frame")
        if kind == "time":
            return Target(None, None, float(parts["time"].replace(",", ".")))
        return Target(int(episode) if episode else None, int(frame) if frame else None)
    raise UsageError(f"“{text.strip()}” is not a place.", f"Type {EXAMPLES}.")
