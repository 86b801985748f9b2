"""Texts that give way where there is no room."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QLabel,
    QRadioButton,
    QSizePolicy,
    QStyle,
)

_SPARE = 4  # pixels of a button beside its sign and its text


class ElidedLabel(QLabel):
    """Shows as much of a long text as there is room for, by default its beginning and end.

    The whole is its tool tip.
    """

    def __init__(
        self, text: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle
    ) -> None:
        super().__init__(text)
        self._mode = mode
        self.setToolTip(text)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        """It can be narrow."""
        return QSize(40, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as there is room for."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        room = self.contentsRect()
        text = painter.fontMetrics().elidedText(self.text(), self._mode, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


class ElidedCheckBox(QCheckBox):
    """As wide as there is room; shows beginning and end of a long text, which it speaks whole.

    What comes after the text is shown whole.
    """

    def __init__(self, text: str, after: str = "") -> None:
        super().__init__(text + after)
        self._long, self._after = text, after
        give_way(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for now."""
        super().resizeEvent(event)
        metric = QStyle.PixelMetric
        sign = metric.PM_IndicatorWidth, metric.PM_CheckBoxLabelSpacing
        self.setText(fitting(self, self._long, *sign, after=self._after))


class ElidedRadioButton(QRadioButton):
    """As wide as there is room; shows beginning and end of a long text, which it speaks whole."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._whole = text
        give_way(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for now."""
        super().resizeEvent(event)
        metric = QStyle.PixelMetric
        sign = metric.PM_ExclusiveIndicatorWidth, metric.PM_RadioButtonLabelSpacing
        self.setText(fitting(self, self._whole, *sign))


def give_way(button: QAbstractButton) -> None:
    """Have a button ask for no width for its text, which its name and its tool tip hold whole."""
    button.setAccessibleName(button.text())
    button.setToolTip(button.text())
    button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)


def fitting(button: QAbstractButton, whole: str, *sign: QStyle.PixelMetric, after: str = "") -> str:
    """As much of a text as a button has room for beside its sign, and what comes after it."""
    metrics, middle = button.fontMetrics(), Qt.TextElideMode.ElideMiddle
    beside = sum(button.style().pixelMetric(part, None, button) for part in sign) + _SPARE
    room = button.width() - beside - metrics.horizontalAdvance(after)
    return metrics.elidedText(whole, middle, room) + after
