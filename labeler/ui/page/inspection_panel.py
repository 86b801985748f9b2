"""`Dataset statistics`: what the recording holds and what is odd about it, as text to copy."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QProgressBar

from labeler.background import give_way
from labeler.errors import LabelerError
from labeler.inspection import inspect_dataset
from labeler.inspection.wording import report_text
from labeler.session.any_session import AnySession
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.cures import Action
from labeler.ui.kit.side_panel import SidePanel, Trouble
from labeler.ui.kit.work import Work, start_work

_STEP = 20  # files or episodes between two looks at how far it is


class InspectionPanel(SidePanel):
    """Reads rows and videos in a thread while it is shown; closing it ends that."""

    least_width = 380

    def __init__(self, desk: Desk) -> None:
        super().__init__("Dataset statistics")
        self._desk = desk
        self._work: Work | None = None
        self._of: AnySession | None = None
        self.state = quiet_label()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName("Progress")
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setAccessibleName("What the recording holds")
        self.text.setTabChangesFocus(True)
        self.trouble = Trouble({Action.RETRY: self.read})
        self.copy_button = push_button("Copy")
        self.copy_button.clicked.connect(self._copy)
        self.again_button = push_button("Read again")
        self.again_button.clicked.connect(self.read)
        line = QHBoxLayout()
        for button in (self.copy_button, self.again_button):
            line.addWidget(button)
        line.addStretch(1)
        for part in (self.state, self.bar, self.trouble):
            self.column.addWidget(part)
        self.column.addWidget(self.text, 1)
        self.column.addLayout(line)
        desk.closing.connect(self._end)

    def set_shown(self, shown: bool) -> None:
        """Read the recording that is shown when the panel appears."""
        if not shown:
            self._end()
        elif self._of is not self._desk.source or not self.text.toPlainText():
            self.read()

    def read(self) -> None:
        """Read everything once more."""
        self._end()
        self._of = self._desk.source
        dataset = self._of.dataset.reopen()
        self.text.clear()
        self.trouble.clear()
        self.bar.setMaximum(0)
        self._show_busy(True)

        def job(work: Work) -> str:
            give_way()
            with dataset:
                progress = _Progress(work)
                report = inspect_dataset(dataset, begin=progress.begin, advance=progress.advance)
            return report_text(report)

        self._work = start_work(
            self, job, name="inspection", done=self._on_done, failed=self._on_failed,
            cancelled=lambda: None, stepped=self._on_step,
        )  # fmt: skip

    def _end(self) -> None:
        work, self._work = self._work, None
        if work is not None and work.running:
            work.cancel()
            work.join(30)

    def _on_step(self, value: object) -> None:
        assert isinstance(value, tuple)
        what, done, total = value
        self.state.setText(f"{what}…")
        self.bar.setMaximum(total)
        self.bar.setValue(done)

    def _on_done(self, text: str) -> None:
        self._show_busy(False)
        self.text.setPlainText(text)

    def _on_failed(self, error: BaseException) -> None:
        self._show_busy(False)
        if not isinstance(error, LabelerError):
            raise error
        self.trouble.explain(error)

    def _show_busy(self, busy: bool) -> None:
        self.state.setText("Reading…" if busy else "")
        for part in (self.state, self.bar):
            part.setVisible(busy)
        for button in (self.copy_button, self.again_button):
            button.setEnabled(not busy)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self._desk.say("The statistics are on the clipboard.")


class _Progress:
    """Tells how far it is, now and then."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._what, self._done, self._total = "", 0, 0

    def begin(self, what: str, total: int) -> None:
        self._what, self._done, self._total = what, 0, total
        self._work.step((what, 0, total))

    def advance(self, count: int) -> None:
        before, self._done = self._done, self._done + count
        self._work.check()
        if before // _STEP != self._done // _STEP:
            self._work.step((self._what, self._done, self._total))
