"""The confusion matrix: what the frames are, and what they are predicted to be."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from labeler.contracts.report import Confusion
from labeler.ui.kit.controls import quiet_label


class ConfusionMatrix(QWidget):
    """Four counts with their names; mistakes are named as such, not only coloured."""

    def __init__(self) -> None:
        super().__init__()
        self.cells = {name: QLabel() for name in ("tp", "fn", "fp", "tn")}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        for column, text in ((1, "predicted\nsuccess"), (2, "predicted\nfailure")):
            grid.addWidget(_small(text), 0, column, Qt.AlignmentFlag.AlignRight)
        for row, text in ((1, "success"), (2, "failure")):
            grid.addWidget(_small(text), row, 0)
        for name, row, column in (("tp", 1, 1), ("fn", 1, 2), ("fp", 2, 1), ("tn", 2, 2)):
            label = self.cells[name]
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            label.setProperty("strong" if name in ("tp", "tn") else "error", True)
            grid.addWidget(label, row, column)
        grid.setColumnStretch(3, 1)

    def show_counts(self, counts: Confusion) -> None:
        """Show other counts."""
        for name, label in self.cells.items():
            label.setText(f"{getattr(counts, name):,}")
        self.cells["fn"].setToolTip("Success frames that were missed")
        self.cells["fp"].setToolTip("Failure frames taken for success: a policy exploits these")


def _small(text: str) -> QLabel:
    label = quiet_label(text)
    label.setWordWrap(False)
    label.setAlignment(Qt.AlignmentFlag.AlignRight)
    return label
