"""What is shown while no recording is open."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from labeler.session.recent import Recent
from labeler.ui.opening import Opening


class StartPage(QWidget):
    """Open a folder, or one of the recordings opened before."""

    def __init__(self, opening: Opening) -> None:
        super().__init__()
        self._opening = opening
        self.error = QLabel(wordWrap=True)
        self.error.setProperty("error", True)
        self.step = QLabel()
        self.busy = QProgressBar(maximum=0, textVisible=False)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(opening.cancel)
        button = QPushButton("Open recording…")
        button.clicked.connect(self.choose_folder)
        self._recent = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for part in (button, self.error, self.step, self.busy, self.cancel):
            layout.addWidget(part)
        layout.addLayout(self._recent)
        opening.started.connect(lambda root: self._show_busy(True, f"Opening {root}…"))
        opening.stepped.connect(self.step.setText)
        opening.ended.connect(lambda: self._show_busy(False, ""))
        opening.failed.connect(lambda what, cure: self.error.setText(f"{what}\n{cure}"))
        self._show_busy(False, "")

    def choose_folder(self) -> None:
        """Ask for a folder and open it."""
        folder = QFileDialog.getExistingDirectory(self, "Open recording")
        if folder:
            self._opening.start(Path(folder), None, "")

    def show_recent(self, recordings: Sequence[Recent]) -> None:
        """List recordings opened before."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for one in recordings:
            button = QPushButton(f"{one.root.name}   {one.decided} of {one.episodes}")
            button.clicked.connect(
                lambda _=False, one=one: self._opening.start(one.root, one.labels, "")
            )
            self._recent.addWidget(button)

    def _show_busy(self, busy: bool, text: str) -> None:
        self.error.setText("")
        self.step.setText(text)
        for part in (self.step, self.busy, self.cancel):
            part.setVisible(busy)
