"""What is safe: the source, the labels, the copy; and a strip where something has to be done."""

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from labeler.errors import LabelerError
from labeler.session.joined import Member
from labeler.session.shared_labels import make_own_labels, sharing_folders, write_labels_elsewhere
from labeler.session.words import plural, save_state_text
from labeler.ui.commands.actions import Actions
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.choosing import choose_new_file
from labeler.ui.kit.controls import action_button, action_push_button, push_button, quiet_label
from labeler.ui.kit.cures import Action, actions, as_line, words
from labeler.ui.kit.elided import ElidedLabel
from labeler.ui.kit.side_panel import breakable
from labeler.ui.kit.theme import repolish
from labeler.ui.kit.work import AFTER_IMAGE, start_work
from labeler.ui.page.carried import CarriedLabels
from labeler.ui.page.damaged import DamagedEpisodes
from labeler.ui.page.presence import Presence


class Banner(QFrame):
    """One strip above the page: what needs attention, with the buttons that see to it.

    They stand beside the text, or below it where the strip is lower then: it must not push the
    label out of a low window.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setAccessibleName("Needs attention")
        self.told = quiet_label("")
        self.told.setProperty("warning", True)
        self._buttons = QWidget()
        self._row = QHBoxLayout(self._buttons)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(12, 6, 10, 6)
        self._line.addWidget(self.told, 1)
        self._line.addWidget(self._buttons, 0, Qt.AlignmentFlag.AlignRight)
        self.hide()

    def add(self, button: QPushButton) -> None:
        """A button that may be shown."""
        button.hide()
        self._row.addWidget(button)

    def event(self, event: QEvent) -> bool:
        """Other buttons are shown, another text, or there is other room."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        buttons, space = self._buttons.sizeHint(), self._line.spacing()
        margins = self._line.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        beside = self.told.heightForWidth(max(room - buttons.width() - space, 1))
        below = self.told.heightForWidth(room) + space + buttons.height()
        ways = QBoxLayout.Direction
        self._line.setDirection(ways.TopToBottom if below < beside else ways.LeftToRight)

    def show_text(self, text: str, *, warning: bool) -> None:
        """Show a sentence; an empty one hides the strip."""
        self.told.setText(breakable(text))
        if self.told.property("warning") is not warning:
            self.told.setProperty("warning", warning)
            repolish(self.told)
        self.told.setVisible(bool(text))
        self.setAccessibleDescription(text)
        self.setVisible(bool(text))


class GuardCard(QFrame):
    """Dataset and guard status; `banner`, which the page places, has what needs attention."""

    def __init__(self, desk: Desk, actions: Actions) -> None:
        super().__init__()
        self._desk = desk
        self.banner = Banner(self)  # until the page places it; by itself it would be a window
        self.setProperty("card", True)
        self._make_lines(actions)
        self._make_presence(actions)
        self._make_buttons(actions)
        self._dismissed = False
        self._place()
        self._look_for_copies()
        desk.safety_changed.connect(self._show)
        self._show()

    def _make_lines(self, actions: Actions) -> None:
        self.source = quiet_label("")
        self.saved = quiet_label("")
        self.file = ElidedLabel(str(self._desk.source.file))
        self.file.setProperty("muted", True)
        self.show_file = action_button(actions["file.show_labels"], "Show")
        self.copy = quiet_label("")

    def _make_presence(self, actions: Actions) -> None:
        self.presence = Presence(self._desk, self)
        self.presence.changed.connect(self._show)
        self.again = push_button("Open again")
        self.again.clicked.connect(self._open_again)
        self.others = action_push_button(actions["file.start"])

    def _make_buttons(self, actions: Actions) -> None:
        self.trouble = self.banner.told
        self.reload = push_button("Reload theirs")
        self.reload.clicked.connect(lambda: self._settle(self._desk.source.reload))
        self.merge = push_button("Merge both")
        self.merge.clicked.connect(lambda: self._settle(self._desk.source.merge))
        self.accept = push_button("The labels fit this recording")
        self.accept.clicked.connect(lambda: self._settle(self._desk.source.accept_recording))
        self._shared: tuple[Path, ...] = ()
        self.own = push_button("Labels of its own")
        self.own.setToolTip("Copies these labels into a file for this folder alone")
        self.own.clicked.connect(lambda: self._settle(self._make_own))
        self.carried = CarriedLabels(self._desk, self)
        self.carried.found.connect(self._show)
        self.damaged = DamagedEpisodes(self._desk, self)
        self.damaged.found.connect(self._show)
        self.whole = push_button("")
        self.whole.setToolTip("Skips the other episodes, which keeps them out of every copy")
        self.whole.clicked.connect(lambda: self._settle(self.damaged.take))
        self.elsewhere = push_button(Action.KEEP_ELSEWHERE.value)
        self.elsewhere.setToolTip("Copies these labels into a file that you choose")
        self.elsewhere.clicked.connect(lambda: self._settle(self._keep_elsewhere))
        self.take = push_button("Import them")
        self.take.clicked.connect(lambda: self._settle(self.carried.take))
        self.choose = action_push_button(actions["file.column"])
        self.next_steps = [
            action_push_button(actions["file.write"]), action_push_button(actions["train.new"])
        ]  # fmt: skip
        self.dismiss = push_button("✕")
        self.dismiss.setAccessibleName("Hide this")
        self.dismiss.setMaximumWidth(34)
        self.dismiss.clicked.connect(self._dismiss)

    def _show(self) -> None:
        self._show_source()
        state = self._desk.source.save_state()
        saved, copy = save_state_text(state), self._desk.copy_text
        self.saved.setText(saved)
        self.file.setText(str(state.file))
        self.copy.setText(breakable(copy))
        gone = self.presence.sentence
        # The list of damaged episodes names the same file, and has a button of its own.
        damaged = "" if gone else self.damaged.sentence or state.dataset_damaged
        sentences = (
            gone, state.read_only, state.conflict, state.dataset_changed, state.problem,
            words(state.cures), damaged,
        )  # fmt: skip
        shared = _sharing_sentence(self._shared)
        trouble = "\n".join(filter(None, (*sentences, shared, self._elsewhere())))
        trouble = trouble.replace(f"{self._desk.source.dataset.root}{os.sep}", "")
        self.others.setVisible(bool(gone))
        # Where the labels are those of an earlier state, it helps to take over the present ones.
        offer = "" if trouble and not self.carried.renews else self.carried.sentence
        done = "" if trouble or offer else self._finish_text()
        told = "\n".join(filter(None, (trouble, offer)))
        self.banner.show_text(told or done, warning=bool(trouble))
        for button in self.next_steps:
            button.setVisible(bool(done))
        self.take.setVisible(bool(offer) and self.carried.ready)
        self.choose.setVisible(bool(offer) and bool(self.carried.columns))
        self.dismiss.setVisible(bool(offer or done))
        self.reload.setVisible(bool(state.conflict))
        self.merge.setVisible(bool(state.conflict) and not state.read_only)
        self.own.setVisible(bool(shared) and not state.read_only)
        self.whole.setText(self.damaged.offer)
        self.whole.setVisible(bool(damaged and self.damaged.offer) and not state.read_only)
        self.accept.setVisible(state.may_accept and not state.read_only)
        alone = self._desk.session.collection is None
        self.again.setVisible(bool(gone or state.read_only) and alone)
        self.elsewhere.setVisible(alone and Action.KEEP_ELSEWHERE in actions(state.cures))

    def _finish_text(self) -> str:
        """That every episode is decided, until it was read."""
        total = len(self._desk.session.dataset)
        if self._desk.decision_count < total:
            self._dismissed = False
        if self._dismissed or self._desk.decision_count < total:
            return ""
        return f"{plural(total, 'episode')}: all decided."

    def _dismiss(self) -> None:
        if self.carried.sentence:
            self.carried.dismiss()
        else:
            self._dismissed = True
        self._show()

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
            after=AFTER_IMAGE,
        )
        desk.closing.connect(lambda: self._work.join(30))

    def _on_copies(self, folders: tuple[Path, ...]) -> None:
        self._shared = folders
        self._show()

    def _make_own(self) -> None:
        make_own_labels(self._desk.source)
        self._desk.wants_reopening.emit(None)

    def _keep_elsewhere(self) -> None:
        source = self._desk.source
        start = source.dataset.root.resolve().parent / source.file.name
        place = choose_new_file(self, "Keep the labels in", "Labels (*.json)", start)
        if place is not None:
            write_labels_elsewhere(source, place)
            self._desk.wants_reopening.emit(place)

    def _open_again(self) -> None:
        own = not self._desk.session.by_default
        self._desk.wants_reopening.emit(self._desk.source.file if own else None)

    def _show_source(self) -> None:
        dataset = self._desk.source.dataset
        size = f"{plural(len(dataset), 'episode')}, {plural(dataset.total_frames, 'frame')}"
        told = f"{dataset.name} · {dataset.version} · {size} · {dataset.fps:g} fps"
        self.source.setText(breakable(told))
        self.source.setToolTip(str(dataset.root))

    def _elsewhere(self) -> str:
        """Which other recordings of a collection need a look."""
        collection, here = self._desk.session.collection, self._desk.source
        if collection is None:
            return ""
        names = {one.name for one in collection.members if one.session is not here and _ails(one)}
        if not names:
            return ""
        listed = ", ".join(f"“{name}”" for name in sorted(names))
        return f"{listed} also {'needs' if len(names) == 1 else 'need'} your attention."

    def _settle(self, cure: Callable[[], None]) -> None:
        try:
            cure()
        except LabelerError as error:
            self._desk.say(as_line(error))

    def _place(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(3)
        layout.addWidget(self.source)
        layout.addWidget(quiet_label("source read-only"))
        layout.addWidget(self.saved)
        place = QHBoxLayout()
        place.addWidget(self.file, 1)
        place.addWidget(self.show_file)
        layout.addLayout(place)
        layout.addWidget(self.copy)
        for button in (
            self.again, self.others, self.reload, self.merge, self.accept, self.own, self.elsewhere,
            self.whole, self.take, self.choose, *self.next_steps, self.dismiss,
        ):  # fmt: skip
            self.banner.add(button)


def _sharing_sentence(folders: tuple[Path, ...]) -> str:
    if not folders:
        return ""
    more = f" and {plural(len(folders) - 1, 'more folder')}" if len(folders) > 1 else ""
    return (
        f"These labels are shared with {folders[0]}{more}, which has the same recording: what is "
        "decided here holds there, too."
    )


def _ails(member: Member) -> bool:
    state = member.session.save_state()
    return bool(state.conflict or state.dataset_changed or state.dataset_damaged or state.problem)
