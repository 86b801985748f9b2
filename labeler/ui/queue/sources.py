"""Which recordings of a collection the queue lists, and those that could not be opened."""

from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from labeler.session.joined import Absent, JoinedSession
from labeler.session.words import plural
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import combo_box, quiet_label
from labeler.ui.kit.side_panel import breakable

_NAMED = 3  # recordings that are told one by one


class SourceChoice(QWidget):
    """A box to list one recording or all, and a card about those that are absent."""

    def __init__(self, desk: Desk, session: JoinedSession) -> None:
        super().__init__()
        self.box = combo_box("Recording")
        self.box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.box.addItem(f"All {plural(len(session.members), 'recording')}", None)
        for number, member in enumerate(session.members):
            read_only = ", read-only" if member.session.save_state().read_only else ""
            self.box.addItem(f"{member.name} ({len(member.chosen):,}{read_only})", number)
        self.box.activated.connect(lambda index: desk.queue.choose_source(self.box.itemData(index)))
        self.absent = _card(session.absent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.box)
        layout.addWidget(self.absent)
        self.absent.setVisible(bool(session.absent))


def _card(absent: tuple[Absent, ...]) -> QFrame:
    card = QFrame()
    card.setProperty("card", True)
    layout = QVBoxLayout(card)
    layout.setContentsMargins(8, 6, 8, 6)
    layout.setSpacing(3)
    for one in absent[:_NAMED]:
        line = quiet_label(f"{one.name} is not open")
        line.setProperty("warning", True)
        layout.addWidget(line)
        layout.addWidget(quiet_label(breakable(f"{one.why} {one.cure}")))
    if rest := absent[_NAMED:]:
        line = quiet_label(f"{plural(len(rest), 'more recording')} not open")
        line.setToolTip("\n".join(f"{one.name}: {one.why}" for one in rest))
        layout.addWidget(line)
    return card
