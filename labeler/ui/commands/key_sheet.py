"""The key sheet: all commands by group with their present keys."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from labeler.ui.commands.actions import Actions
from labeler.ui.commands.catalogue import COMMANDS, GROUPS
from labeler.ui.commands.key_chips import chips_width, draw_chips
from labeler.ui.kit.controls import quiet_label
from labeler.ui.kit.overlay import MARGIN, Overlay
from labeler.ui.kit.theme import colours

_COLUMNS = 4
_SIDE = 22  # px beside the columns
_BAR = 26  # px of the scroll bar and the edges of the card


class KeySheet(Overlay):
    """Lists what the keys do now; made anew whenever it opens."""

    def __init__(self, window: QWidget, actions: Actions) -> None:
        super().__init__(window, actions["view.keys"])
        self._actions = actions
        self.area = _Sheet(widgetResizable=True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setAccessibleName("Keys of all commands")
        self.area.viewport().setAutoFillBackground(False)
        head = QLabel("Keys")
        head.setProperty("title", True)
        head.ensurePolished()
        self.hint = quiet_label("")
        self.hint.setWordWrap(False)
        layout = QVBoxLayout(self.card)
        layout.setContentsMargins(_SIDE, 16, _SIDE, 14)
        layout.addWidget(head)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.hint)

    def open(self) -> None:
        """Show the keys as they are now."""
        room = self.window().width() - 2 * (MARGIN + _SIDE) - _BAR
        for count in range(_COLUMNS, 0, -1):
            sheet = self._sheet(count)
            if sheet.sizeHint().width() <= room:
                break
        self.area.setWidget(sheet)
        sheet.setAutoFillBackground(False)  # the area has switched it on
        settings = ", ".join(self._actions.keys_shown("file.settings"))
        self.hint.setText(
            "Keys can be changed in the settings" + (f" ({settings})." if settings else ".")
            + " Escape closes this."
        )  # fmt: skip
        self.area.updateGeometry()
        self.appear(self.area)

    def _sheet(self, count: int) -> QWidget:
        """All groups, in so many columns."""
        sheet = QWidget()
        row = QHBoxLayout(sheet)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(30)
        for groups in columns(count):
            row.addLayout(self._column(groups))
        return sheet

    def _column(self, groups: list[str]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(2)
        for number, group in enumerate(groups):
            head = quiet_label(group)
            head.setWordWrap(False)
            head.setProperty("strong", True)
            head.setContentsMargins(0, 12 if number else 0, 0, 4)
            column.addWidget(head)
            for command in COMMANDS:
                if command.group == group:
                    line = KeyLine(command.text, self._actions.keys_shown(command.id))
                    line.ensurePolished()  # its width is that of its own font
                    column.addWidget(line)
        column.addStretch(1)
        return column


class _Sheet(QScrollArea):
    """Wants the room of all that is in it, and of the bar that scrolls it."""

    def sizeHint(self) -> QSize:
        sheet = self.widget()
        if sheet is None:
            return super().sizeHint()
        bar = self.verticalScrollBar().sizeHint().width()
        return sheet.sizeHint() + QSize(bar, 0)


class KeyLine(QWidget):
    """A command and its keys in one line."""

    spoken_role = QAccessible.Role.StaticText

    def __init__(self, text: str, keys: list[str]) -> None:
        super().__init__()
        self.text = text
        self.keys = keys
        self.setAccessibleName(text)
        self.setToolTip(text)

    def spoken_value(self) -> str:
        """The keys."""
        return ", ".join(self.keys) or "no key"

    def sizeHint(self) -> QSize:
        """Wide enough for all of it."""
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self.text) + chips_width(metrics, self.keys)
        return QSize(width + (12 if self.keys else 0), metrics.height() + 8)

    def minimumSizeHint(self) -> QSize:
        """It may be narrow, but is never lower than its keys: the sheet scrolls instead."""
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Text on the left, keys on the right."""
        theme = colours(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.text if self.keys else theme.muted)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        room = self.width() - chips_width(painter.fontMetrics(), self.keys)
        text = painter.fontMetrics().elidedText(self.text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(self.rect(), left, text)
        draw_chips(painter, self.rect().adjusted(0, 0, -1, 0), self.keys, theme)


def columns(count: int) -> list[list[str]]:
    """Groups dealt into columns of about the same height, the longest group first."""
    sizes = {group: 2 + sum(c.group == group for c in COMMANDS) for group in GROUPS}
    dealt: list[list[str]] = [[] for _ in range(count)]
    for group in sorted(GROUPS, key=lambda group: -sizes[group]):
        min(dealt, key=lambda column: sum(sizes[g] for g in column)).append(group)
    return sorted((column for column in dealt if column), key=lambda c: GROUPS.index(c[0]))
