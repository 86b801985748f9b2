"""Every setting of the typed configuration with its default and what it does, to be changed."""

import json

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHeaderView, QLineEdit, QTableView, QVBoxLayout, QWidget

from labeler.ui.training.setup.options import Given, options

_Index = QModelIndex | QPersistentModelIndex
_COLUMNS = ("Setting", "Value", "What it does")
_ROOT = QModelIndex()
_ROLE = Qt.ItemDataRole


class OptionModel(QAbstractTableModel):
    """Settings with their values; what is not at its default stands out."""

    def __init__(self, given: Given) -> None:
        super().__init__(given)
        self._given = given
        self.options = options()
        given.changed.connect(self._on_changed)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """One row per setting."""
        return 0 if parent.isValid() else len(self.options)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Name, value, meaning."""
        return len(_COLUMNS)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Values can be edited."""
        found = super().flags(index)
        return found | Qt.ItemFlag.ItemIsEditable if index.column() == 1 else found

    def data(self, index: _Index, role: int = _ROLE.DisplayRole) -> object:
        """Text of a cell."""
        option = self.options[index.row()]
        if role in (_ROLE.DisplayRole, _ROLE.EditRole):
            value = _value_text(self._given.get(option.path))
            return (option.path, value, option.text)[index.column()]
        if role == _ROLE.ToolTipRole:
            return f"{option.text}\nDefault: {option.default:.200}".strip()
        if role == _ROLE.FontRole and option.path in self._given.values:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def setData(self, index: _Index, value: object, role: int = _ROLE.EditRole) -> bool:
        """Take what was typed; an empty field means the default."""
        option = self.options[index.row()]
        text = str(value).strip()
        self._given.put(option.path, json.loads(option.default) if not text else parse_value(text))
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> object:
        """Names of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == _ROLE.DisplayRole:
            return _COLUMNS[section]
        return None

    def _on_changed(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.options) - 1, 2))


class Advanced(QWidget):
    """The table with a field to search in it."""

    def __init__(self, given: Given) -> None:
        super().__init__()
        self.model = OptionModel(given)
        proxy = QSortFilterProxyModel(self)
        proxy.setSourceModel(self.model)
        proxy.setFilterKeyColumn(-1)
        proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search = QLineEdit()
        self.search.setAccessibleName("Search in all settings")
        self.search.setPlaceholderText("Search settings")
        self.search.textChanged.connect(proxy.setFilterFixedString)
        self.table = QTableView()
        self.table.setAccessibleName("All settings")
        self.table.setModel(proxy)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(24)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.resizeSection(1, 180)
        header.setStretchLastSection(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.search)
        layout.addWidget(self.table, 1)


def _value_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def parse_value(text: str) -> object:
    """A value as it is typed: JSON where it is JSON, else text."""
    words = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value
