"""How the palette lists commands: text, group, and keys as on a keyboard."""

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from labeler.ui.commands.actions import Actions
from labeler.ui.commands.catalogue import AnyCommand
from labeler.ui.commands.key_chips import chips_width, draw_chips
from labeler.ui.kit.theme import colours

Index = QModelIndex | QPersistentModelIndex
GROUP = Qt.ItemDataRole.UserRole
KEYS = Qt.ItemDataRole.UserRole + 1
_ROOT = QModelIndex()


class PaletteModel(QAbstractListModel):
    """Some commands in an order."""

    def __init__(self, actions: Actions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._commands: list[AnyCommand] = []

    def show(self, commands: list[AnyCommand]) -> None:
        """List other commands."""
        self.beginResetModel()
        self._commands = commands
        self.endResetModel()

    def command(self, row: int) -> AnyCommand:
        """The command in a row."""
        return self._commands[row]

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Number of commands."""
        return 0 if parent.isValid() else len(self._commands)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, group and keys of a command."""
        command = self._commands[index.row()]
        keys = self._actions.keys_shown(command.id)
        if role == Qt.ItemDataRole.DisplayRole:
            action = self._actions[command.id]
            state = (" (on)" if action.isChecked() else " (off)") if command.checkable else ""
            return command.text + state
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join((command.text, command.group, *keys))
        return {GROUP: command.group, KEYS: keys}.get(role)


class PaletteDelegate(QStyledItemDelegate):
    """Draws the group in the background and the keys on the right."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line with some air."""
        return QSize(300, self._view.fontMetrics().height() + 16)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a command."""
        theme = colours(self._view)
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        marked = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if marked:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 5, 5)
        line = box.adjusted(12, 0, -12, 0)
        keys: list[str] = index.data(KEYS)
        metrics = painter.fontMetrics()
        draw_chips(painter, line, keys, theme)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(theme.on_accent if marked else theme.text))
        text = str(index.data())
        room = line.adjusted(0, 0, -chips_width(metrics, keys) - 12, 0)
        painter.drawText(
            room, left, metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        )
        painter.setPen(QColor(theme.on_accent if marked else theme.muted))
        used = metrics.horizontalAdvance(text) + 14
        painter.drawText(room.adjusted(used, 0, 0, 0), left, str(index.data(GROUP)))
        painter.restore()
