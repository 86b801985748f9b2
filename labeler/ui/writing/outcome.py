"""What becomes of a write: its progress with a way to end it, then what was written."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
)

from labeler.session.copy_writing import Written
from labeler.session.words import plural
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.side_panel import breakable
from labeler.ui.writing.copying import Copying


class ProgressCard(QFrame):
    """Phase, bar, bytes, files, time left, and Cancel."""

    def __init__(self, copying: Copying) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._copying = copying
        self.phase = QLabel()
        self.phase.setProperty("strong", True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(6)
        self.bar.setAccessibleName("Progress of writing")
        self.numbers = quiet_label()
        self.cancel = push_button("Cancel")
        self.cancel.clicked.connect(self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        for part in (self.phase, self.bar, self.numbers):
            layout.addWidget(part)
        layout.addWidget(
            quiet_label("You can keep labelling: later decisions are written by the next update.")
        )
        layout.addWidget(self.cancel)
        copying.changed.connect(self._show)
        self._show()

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.numbers.setText("Ending…")
        self._copying.cancel()

    def _show(self) -> None:
        report = self._copying.report
        self.setVisible(report is not None)
        if report is None:
            self.cancel.setEnabled(True)
            return
        self.phase.setText(report.phase)
        self.bar.setMaximum(100 if report.total else 0)
        self.bar.setValue(report.percent)
        self.cancel.setText("Skip the check" if self._copying.checking else "Cancel")
        if self.cancel.isEnabled():
            self.numbers.setText(report.text if report.total else "…")


class WrittenCard(QFrame):
    """What was written, and how to go on with it."""

    def __init__(self, copying: Copying) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._copying = copying
        self.title = QLabel()
        self.title.setProperty("strong", True)
        self.title.setWordWrap(True)
        self.numbers = quiet_label()
        self.place = quiet_label()
        self.repo_id = QLineEdit(readOnly=True)
        self.repo_id.setAccessibleName("repo_id of the copy")
        self.line = QLineEdit(readOnly=True)
        self.line.setAccessibleName("How LeRobot opens the copy")
        self.copy = push_button("Copy line", primary=True)
        self.copy.clicked.connect(self._copy)
        self.folder = push_button("Open folder")
        self.folder.clicked.connect(self._open)
        self.notes = quiet_label()
        self._arrange()
        copying.changed.connect(self._show)
        self._show()

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(6)
        for part in (self.title, self.numbers, self.place, self.notes):
            layout.addWidget(part)
        layout.addWidget(quiet_label("In LeRobot, as repo_id and root"))
        layout.addWidget(self.repo_id)
        layout.addWidget(self.line)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addWidget(self.folder)
        buttons.addStretch(1)
        layout.addLayout(buttons)

    def _show(self) -> None:
        written = self._copying.written
        self.setVisible(written is not None)
        if written is None:
            return
        done = "Updated" if written.updated else "Written"
        self.title.setText(f"{done} and checked" if written.checked else f"{done}, not checked")
        self.numbers.setText(frame_counts(written))
        self.place.setText(breakable(str(written.place)))
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notes.setText("\n".join(map(breakable, written.notes)))
        self.notes.setVisible(bool(written.notes))
        for field, text in ((self.repo_id, written.repo_id), (self.line, written.paste_line)):
            field.setText(text)
            field.setCursorPosition(0)
            field.setToolTip(text)
        self.copy.setText("Copy line")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.line.text())
        self.copy.setText("Copied")

    def _open(self) -> None:
        if self._copying.written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._copying.written.place)))


def frame_counts(written: Written) -> str:
    """`584 success, 716 failure frames in 13 episodes`."""
    total = written.summary.total
    excluded = f", {total.excluded:,} excluded" if total.excluded else ""
    episodes = plural(len(written.summary.episodes), "episode")
    return f"{total.success:,} success, {total.failure:,} failure{excluded} frames in {episodes}."
