"""A panel in the place of the inspector: title, content, a way out. Labelling goes on beside it."""

import re
from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from labeler.ui.kit.controls import keep_keys, push_button, quiet_label
from labeler.ui.kit.cures import Action, Explained, actions, words
from labeler.ui.kit.focus import enter, keep
from labeler.ui.kit.theme import repolish

_LONGEST = 18  # letters of a word that every panel has room for
_ENDLESS = re.compile(rf"[^\s\u200b]{{{_LONGEST + 1},}}")


class SidePanel(QScrollArea):
    """Scrolls `column`; `closed` asks for the inspector back, by its button or by Escape."""

    closed = Signal()
    least_width = 220
    """Pixels that the panel is wide at least."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        keep_keys(self)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = QFrame()
        page.setProperty("panel", True)
        self.column = QVBoxLayout(page)
        self.column.setContentsMargins(12, 10, 12, 12)
        self.column.setSpacing(8)
        self.heading = QLabel(title)
        self.heading.setProperty("strong", True)
        self.heading.setWordWrap(True)
        self.close_button = push_button("✕")
        self.close_button.setProperty("flat", True)
        self.close_button.setAccessibleName("Close this panel")
        self.close_button.setToolTip("Close this panel (Escape)")
        self.close_button.setMaximumWidth(34)
        self.close_button.clicked.connect(self.closed)
        line = QHBoxLayout()
        line.addWidget(self.heading, 1)
        line.addWidget(self.close_button)
        self.column.addLayout(line)
        self.setWidget(page)

    def set_shown(self, shown: bool) -> None:
        """Told before the panel takes the inspector's place, and after it has left it."""

    def focus_first(self) -> None:
        """Put the focus into the content; without anything to operate, keys scroll it."""
        enter(self, besides=[self.close_button])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The title shows that keys come here."""
        super().focusInEvent(event)
        self._mark(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """They go elsewhere."""
        super().focusOutEvent(event)
        self._mark(False)

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Keep the focus when the widget that has it goes away."""
        return keep(self) or super().focusNextPrevChild(forwards)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _mark(self, on: bool) -> None:
        self.heading.setProperty("accent", on)
        repolish(self.heading)


class Trouble(QWidget):
    """What went wrong, what to do, and the buttons that do it; invisible while nothing has.

    `offers` says what the panel can do about an error: a cure with one of these actions gets a
    button.
    """

    def __init__(self, offers: Mapping[Action, Callable[[], object]] | None = None) -> None:
        super().__init__()
        self.offers = dict(offers or {})
        self.what = quiet_label()
        self.what.setProperty("error", True)
        self.what.setTextFormat(Qt.TextFormat.PlainText)
        self.cure = quiet_label()
        self.cure.setTextFormat(Qt.TextFormat.PlainText)
        for line in (self.what, self.cure):
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.what)
        layout.addWidget(self.cure)
        self.buttons = {action: push_button(action.value) for action in self.offers}
        for action, button in self.buttons.items():
            button.clicked.connect(lambda _=False, one=action: self.offers[one]())
            layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        self.clear()

    def explain(self, what: Explained) -> None:
        """Show what happened and what would help, with a button for what can be done here."""
        self.say(what.message, words(what.cures))
        offered = actions(what.cures)
        for action, button in self.buttons.items():
            button.setVisible(action in offered)

    def say(self, what: str, cure: str) -> None:
        """Show a sentence and its cure, without buttons; long paths may break anywhere."""
        self.what.setText(breakable(what))
        self.cure.setText(breakable(cure))
        self.cure.setVisible(bool(cure))
        repolish(self.what)
        for button in self.buttons.values():
            button.hide()
        self.setVisible(True)

    def clear(self) -> None:
        """There is nothing wrong."""
        self.what.clear()
        self.cure.clear()
        self.setVisible(False)


def heading(text: str) -> QLabel:
    """A line above a part of a panel."""
    label = QLabel(text)
    label.setProperty("strong", True)
    return label


def breakable(text: str) -> str:
    """Lets a long path or name wrap: zero-width spaces after separators and in endless words."""
    text = text.replace("/", "/\u200b").replace("_", "_\u200b")
    return _ENDLESS.sub(lambda word: "\u200b".join(_cut(word[0])), text)


def _cut(word: str) -> list[str]:
    return [word[at : at + _LONGEST] for at in range(0, len(word), _LONGEST)]
