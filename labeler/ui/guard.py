"""What is safe: the source, the labels, the copy; and what to do where something is not."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from labeler.session import SaveState
from labeler.ui.controls import muted, push_button
from labeler.ui.desk import Desk
from labeler.ui.words import ago, plural


class GuardCard(QFrame):
    """Dataset and guard status; a conflict is shown with its two cures."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setProperty("card", True)
        dataset = desk.session.dataset
        size = f"{plural(len(dataset), 'episode')}, {dataset.total_frames:,} frames"
        self.source = muted(f"{dataset.name} · {dataset.version} · {size} · {dataset.fps:g} fps")
        self.source.setToolTip(str(dataset.root))
        self.saved = muted("")
        self.copy = muted("")
        self.trouble = muted("")
        self.trouble.setProperty("warning", True)
        self.reload = push_button("Reload theirs")
        self.reload.clicked.connect(lambda: desk.session.reload())
        self.merge = push_button("Merge both")
        self.merge.clicked.connect(lambda: desk.session.merge())
        self._place()
        desk.bridge.saved.connect(lambda state: self._show())
        desk.bridge.labels_changed.connect(lambda episodes: self._show())
        desk.copy_changed.connect(self._show)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._show)
        self._clock.start()
        self._show()

    def saved_text(self, state: SaveState) -> str:
        """Where the labels stand: `labels saved 3 s ago`."""
        if state.read_only:
            return "labels: read-only"
        if state.problem:
            return "labels: not in the file yet"
        if state.pending:
            return f"labels saved ({plural(state.pending, 'decision')} in the journal)"
        if state.saved_at is None:
            return "labels: nothing to save yet"
        return f"labels saved {ago(state.saved_at)}"

    def _show(self) -> None:
        state = self._desk.session.save_state()
        self.saved.setText(self.saved_text(state))
        self.saved.setToolTip(str(state.file))
        self.copy.setText(self._desk.copy_text)
        sentences = (state.read_only, state.conflict, state.dataset_changed, state.problem)
        trouble = "\n".join(filter(None, sentences))
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
        self.reload.setVisible(bool(state.conflict))
        self.merge.setVisible(bool(state.conflict))

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
