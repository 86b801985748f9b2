"""What is shown while no recording is open."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from labeler.session.recent import Recent
from labeler.ui.desk.opening import Opening
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.cures import Explained, words
from labeler.ui.start.first_steps import FirstSteps
from labeler.ui.start.hero import Hero
from labeler.ui.start.notice import Answer, Notice
from labeler.ui.start.recordings import Recordings

_WIDTH = 720
_COLLECTIONS = "Collections (*.json);;All files (*)"
_FILES = "Label files (*.json *.jsonl *.txt *.csv *.tsv *.py);;All files (*)"


class StartPage(QScrollArea):
    """Open a folder, go on with a recording, or try the demo; shows how opening goes."""

    wanted = Signal(object, object)  # Path of the recording, Path of labels or None
    together_wanted = Signal(object)  # Sequence[Path]: a collection file, or folders
    labels_wanted = Signal(object)  # Path
    demo_wanted = Signal()
    back_wanted = Signal()
    forget_wanted = Signal(object)  # Recent

    def __init__(self, opening: Opening) -> None:
        super().__init__()
        self._opening = opening
        self._again: Callable[[], object] | None = None
        self._labels: Path | None = None
        self._open_name = ""
        self.notice = Notice()
        self.open_button = push_button("Open recording…", primary=True)
        self.collection_button = push_button("Open collection…")
        self.demo_button = push_button("Demo recording")
        self.recordings = Recordings()
        self.first_steps = FirstSteps()
        self._connect()
        self._place()

    def show_recent(self, recordings: Sequence[Recent]) -> None:
        """List recordings opened before."""
        self.recordings.show_recent(recordings)
        self.first_steps.setVisible(not recordings)
        self.focus_first()

    def focus_first(self) -> None:
        """Put the focus on what Enter does here: go on with the last session, or open one."""
        cards = self.recordings.cards
        if not self.notice.isHidden() and self.notice.buttons:
            self.notice.buttons[0].setFocus()
        else:
            (cards[0] if cards else self.open_button).setFocus()

    def choose_folder(self) -> None:
        """Ask for a folder and open it."""
        folder = QFileDialog.getExistingDirectory(self, "Open recording")
        if folder:
            self._want(Path(folder))

    def choose_collection(self) -> None:
        """Ask for a collection file and open its recordings."""
        file, _ = QFileDialog.getOpenFileName(self, "Open collection", "", _COLLECTIONS)
        if file:
            self.together_wanted.emit([Path(file)])

    def choose_labels(self) -> None:
        """Ask for a label file."""
        file, _ = QFileDialog.getOpenFileName(self, "Open label file", "", _FILES)
        if file:
            self.labels_wanted.emit(Path(file))

    def take_labels(self, file: Path, root: Path | None) -> None:
        """Open a label file with a recording; without one ask in place for it."""
        if root is not None:
            self.wanted.emit(root, file)
            return
        self._labels = file
        self.notice.ask(
            f"Which recording does {file.name} belong to?",
            "Choose its folder, or one of the recordings below.",
            ("Choose the recording's folder…", self.choose_folder),
            ("Cancel", self._forget_labels),
        )

    def show_error(self, error: Explained) -> None:
        """Say what went wrong and offer the ways on."""
        answers: list[Answer] = []
        if self._again is not None:
            answers.append(("Try again", self._again))
        answers.append(("Choose another folder…", self.choose_folder))
        if self._open_name:
            answers.append((f"Back to {self._open_name}", self.back_wanted.emit))
        self.notice.show_error(error.message, words(error.cures), *answers)

    def trying(self, again: Callable[[], object], open_name: str) -> None:
        """Remember how to try again, and what is open already, for the case of an error."""
        self._again = again
        self._open_name = open_name
        self._labels = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on with the last session, Escape ends what is shown or leads back."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.recordings.cards:
            self.recordings.cards[0].click()
        elif event.key() == Qt.Key.Key_Escape:
            self._escape()
        else:
            super().keyPressEvent(event)

    def _escape(self) -> None:
        if self._opening.busy:
            self._opening.cancel()
        elif self._open_name:
            self.back_wanted.emit()
        else:
            self._forget_labels()

    def _want(self, root: Path) -> None:
        self.wanted.emit(root, self._labels)

    def open_recent(self, recent: Recent) -> None:
        """Go on with what was open before."""
        if recent.recordings:
            self.together_wanted.emit(recent.places)
        else:
            self.wanted.emit(recent.root, self._labels or recent.labels)

    def _forget_labels(self) -> None:
        self._labels = None
        self.notice.clear()
        self.focus_first()

    def _on_started(self, what: str) -> None:
        self.notice.show_work(what, self._opening.cancel)
        self.ensureWidgetVisible(self.notice)

    def _on_cancelled(self) -> None:
        self.notice.clear()
        self.focus_first()

    def _connect(self) -> None:
        self.open_button.clicked.connect(self.choose_folder)
        self.collection_button.clicked.connect(self.choose_collection)
        self.collection_button.setToolTip("Several recordings with their labels, as one queue")
        self.demo_button.clicked.connect(self.demo_wanted)
        self.demo_button.setToolTip("Makes 13 episodes of picking up a cube, about 4 MB, offline")
        self.recordings.chosen.connect(self.open_recent)
        self.recordings.removed.connect(self.forget_wanted)
        opening = self._opening
        opening.started.connect(self._on_started)
        opening.stepped.connect(self.notice.show_step)
        opening.advanced.connect(self.notice.show_advance)
        opening.ended.connect(self.notice.clear)
        opening.cancelled.connect(self._on_cancelled)
        opening.failed.connect(self.show_error)

    def _place(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.open_button, self.collection_button, self.demo_button):
            buttons.addWidget(button)
        buttons.addSpacing(8)
        hint = quiet_label(
            "or drop recordings, a collection or a label file anywhere on this window."
        )
        buttons.addWidget(hint, 1)
        column = QVBoxLayout()
        column.setSpacing(18)
        column.addStretch(1)
        column.addWidget(Hero())
        column.addLayout(buttons)
        for part in (self.notice, self.first_steps, self.recordings):
            column.addWidget(part)
        column.addStretch(2)
        middle = QWidget()
        middle.setMaximumWidth(_WIDTH)
        middle.setLayout(column)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(32, 24, 32, 24)
        row.addStretch(1)
        row.addWidget(middle, 1_000)
        row.addStretch(1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(page)
