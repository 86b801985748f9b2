"""What a new user sees instead of recordings: the way from a recording to a classifier."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from labeler.ui.kit.controls import quiet_label

_STEPS = (
    ("1", "Open", "A folder with a LeRobot dataset, v2.0 to v3.0. Or try the demo first."),
    ("2", "Label", "Go to the first frame of success and press S; press X if there is none."),
    (
        "3",
        "Write",
        "A checked copy with rewards, ready for training. The recording stays unchanged.",
    ),
)


class FirstSteps(QFrame):
    """Three steps side by side."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for number, name, text in _STEPS:
            row.addWidget(_step(number, name, text), 1)


def _step(number: str, name: str, text: str) -> QFrame:
    card = QFrame()
    card.setProperty("card", True)
    head = QLabel(f"{number}   {name}")
    head.setProperty("strong", True)
    told = quiet_label(text)
    told.setAlignment(Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout(card)
    column.setContentsMargins(16, 12, 16, 14)
    column.addWidget(head)
    column.addWidget(told, 1)
    return card
