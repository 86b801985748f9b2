"""The list of recordings that were open before."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labeler.session.recent import Recent
from labeler.ui.kit.controls import quiet_label
from labeler.ui.kit.work import Work, start_work
from labeler.ui.start.card import RecentCard


class Recordings(QWidget):
    """Cards, the newest first; that one is the last session."""

    chosen = Signal(object)  # Recent
    removed = Signal(object)  # Recent

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[RecentCard] = []
        self._others = quiet_label("Other recordings")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)

    def show_recent(self, recordings: Sequence[Recent]) -> None:
        """List other recordings."""
        for card in self.cards:
            card.hide()
            card.deleteLater()
        self._layout.removeWidget(self._others)
        self.cards = [RecentCard(one, last=not number) for number, one in enumerate(recordings)]
        for number, card in enumerate(self.cards):
            if number == 1:
                self._layout.addWidget(self._others)
            card.clicked.connect(lambda _=False, one=card.recent: self.chosen.emit(one))
            card.removed.connect(lambda one=card.recent: self.removed.emit(one))
            self._layout.addWidget(card)
            card.show()  # at once, so that it can take the focus
        self._others.setVisible(len(self.cards) > 1)
        self.setVisible(bool(self.cards))
        self._look_for_folders()

    def _look_for_folders(self) -> None:
        """Folders may lie on a network that does not answer: look in a thread."""
        cards = self.cards
        start_work(
            self,
            lambda work: _find_missing(work, [card.recent for card in cards]),
            name="recent recordings",
            done=lambda gone: self._mark(cards, gone),
            failed=lambda error: None,
        )

    def _mark(self, cards: list[RecentCard], gone: list[bool]) -> None:
        if cards is not self.cards:
            return
        for card, missing in zip(cards, gone, strict=True):
            if missing:
                card.show_gone()


def _find_missing(work: Work, recordings: list[Recent]) -> list[bool]:
    return [not all(place.exists() for place in one.places) for one in recordings]
