"""What is safe: the source, the labels, the copy; and what to do where something is not."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from labeler.errors import LabelerError
from labeler.session.joined import Member
from labeler.session.words import plural, saved_text
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import muted, push_button
from labeler.ui.kit.cures import spoken
from labeler.ui.kit.side_panel import breakable


class GuardCard(QFrame):
    """Dataset and guard status; a conflict is shown with its two cures."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setProperty("card", True)
        self.source = muted("")
        self.saved = muted("")
        self.copy = muted("")
        self.trouble = muted("")
        self.trouble.setProperty("warning", True)
        self.reload = push_button("Reload theirs")
        self.reload.clicked.connect(lambda: self._settle(desk.source.reload))
        self.merge = push_button("Merge both")
        self.merge.clicked.connect(lambda: self._settle(desk.source.merge))
        self.accept = push_button("The labels fit this recording")
        self.accept.clicked.connect(lambda: self._settle(desk.source.accept_recording))
        self._place()
        desk.safety_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self._show_source()
        state = self._desk.source.save_state()
        saved, copy = saved_text(state), self._desk.copy_text
        self.saved.setText(saved)
        self.saved.setToolTip(str(state.file))
        self.copy.setText(copy)
        sentences = (state.read_only, state.conflict, state.dataset_changed, state.problem)
        trouble = "\n".join(filter(None, (*sentences, self._elsewhere())))
        self.trouble.setText(breakable(trouble))
        self.trouble.setVisible(bool(trouble))
        self.reload.setVisible(bool(state.conflict))
        self.merge.setVisible(bool(state.conflict))
        self.accept.setVisible(state.may_accept and not state.read_only)

    def _show_source(self) -> None:
        dataset = self._desk.source.dataset
        size = f"{plural(len(dataset), 'episode')}, {dataset.total_frames:,} frames"
        self.source.setText(f"{dataset.name} · {dataset.version} · {size} · {dataset.fps:g} fps")
        self.source.setToolTip(str(dataset.root))

    def _elsewhere(self) -> str:
        """Which other recordings of a collection need a look."""
        collection, here = self._desk.session.collection, self._desk.source
        if collection is None:
            return ""
        names = {one.name for one in collection.members if one.session is not here and _ails(one)}
        return f"Something is to be settled in {', '.join(sorted(names))}, too." if names else ""

    def _settle(self, cure: Callable[[], None]) -> None:
        try:
            cure()
        except LabelerError as error:
            self._desk.say(spoken(error))

    def _place(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(3)
        layout.addWidget(self.source)
        layout.addWidget(muted("source read-only"))
        for line in (self.saved, self.copy, self.trouble):
            layout.addWidget(line)
        cures = QHBoxLayout()
        cures.addWidget(self.reload)
        cures.addWidget(self.merge)
        layout.addLayout(cures)
        layout.addWidget(self.accept)


def _ails(member: Member) -> bool:
    state = member.session.save_state()
    return bool(state.conflict or state.dataset_changed or state.problem)
