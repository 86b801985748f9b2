"""The dock's place while a collection is open: a classifier is trained on the merged dataset."""

from collections.abc import Callable

from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from labeler.session.words import plural
from labeler.ui.collection.merging import Merging
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.dock import Dock
from labeler.ui.kit.side_panel import breakable

_NONE = "There is none yet. “Write labels…” makes it from these recordings."


class CollectionTraining(Dock):
    """Says what there is to train on, and opens it; it stands where the training dock stands.

    Its `question` is never asked.
    """

    def __init__(self, desk: Desk, merging: Merging) -> None:
        super().__init__()
        self._desk, self._merging = desk, merging
        title = QLabel("Training")
        title.setProperty("strong", True)
        self.told = quiet_label()
        self.write = push_button("Write labels…", primary=True)
        self.train = push_button("Open it and train…", primary=True)
        self.close_button = push_button("Close")
        self.close_button.clicked.connect(self.close_dock)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.close_button)
        layout.addLayout(head)
        layout.addWidget(quiet_label("Training uses one dataset: merge the recordings first."))
        layout.addWidget(self.told)
        line = QHBoxLayout()
        for button in (self.train, self.write):
            line.addWidget(button)
        line.addStretch(1)
        layout.addLayout(line)
        self.setMaximumHeight(self.sizeHint().height())
        self.hide()
        merging.merged_changed.connect(self._show)
        self.write.clicked.connect(merging.open)
        self.train.clicked.connect(self._train)
        self._show()

    def new_training(self) -> None:
        """Open it."""
        self.open_dock()

    def may_close(self, close: Callable[[], object]) -> bool:
        """Whether the window may close now: nothing is trained here."""
        return True

    def end(self) -> None:
        """There is nothing to end."""

    def follow_window(self, window: QWindow | None) -> None:
        """Nothing here waits for a moment without keys."""

    def _show(self) -> None:
        merged = self._merging.merged
        self.train.setVisible(merged is not None)
        self.write.setVisible(merged is None or merged.behind > 0)
        if merged is None:
            self.told.setText(_NONE)
            return
        behind = plural(merged.behind, "decision")
        stands = f"{behind} behind the labels" if merged.behind else "with all decisions"
        self.told.setText(breakable(f"{merged.place}, {stands}."))

    def _train(self) -> None:
        if self._merging.merged is not None:
            self._desk.wants_training.emit(self._merging.merged.place)
