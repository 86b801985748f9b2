"""A recording that was open before, as a card that opens it again."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from labeler.session.recent import Recent
from labeler.session.words import ago, plural
from labeler.ui.kit.controls import quiet_label
from labeler.ui.kit.elided import ElidedLabel
from labeler.ui.kit.theme import colours, repolish

_BAR = 170


class RecentCard(QAbstractButton):
    """Name, folder and progress; a click, Space or Enter opens, the cross takes it off the list."""

    removed = Signal()

    def __init__(self, recent: Recent, *, last: bool) -> None:
        super().__init__()
        self.recent = recent
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)
        self.name = ElidedLabel(_name(recent))
        self.name.setProperty("strong", True)
        place = "where you left off" if recent.recordings else f"at episode {recent.place}"
        self.lead = QLabel(f"Last session: continue {place}" if last else "")
        self.lead.setProperty("accent", True)
        self.lead.setVisible(last)
        together = f"{plural(recent.recordings, 'recording')} · " if recent.recordings else ""
        self.folder = ElidedLabel(f"{together}{recent.root.parent}")
        self.folder.setProperty("muted", True)
        self.labels = ElidedLabel(f"Labels: {recent.labels}" if recent.labels else "")
        self.labels.setProperty("muted", True)
        self.labels.setVisible(recent.labels is not None)
        self.progress = quiet_label(f"{recent.decided:,} of {recent.episodes:,}")
        self.when = quiet_label(f"last open {ago(recent.opened)}")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName("Episodes labelled")
        self.remove = QToolButton()
        self._place()
        self._set_texts()

    def show_gone(self) -> None:
        """Say that what was open is no longer there."""
        told = "This folder is gone" if not self.recent.recordings else "This is gone"
        self.folder.setText(f"{told}: {self.recent.root}")
        self.folder.setProperty("warning", True)
        self.folder.setProperty("muted", False)
        repolish(self.folder)
        self.lead.hide()
        self.setAccessibleDescription(f"{told}.")

    def sizeHint(self) -> QSize:
        """What its texts need."""
        return self._layout.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card; under the mouse or with the focus its border stands out."""
        theme = colours(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.hasFocus() or self.underMouse()
        painter.setPen(QPen(QColor(theme.accent if lit else theme.border), 2 if lit else 1))
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)

    def _set_texts(self) -> None:
        recent = self.recent
        self.bar.setMaximum(max(recent.episodes, 1))
        self.bar.setValue(recent.decided)
        self.remove.setText("×")
        self.remove.setProperty("flat", True)
        self.remove.setToolTip("Remove from this list; recording and labels stay")
        self.remove.setAccessibleName(f"Remove {self.name.text()} from this list")
        self.remove.setCursor(Qt.CursorShape.ArrowCursor)
        self.remove.clicked.connect(self.removed)
        texts = (self.lead.text(), self.name.text(), self.progress.text(), self.when.text())
        self.setAccessibleName(", ".join(filter(None, texts)))
        self.setToolTip("\n".join(map(str, recent.places)))

    def _place(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(3)
        for line in (self.lead, self.name, self.folder, self.labels):
            left.addWidget(line)
        self.bar.setFixedSize(_BAR, 6)
        right = QVBoxLayout()
        right.setSpacing(3)
        right.addStretch(1)
        figures: tuple[QWidget, ...] = (self.progress, self.bar, self.when)
        for figure in figures:
            figure.setFixedWidth(_BAR)
            right.addWidget(figure)
        right.addStretch(1)
        self._layout = layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 11, 8, 11)
        layout.setSpacing(16)
        layout.addLayout(left, 1)
        layout.addLayout(right)
        layout.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)
        through = Qt.WidgetAttribute.WA_TransparentForMouseEvents
        for part in (self.lead, self.name, self.folder, self.labels, *figures):
            part.setAttribute(through)


def _name(recent: Recent) -> str:
    name = recent.root.name or str(recent.root)
    return f"{name} and {len(recent.others)} more" if recent.others else name
