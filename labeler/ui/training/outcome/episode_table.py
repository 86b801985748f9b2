"""Per episode: how late the classifier fires, and how often wrongly."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from labeler.contracts.report import EpisodeFigures

_COLUMNS = ("Episode", "Delay", "False", "Longest", "Missed")
_MEANINGS = (
    "Episode",
    "First frame predicted success minus first success frame; negative means too early",
    "Failure frames predicted success",
    "Longest run of failure frames predicted success",
    "Success frames predicted failure",
)
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_ROLE = Qt.ItemDataRole


class _Model(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.episodes: Sequence[EpisodeFigures] = ()

    def use(self, episodes: Sequence[EpisodeFigures]) -> None:
        self.beginResetModel()
        self.episodes = episodes
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.episodes)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return len(_COLUMNS)

    def data(self, index: _Index, role: int = _ROLE.DisplayRole) -> object:
        one = self.episodes[index.row()]
        column = index.column()
        values = (one.episode, one.delay, one.false_positives, one.longest_false_run, one.misses)
        if role == _ROLE.DisplayRole:
            value = values[column]
            return "–" if value is None else f"{value:+d}" if column == 1 else str(value)
        if role == _ROLE.UserRole:  # by which it is sorted
            value = values[column]
            return -1 if value is None else abs(value) if column == 1 else value
        if role == _ROLE.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        names = {_ROLE.DisplayRole: _COLUMNS, _ROLE.ToolTipRole: _MEANINGS}.get(_ROLE(role))
        return names[section] if names else None


class EpisodeTable(QTableView):
    """A click on a row, or Enter, opens the episode."""

    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._episodes = _Model()
        self._episodes.setParent(self)
        proxy = QSortFilterProxyModel(self)
        proxy.setSourceModel(self._episodes)
        proxy.setSortRole(_ROLE.UserRole)
        self.setModel(proxy)
        self.setSortingEnabled(True)
        self.sortByColumn(2, Qt.SortOrder.DescendingOrder)
        self.setAccessibleName("Predicted episodes")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(22)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)
        self.clicked.connect(self._open)
        self.activated.connect(self._open)

    def show_episodes(self, episodes: Sequence[EpisodeFigures]) -> None:
        """Show the episodes of a report."""
        self._episodes.use(episodes)

    def _open(self, index: _Index) -> None:
        model = self.model()
        self.opened.emit(int(str(model.index(index.row(), 0).data())))
