"""What an import would change, and which of it is wanted."""

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHeaderView,
    QLabel,
    QRadioButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from labeler.labels import EpisodeLabel, State
from labeler.session.exchange import ImportedChange
from labeler.session.words import author_line, decision, plural
from labeler.ui.kit.controls import quiet_label

_COLUMNS = ("Episode", "Now", "Then")
_ROWS = 8  # that are seen at once


class Chosen(Enum):
    """Which changes are wanted; the value is what the button says."""

    ALL = "All"
    UNLABELED = "Only episodes without a label"
    SELECTED = "Only the selected rows"


class ImportPreview(QWidget):
    """Shows changes; `chosen_changed` says that others are wanted."""

    chosen_changed = Signal()
    opened = Signal(int)
    """An episode whose row was double-clicked."""

    def __init__(self) -> None:
        super().__init__()
        self._changes: tuple[ImportedChange, ...] = ()
        self._shown: list[int] = []  # episodes of the rows
        self.head = QLabel()
        self.head.setWordWrap(True)
        self.head.setProperty("strong", True)
        self.choices = {one: QRadioButton(one.value) for one in Chosen}
        self._group = QButtonGroup(self)
        self.table = QTableWidget(0, len(_COLUMNS))
        self._set_up_table()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.head)
        for button in self.choices.values():
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(button)
            button.clicked.connect(lambda checked: self.chosen_changed.emit())
            layout.addWidget(button)
        layout.addWidget(self.table)
        layout.addWidget(quiet_label("Labels in bold were decided by a person."))

    def show_changes(self, changes: Sequence[ImportedChange]) -> None:
        """Show what would change; a person's decisions are not replaced unless that is chosen."""
        fresh = not self._changes
        self._changes = tuple(changes)
        own = sum(one.replaces_decision for one in changes)
        told = f"{plural(len(changes), 'label')} would change"
        self.head.setText(f"{told}; {own:,} of them decided by a person." if own else f"{told}.")
        self._fill()
        if fresh and changes:
            without = any(one.now.state is State.UNLABELED for one in changes)
            choice = Chosen.ALL if not own else Chosen.UNLABELED if without else Chosen.SELECTED
            self.choices[choice].setChecked(True)
        self.chosen_changed.emit()

    def episodes(self) -> list[int]:
        """The episodes whose change is wanted."""
        chosen = next(one for one, button in self.choices.items() if button.isChecked())
        if chosen is Chosen.ALL:
            return [one.episode for one in self._changes]
        if chosen is Chosen.UNLABELED:
            return [one.episode for one in self._changes if one.now.state is State.UNLABELED]
        rows = sorted({index.row() for index in self.table.selectedIndexes()})
        return [self._changes[row].episode for row in rows]

    def _fill(self) -> None:
        selected = {self._shown[index.row()] for index in self.table.selectedIndexes()}
        self._shown = [one.episode for one in self._changes]
        self.table.blockSignals(True)
        self.table.setRowCount(len(self._changes))
        for row, one in enumerate(self._changes):
            for column, item in enumerate(_items(one)):
                self.table.setItem(row, column, item)
            if one.episode in selected:
                flags = QItemSelectionModel.SelectionFlag
                index = self.table.model().index(row, 0)
                self.table.selectionModel().select(index, flags.Select | flags.Rows)
        self.table.blockSignals(False)
        self._fit_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow columns need higher rows."""
        super().resizeEvent(event)
        self._fit_height()

    def _fit_height(self) -> None:
        """A few rows are seen whole, however many lines they have; more are scrolled to."""
        self.table.resizeRowsToContents()
        shown = range(min(len(self._changes), _ROWS))
        rows = sum(self.table.rowHeight(row) for row in shown)
        self.table.setFixedHeight(self.table.horizontalHeader().sizeHint().height() + rows + 4)

    def _set_up_table(self) -> None:
        table = self.table
        table.setAccessibleName("What would change")
        table.setHorizontalHeaderLabels(_COLUMNS)
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setTabKeyNavigation(False)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        table.itemSelectionChanged.connect(self._on_selected)
        table.cellDoubleClicked.connect(
            lambda row, column: self.opened.emit(self._changes[row].episode)
        )

    def _on_selected(self) -> None:
        """Who selects rows means these."""
        if self.table.selectedIndexes():
            self.choices[Chosen.SELECTED].setChecked(True)
        self.chosen_changed.emit()


def _items(change: ImportedChange) -> list[QTableWidgetItem]:
    texts = (str(change.episode), label_text(change.now), label_text(change.then))
    items = [QTableWidgetItem(text) for text in texts]
    for item, text in zip(items, texts, strict=True):
        item.setToolTip(text)
    if change.replaces_decision:
        font = items[1].font()
        font.setBold(True)
        items[1].setFont(font)
        items[1].setToolTip(f"{texts[1]}, {author_line(change.now) or 'by a person'}")
        items[1].setData(Qt.ItemDataRole.AccessibleTextRole, f"{texts[1]}, by a person")
    return items


def label_text(label: EpisodeLabel) -> str:
    """A label in a few words, with all that an import may change."""
    parts = [decision(label)]
    if excluded := sum(len(part) for part in label.excluded):
        parts.append(f"{excluded:,} excluded")
    if label.flag is not None:
        parts.append("flag")
    if label.note:
        parts.append("note")
    return ", ".join(parts)
