"""The trainings of a recording as rows: when, how far, how good, on which labels."""

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from labeler.labels.wording import share_text
from labeler.runs.story import Phase
from labeler.session.words import plural
from labeler.ui.kit.theme import colours
from labeler.ui.training.trainings import Training, Trainings

_COLUMNS = ("Training", "State", "Accuracy", "F1", "Labels")
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_RENAME = "F2 or a double click on the name changes it."
_WIDEST = 160  # pixels of a column: names may be long
_NONE = "No training yet."


class RunModel(QAbstractTableModel):
    """Shows the trainings, newest first; their names can be edited."""

    rename_wanted = Signal(object, str)
    """Training, and what it is to be called."""

    def __init__(self, trainings: Trainings) -> None:
        super().__init__(trainings)
        self._trainings = trainings
        self.rows: list[Training] = []
        trainings.listed.connect(self.make)
        trainings.changed.connect(self._on_changed)
        self.make()

    def make(self) -> None:
        """List anew."""
        self.beginResetModel()
        self.rows = list(reversed(self._trainings.all))
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """One row per training."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Five."""
        return len(_COLUMNS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text of a cell."""
        training = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cells(training)[index.column()]
        if role == Qt.ItemDataRole.EditRole:
            return training.run.record.name
        if role == Qt.ItemDataRole.ToolTipRole:
            figures = ", ".join(
                f"{name}: {text}"
                for name, text in zip(_COLUMNS[1:], cells(training)[1:], strict=True)
            )
            folder, labels = str(training.run.folder), labels_sentence(training)
            known = (training.name, figures, folder, labels, _RENAME)
            return "\n".join(known)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """The name can be edited."""
        editable = Qt.ItemFlag.ItemIsEditable if index.column() == 0 else Qt.ItemFlag.NoItemFlags
        return super().flags(index) | editable

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for another name."""
        training = self.rows[index.row()]
        if role != Qt.ItemDataRole.EditRole or value == training.run.record.name:
            return False
        self.rename_wanted.emit(training, str(value))
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Names of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        return None

    def _on_changed(self, training: Training) -> None:
        if training in self.rows:
            row = self.rows.index(training)
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(_COLUMNS) - 1))


class RunTable(QTableView):
    """The list; several rows chosen are compared."""

    chosen = Signal(object)
    """list[Training], the first one chosen first."""

    def __init__(self, trainings: Trainings) -> None:
        super().__init__()
        self.runs = RunModel(trainings)
        self.setModel(self.runs)
        self.setAccessibleName("Trainings")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setMaximumSectionSize(_WIDEST)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().selectionChanged.connect(lambda new, old: self._tell())
        self.runs.modelReset.connect(self._tell)
        self.runs.modelReset.connect(self._leave_out)
        self.runs.dataChanged.connect(self._leave_out)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the columns that there is room for."""
        super().resizeEvent(event)
        self._leave_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say that there is nothing yet, where that is so."""
        super().paintEvent(event)
        if not self.runs.rows:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(colours(self).muted))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, _NONE)

    def _leave_out(self) -> None:
        """Hide columns at the right end that would be cut; the tool tip of a row has all."""
        room = self.viewport().width()
        header = self.horizontalHeader()
        for column in range(len(_COLUMNS)):
            width = max(
                self.sizeHintForColumn(column), header.sectionSizeFromContents(column).width()
            )
            room -= min(width, _WIDEST)
            self.setColumnHidden(column, room < 0 and column > 1)

    def choose(self, training: Training) -> None:
        """Choose one training, whatever keys are held down meanwhile."""
        index = self.runs.index(self.runs.rows.index(training), 0)
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)

    def selection(self) -> list[Training]:
        """Trainings that are chosen, newest first."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.runs.rows[row] for row in rows if row < len(self.runs.rows)]

    def _tell(self) -> None:
        self.chosen.emit(self.selection())


def cells(training: Training) -> tuple[str, ...]:
    """What the row of a training says."""
    figures = training.story.figures
    accuracy = figures.get("accuracy")
    return (
        training.name,
        state_word(training),
        "–" if accuracy is None else share_text(accuracy),
        "–" if figures.get("f1") is None else f"{figures['f1']:.3f}",
        plural(len(training.changed_since), "change") if training.changed_since else "as now",
    )


def state_word(training: Training) -> str:
    """The state in a word or two."""
    story = training.story
    phase: str = story.phase.value
    if training.alive and training.discarding:
        return "ending"
    if training.alive and training.run.record.stopping:
        return "stopping"
    if story.phase in (Phase.ENCODING, Phase.TRAINING):
        return f"{phase} {story.share:.0%}"
    return phase


def labels_sentence(training: Training) -> str:
    """On which labels it was trained, and whether they are others now."""
    known = f"Labels {training.run.record.labels}"
    count = len(training.changed_since)
    if training.labels is None:
        return f"{known}; its copy of them cannot be read."
    changed = f"changed since in {plural(count, 'episode')}"
    return f"{known}, {changed if count else 'as now'}."
