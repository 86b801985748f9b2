"""What is safe: the source, the labels, the copy; and what to do where something is not."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from labeler.errors import LabelerError
from labeler.session.joined import Member
from labeler.session.shared_labels import make_own_labels, sharing_folders
from labeler.session.words import plural, saved_text
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import muted, push_button
from labeler.ui.kit.cures import spoken
from labeler.ui.kit.side_panel import breakable
from labeler.ui.kit.work import start_work


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
        self._shared: tuple[Path, ...] = ()
        self.own = push_button("Labels of its own")
        self.own.setToolTip("Copies these labels into a file for this folder alone")
        self.own.clicked.connect(lambda: self._settle(self._make_own))
        self._place()
        self._look_for_copies()
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
        shared = _shared_sentence(self._shared)
        trouble = "\n".join(filter(None, (*sentences, shared, self._elsewhere())))
        self.trouble.setText(breakable(trouble))
        self.trouble.setVisible(bool(trouble))
        self.reload.setVisible(bool(state.conflict))
        self.merge.setVisible(bool(state.conflict))
        self.own.setVisible(bool(shared) and not state.read_only)
        self.accept.setVisible(state.may_accept and not state.read_only)

    def _look_for_copies(self) -> None:
        """Whether another folder has the same labels; asked once, off the window's thread."""
        desk = self._desk
        if desk.session.collection is not None:
            return
        self._work = start_work(
            self,
            lambda work: sharing_folders(desk.source),
            name="copies of the recording",
            done=self._on_copies,
            failed=_raise,
        )
        desk.closing.connect(lambda: self._work.join(30))

    def _on_copies(self, folders: tuple[Path, ...]) -> None:
        self._shared = folders
        self._show()

    def _make_own(self) -> None:
        make_own_labels(self._desk.source)
        self._desk.wants_reopening.emit()

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
        layout.addWidget(self.own)


def _shared_sentence(folders: tuple[Path, ...]) -> str:
    if not folders:
        return ""
    more = f" and {plural(len(folders) - 1, 'more folder')}" if len(folders) > 1 else ""
    return (
        f"These labels are shared with {folders[0]}{more}, which has the same recording: what is "
        "decided here holds there, too."
    )


def _raise(error: BaseException) -> None:
    raise error


def _ails(member: Member) -> bool:
    state = member.session.save_state()
    return bool(state.conflict or state.dataset_changed or state.problem)
