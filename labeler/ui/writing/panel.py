"""`Write labels…`: everything about the copy, in the place of the inspector."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from labeler.errors import LabelerError, UnlabeledEpisodesError
from labeler.labels.wording import episodes_text, size_text
from labeler.session.copy_writing import CopyPreview
from labeler.session.words import plural
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.cures import Action
from labeler.ui.kit.side_panel import SidePanel, Trouble, breakable
from labeler.ui.writing.outcome import ProgressCard, WrittenCard
from labeler.ui.writing.wish_form import WishForm
from labeler.ui.writing.writing import Writing


class WritePanel(SidePanel):
    """Shows what would happen, what happens and what came of it; renewed when labels change."""

    least_width = 300

    def __init__(self, writing: Writing) -> None:
        super().__init__("Write labels")
        self._writing = writing
        self.form = WishForm(writing)
        self.plan = QLabel()
        self.plan.setWordWrap(True)
        self.plan.setProperty("strong", True)
        self.numbers = quiet_label()
        self.undecided = quiet_label()
        self.first = push_button("Go to the first")
        self.first.clicked.connect(self._go_to_first)
        self.room = quiet_label()
        self.notes = quiet_label()
        self.trouble = Trouble(
            {
                Action.ACCEPT_CHANGED: lambda: writing.write(accept_changed=True),
                Action.CHOOSE_PLACE: self.form.choose_folder,
                Action.DECIDE: self._go_to_first,
                Action.RETRY: self._try_again,
            }
        )
        self.anyway = self.trouble.buttons[Action.ACCEPT_CHANGED]
        self.write_button = push_button("Write copy", primary=True)
        self.write_button.clicked.connect(lambda: writing.write())
        self.again = push_button("Write again…")
        self.again.clicked.connect(lambda: writing.copying.forget())
        self.progress = ProgressCard(writing.copying)
        self.written = WrittenCard(writing.copying)
        self._arrange()
        writing.previewing.changed.connect(self._show)
        writing.copying.changed.connect(self._show)
        self._show()

    def set_shown(self, shown: bool) -> None:
        """Follow the labels while the panel is shown."""
        self._writing.previewing.look(shown)
        if not shown and not self._writing.copying.running:
            self._writing.copying.forget()

    def _arrange(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.first)
        line.addStretch(1)
        undecided = self.form.undecided.layout()
        assert undecided is not None
        undecided.addWidget(self.undecided)
        holder = QWidget()
        holder.setLayout(line)
        line.setContentsMargins(0, 0, 0, 0)
        undecided.addWidget(holder)
        for part in (
            self.progress, self.written, self.again, self.form, self.plan,
            self.numbers, self.room, self.notes, self.trouble, self.write_button,
        ):  # fmt: skip
            self.column.addWidget(part)
        self.column.addStretch(1)

    def _show(self) -> None:
        preview, copying = self._writing.previewing.preview, self._writing.copying
        ready = self._writing.previewing.up_to_date and not copying.running
        error = copying.error or (preview.error if preview else None)
        quiet = copying.running or copying.written is not None
        for part in (self.form, self.plan, self.numbers, self.room, self.write_button):
            part.setVisible(not quiet)
        self.again.setVisible(copying.written is not None)
        self.write_button.setEnabled(self._writing.previewing.may_write and not copying.running)
        self.anyway.setEnabled(ready)
        self._show_trouble(None if quiet else error)
        if preview is None:
            self.plan.setText("Checking the recording…")
            for hidden in (self.notes, self.numbers, self.room, self.form.undecided):
                hidden.hide()
        else:
            self._show_preview(preview)
            self.notes.setVisible(bool(self.notes.text()) and not quiet)
        if not ready and preview is not None:
            self.plan.setText(f"{self.plan.text()} Checking again…")

    def _show_preview(self, preview: CopyPreview) -> None:
        prepared = preview.prepared
        update = prepared is not None and prepared.previous is not None
        self.plan.setText(_plan_text(preview))
        self.write_button.setText("Update copy" if update else "Write copy")
        self.numbers.setText(_numbers(preview))
        count = len(preview.undecided)
        self.form.undecided.setVisible(bool(count))
        self.undecided.setText(f"{plural(count, 'episode')}: {_which(preview.undecided)}.")
        free = f"{size_text(preview.free)} are free there."
        needed = f"Needs {size_text(prepared.bytes_to_write)}; " if prepared else ""
        self.room.setText(needed + free)
        self.notes.setText("\n".join(map(breakable, prepared.warnings)) if prepared else "")

    def _show_trouble(self, error: LabelerError | None) -> None:
        if error is None or isinstance(error, UnlabeledEpisodesError):
            self.trouble.clear()  # the part about undecided episodes says it
        else:
            self.trouble.explain(error)

    def _try_again(self) -> None:
        """Write once more what failed, or find out once more what would happen."""
        if self._writing.copying.error is not None:
            self._writing.write()
        else:
            self._writing.previewing.look(True)

    def _go_to_first(self) -> None:
        preview = self._writing.previewing.preview
        if preview is not None and preview.undecided:
            self._writing.desk.show_episode(preview.undecided[0])


def _plan_text(preview: CopyPreview) -> str:
    prepared = preview.prepared
    if prepared is None:
        return "Nothing would be written."
    files = plural(prepared.files_to_write, "file")
    if prepared.previous is None:
        return f"A new copy in {files}."
    more = "all its files" if prepared.copies_files else files
    return f"The existing copy is updated: {more}."


def _numbers(preview: CopyPreview) -> str:
    """Frames of the copy; where there would be none, those that are labelled so far."""
    total, episodes = preview.summary.total, preview.summary.episodes
    open_frames = 0 if preview.prepared else sum(episodes[e].total for e in preview.undecided)
    lines = [
        f"{plural(total.success, 'success frame')}",
        f"{plural(total.failure, 'failure frame')}",
        f"{plural(total.excluded - open_frames, 'excluded frame')}",
        f"{plural(open_frames, 'frame')} without a decision" if open_frames else "",
        f"in {plural(len(episodes), 'episode')}",
    ]
    return "\n".join(filter(None, lines))


def _which(episodes: tuple[int, ...]) -> str:
    return episodes_text(episodes).removeprefix("episodes ").removeprefix("episode ")
