"""Threshold by hold: what each rule does to episodes, and which of them change side."""

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from labeler.contracts.report import RunReport
from labeler.contracts.reported_rule import RuleCell
from labeler.labels.wording import plural
from labeler.ui.kit.controls import quiet_label
from labeler.ui.kit.theme import colours

_PLACE = Qt.ItemDataRole.UserRole
_FAINT, _STRONG = 40, 190  # alpha of a cell without false episodes, and of one with most
_HINT = (
    "Each cell: falsely successful episodes, and the median delay of right decisions in seconds. "
    "Drag over the cells to see which episodes change side."
)
_NO_RULE = "This run has no decision rule, or was made by a version that does not compare rules."


class RuleGrid(QWidget):
    """A cell per rule; the one that is current is told in words, with the episodes that differ.

    Rows are holds, columns thresholds. The cell can be moved with the mouse, dragging, and with the
    arrow keys; it begins at the rule of the checkpoint, which nothing here changes.
    """

    opened = Signal(int, object)
    """Episode, and the frame or None for where its label changes."""

    def __init__(self) -> None:
        super().__init__()
        self._cells: tuple[RuleCell, ...] = ()
        self._chosen = 0
        self.table = QTableWidget()
        self.table.setAccessibleName("Threshold by hold")
        self.table.setToolTip(_HINT)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        for header in (self.table.horizontalHeader(), self.table.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            header.setMinimumSectionSize(20)
        self.table.currentCellChanged.connect(lambda *cell: self._show())
        self.told: QLabel = quiet_label(_NO_RULE)
        self.changes = QListWidget()
        self.changes.setAccessibleName("Episodes that change side")
        self.changes.setWordWrap(True)
        self.changes.itemClicked.connect(self._open)
        self.changes.itemActivated.connect(self._open)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        words = QScrollArea(widgetResizable=True)
        words.setFrameShape(QScrollArea.Shape.NoFrame)
        words.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        words.setWidget(self.told)
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        for part, least in ((self.table, 84), (words, 48), (self.changes, 40)):
            part.setMinimumHeight(least)
            layout.addWidget(part, 2 if part is self.table else 1)

    @property
    def cell(self) -> RuleCell | None:
        """The rule that is current; None where there is none."""
        row, column = self.table.currentRow(), self.table.currentColumn()
        return self._cells[row * self.table.columnCount() + column] if row >= 0 else None

    def show_report(self, report: RunReport) -> None:
        """Show the rules of a report, the chosen one current."""
        self.table.clear()
        self.changes.clear()
        self._cells, rule = report.rule_cells, report.rule
        thresholds = sorted({cell.threshold for cell in self._cells})
        holds = sorted({cell.hold for cell in self._cells})
        whole = rule is not None and len(self._cells) == len(thresholds) * len(holds) > 0
        self.table.setVisible(whole)
        self.changes.setVisible(whole)
        if rule is None or not whole:
            self._cells = ()
            self.table.setRowCount(0)
            self.told.setText(_NO_RULE)
            return
        own = [(cell.threshold, cell.hold) for cell in self._cells]
        self._chosen = own.index((rule.threshold, rule.hold))
        self.table.setColumnCount(len(thresholds))
        self.table.setRowCount(len(holds))
        self.table.setHorizontalHeaderLabels([f"{one:.2g}" for one in thresholds])
        self.table.setVerticalHeaderLabels([f"{one:.2g} s" for one in holds])
        self._fill(len(thresholds))
        self.table.setCurrentCell(*divmod(self._chosen, len(thresholds)))

    def _fill(self, columns: int) -> None:
        theme = colours(self)
        most = max(len(cell.false) for cell in self._cells) or 1
        for number, cell in enumerate(self._cells):
            shade = QColor(theme.failure if cell.false else theme.success)
            share = len(cell.false) / most
            shade.setAlpha(round(_FAINT + share * (_STRONG - _FAINT)))
            delay = "–" if cell.median_delay is None else f"{cell.median_delay:.2g} s"
            item = QTableWidgetItem(f"{len(cell.false)} · {delay}")
            item.setBackground(QBrush(shade))
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            item.setToolTip(_cell_text(cell))
            if number == self._chosen:
                font = item.font()
                font.setBold(True)
                item.setFont(font)
            self.table.setItem(*divmod(number, columns), item)

    def _show(self) -> None:
        cell = self.cell
        if cell is None:
            return
        chosen = self._cells[self._chosen]
        whose = "The checkpoint's rule. " if cell is chosen else ""
        self.told.setText("\n".join([f"{whose}{_cell_text(cell)}", *cell.sentences]))
        self.changes.clear()
        for text, place in _changes(chosen, cell):
            item = QListWidgetItem(text)
            item.setData(_PLACE, place)
            self.changes.addItem(item)

    def _open(self, item: QListWidgetItem) -> None:
        self.opened.emit(*item.data(_PLACE))


def _cell_text(cell: RuleCell) -> str:
    delay = "" if cell.median_delay is None else f", median delay {cell.median_delay:.2f} s"
    false = plural(len(cell.false), "episode")
    return (
        f"Probability ≥ {cell.threshold:g} for {cell.hold:g} s: {false} falsely successful, "
        f"{len(cell.missed)} missed{delay}."
    )


def _changes(chosen: RuleCell, cell: RuleCell) -> Iterator[tuple[str, tuple[int, int | None]]]:
    """Episodes that another rule ends otherwise, each with what happens and the place to look."""
    before, after = (_sides(one) for one in (chosen, cell))
    frames = dict(chosen.false) | dict(cell.false)
    for episode in sorted(before.keys() | after.keys()):
        was, becomes = (sides.get(episode, "right") for sides in (before, after))
        if was != becomes:
            at = frames.get(episode)
            where = "" if at is None else f" (frame {at})"
            yield f"Episode {episode}: {becomes}, was {was}{where}", (episode, at)


def _sides(cell: RuleCell) -> dict[int, str]:
    false = {episode: "falsely successful" for episode, _ in cell.false}
    return {episode: "missed" for episode in cell.missed} | false
