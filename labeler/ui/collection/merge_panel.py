"""`Write labels…` of a collection: everything about the merged dataset, beside the labelling."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from labeler.errors import LabelerError, SourcesDifferError, UnlabeledEpisodesError
from labeler.labels import State
from labeler.labels.wording import size_text
from labeler.session.merge_writing import MergePreview
from labeler.session.words import plural
from labeler.ui.collection.merge_form import MergeForm
from labeler.ui.collection.merging import Merging
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.cures import Action
from labeler.ui.kit.side_panel import SidePanel, Trouble, breakable
from labeler.ui.writing.outcome import ProgressCard, WrittenCard

_STATES = tuple(State)
_OPEN = [_STATES.index(State.UNLABELED), _STATES.index(State.SKIPPED)]


class MergePanel(SidePanel):
    """Shows what would happen, what happens and what came of it; renewed when labels change."""

    least_width = 300

    def __init__(self, merging: Merging) -> None:
        super().__init__("Write a merged dataset")
        self._merging = merging
        self.form = MergeForm(merging)
        self.first = push_button("Go to the first")
        self.first.clicked.connect(self._go_to_first)
        self.plan = QLabel()
        self.plan.setWordWrap(True)
        self.plan.setProperty("strong", True)
        self.numbers, self.room, self.notes = quiet_label(), quiet_label(), quiet_label()
        self.trouble = Trouble(
            {
                Action.CHOOSE_PLACE: self.form.choose_folder,
                Action.DECIDE: self._go_to_first,
                Action.RETRY: self._try_again,
            }
        )
        self.write_button = push_button("Write dataset", primary=True)
        self.write_button.clicked.connect(merging.write)
        self.again = push_button("Write again…")
        self.again.clicked.connect(merging.copying.forget)
        self.progress = ProgressCard(merging.copying)
        self.written = WrittenCard(merging.copying)
        for part in (
            self.progress, self.written, self.again, self.form, self.plan, self.numbers,
            self.room, self.notes, self.trouble, self.write_button,
        ):  # fmt: skip
            self.column.addWidget(part)
        self.column.addStretch(1)
        inside = self.form.undecided.layout()
        assert inside is not None
        inside.addWidget(self.first)
        inside.setAlignment(self.first, Qt.AlignmentFlag.AlignLeft)
        merging.previewing.changed.connect(self._show)
        merging.copying.changed.connect(self._show)
        self._show()

    def set_shown(self, shown: bool) -> None:
        """Follow the labels while the panel is shown."""
        self._merging.previewing.look(shown)
        if not shown and not self._merging.copying.running:
            self._merging.copying.forget()

    def _show(self) -> None:
        preview, copying = self._merging.previewing.preview, self._merging.copying
        quiet = copying.running or copying.written is not None
        error = copying.error or self._absent() or (preview.error if preview else None)
        ready = self._merging.previewing.may_write and not copying.running
        self.again.setVisible(copying.written is not None)
        for part in (self.form, self.plan, self.numbers, self.room, self.notes, self.write_button):
            part.setVisible(not quiet)
        self.write_button.setEnabled(ready and self._absent() is None)
        if preview is None:
            self.plan.setText("Checking the recordings…")
            for part in (self.numbers, self.room, self.notes):
                part.hide()
        else:
            self._show_preview(preview)
            self.notes.setVisible(bool(self.notes.text()) and not quiet)
        if preview is not None and not self._merging.previewing.up_to_date:
            self.plan.setText(f"{self.plan.text()} Checking again…")
        self._show_trouble(None if quiet else error)

    def _show_preview(self, preview: MergePreview) -> None:
        prepared = preview.prepared
        self.form.ask(preview)
        version = f" (LeRobot {prepared.plan.agreement.version})" if prepared else ""
        self.plan.setText(
            f"A new dataset of {plural(len(preview.names), 'recording')}{version}."
            if prepared
            else "Nothing would be written."
        )
        frames = preview.frames
        other = "excluded frames" if prepared else "frames excluded or without a decision"
        lines = (
            f"{frames.success:,} success frames",
            f"{frames.failure:,} failure frames",
            f"{frames.excluded:,} {other}" if frames.excluded else "",
            f"in {plural(preview.episodes, 'episode')}",
        )
        self.numbers.setText("\n".join(filter(None, lines)))
        needed = f"Needs {size_text(prepared.bytes_to_write)}; " if prepared else ""
        self.room.setText(f"{needed}{size_text(preview.free)} are free there.")
        self.notes.setText("\n".join(map(breakable, prepared.warnings)) if prepared else "")

    def _absent(self) -> LabelerError | None:
        """Recordings that are not open are missing only where the operator says so."""
        absent = self._merging.session.absent
        if not absent or self._merging.wish.without_absent:
            return None
        names = ", ".join(one.name for one in absent)
        return SourcesDifferError(
            f"{names} would be missing: not open.",
            "Fix that and open the collection again, or choose above that it may be missing.",
        )

    def _show_trouble(self, error: LabelerError | None) -> None:
        if error is None or isinstance(error, UnlabeledEpisodesError):
            self.trouble.clear()  # the part about undecided episodes says it
        elif isinstance(error, SourcesDifferError) and (asked := self._open_questions()):
            self.trouble.say(asked, _CHOOSE)
        else:
            self.trouble.explain(error)

    def _open_questions(self) -> str:
        """What stands against it and the form asks about."""
        if self._absent() is not None:
            return ""
        form = self.form
        differ = "" if form.differing.isHidden() else "The recordings differ."
        twice = "" if form.repeated.isHidden() else "There are duplicate episodes."
        return " ".join(filter(None, (differ, twice)))

    def _try_again(self) -> None:
        """Write once more what failed, or find out once more what would happen."""
        if self._merging.copying.error is not None:
            self._merging.write()
        else:
            self._merging.previewing.look(True)

    def _go_to_first(self) -> None:
        """To the first episode without a decision."""
        desk = self._merging.desk
        undecided = np.flatnonzero(np.isin(desk.session.states(), _OPEN))
        if len(undecided):
            desk.show_episode(int(undecided[0]))


_CHOOSE = "Choose above what becomes of it, or leave a recording out."
