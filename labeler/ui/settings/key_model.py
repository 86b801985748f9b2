"""The commands and their keys as a table that can be changed."""

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor

from labeler.ui.commands.catalogue import BY_ID, COMMANDS, AnyCommand
from labeler.ui.commands.changed_keys import KeyMap, all_shown, portable_key, readable_key

Index = QModelIndex | QPersistentModelIndex
KEYS = Qt.ItemDataRole.UserRole
CLAIMED = Qt.ItemDataRole.UserRole + 1
COMMAND, KEY, REMARK = range(3)
_HEADS = ("Command", "Keys", "")
_ROOT = QModelIndex()


class KeyModel(QAbstractTableModel):
    """Commands with their keys; a key that two commands claim is a conflict in both rows."""

    edited = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.map = KeyMap()
        self.error_colour = QColor()
        self.muted_colour = QColor()

    def show(self, chosen: KeyMap) -> None:
        """Show other keys."""
        self.map = chosen
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, REMARK))

    def edit(self, chosen: KeyMap) -> None:
        """Show keys that the user has changed."""
        self.show(chosen)
        self.edited.emit()

    def command(self, row: int) -> AnyCommand:
        """The command in a row."""
        return COMMANDS[row]

    def rivals(self, name: str) -> dict[str, list[str]]:
        """Keys of a command that others claim, too, with the texts of these."""
        return {
            key: [BY_ID[other].text for other in names if other != name]
            for key, names in self.map.conflicts.items()
            if name in names
        }

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Number of commands."""
        return 0 if parent.isValid() else len(COMMANDS)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Command, keys, remark."""
        return 0 if parent.isValid() else len(_HEADS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Keys can be edited."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == KEY else flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Names of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts of a row; the keys also as a list, with those that are claimed twice."""
        command, column = COMMANDS[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (command.text, "", self.remark(command.id))[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.remark(command.id) if column == REMARK else command.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            keys = ", ".join(all_shown(self.map.keys(command.id))) or "no key"
            return f"{command.text}: {keys}. {self.remark(command.id)}"
        if role == Qt.ItemDataRole.ForegroundRole and column == REMARK:
            return self.error_colour if self.rivals(command.id) else self.muted_colour
        if role == KEYS:
            return [readable_key(portable_key(key)) for key in self.map.keys(command.id)]
        return [readable_key(key) for key in self.rivals(command.id)] if role == CLAIMED else None

    def remark(self, name: str) -> str:
        """Conflict, or that the keys are not the default ones."""
        rivals = self.rivals(name)
        if rivals:
            return "; ".join(
                f"{readable_key(key)} is also “{'”, “'.join(texts)}”"
                for key, texts in rivals.items()
            )
        if name not in self.map.changed:
            return ""
        default = ", ".join(all_shown(BY_ID[name].keys))
        return f"changed, default: {default}" if default else "changed, default: none"
