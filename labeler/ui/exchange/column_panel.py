"""`Labels from a column…`: which column of the recording says success, and how."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from labeler.dataset import Dataset
from labeler.dataset.labels_of import ColumnReading, Rule
from labeler.dataset.success_columns import SuccessColumn, label_columns
from labeler.errors import LabelerError
from labeler.labels.dialects import Imported
from labeler.session.exchange import read_column
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import combo_box, push_button, quiet_label
from labeler.ui.kit.side_panel import SidePanel, Trouble, heading
from labeler.ui.kit.work import Work, start_work

Result = TypeVar("Result")
_RULES: tuple[tuple[str, Rule], ...] = (
    ("Success frame by frame", "frame"),
    ("Outcome: that of the last frame", "last"),
    ("Outcome: success in any frame", "any"),
)
_NUMBER = "Give a number, or leave the field empty where 1 is success and 0 is not."


class ColumnPanel(SidePanel):
    """Reads a column; `read` has what it says, which nothing takes over yet."""

    least_width = 340
    read = Signal(object, str, str)  # Imported, name, place

    def __init__(self, desk: Desk) -> None:
        super().__init__("Labels from a column")
        self._desk = desk
        self._columns: tuple[SuccessColumn, ...] = ()
        self._work: Work | None = None
        self.names = combo_box("Column")
        self.names.currentIndexChanged.connect(lambda _: self._follow())
        self.rules = combo_box("What the column says")
        for text, rule in _RULES:
            self.rules.addItem(text, rule)
        self.above = QLineEdit(placeholderText="values are 0 and 1")
        self.above.setAccessibleName("Success above this value")
        self.told = quiet_label()
        self.trouble = Trouble()
        self.show_button = push_button("Show changes", primary=True)
        self.show_button.clicked.connect(self._read)
        self._arrange()
        desk.closing.connect(self._end)

    def set_shown(self, shown: bool) -> None:
        """List the columns of the recording that is shown when the panel appears."""
        if not shown:
            return
        self.trouble.clear()
        self.show_button.setEnabled(False)  # until it is known what there is
        dataset = self._desk.source.dataset.reopen()
        self._start("columns", lambda work: _columns_of(dataset), self._list)

    def _arrange(self) -> None:
        for title, field in (
            ("Column", self.names), ("What it says", self.rules), ("Success above", self.above)
        ):  # fmt: skip
            self.column.addWidget(heading(title))
            self.column.addWidget(field)
        for part in (self.told, self.trouble, self.show_button):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def _list(self, columns: tuple[SuccessColumn, ...]) -> None:
        chosen = self.names.currentText()
        self._columns = columns
        self.names.clear()
        self.names.addItems([str(column) for column in columns])
        self.names.setCurrentIndex(max(0, self.names.findText(chosen)))
        self.show_button.setEnabled(bool(columns))
        if not columns:
            self.trouble.say("No column of this recording holds one number per frame.", "")

    def _follow(self) -> None:
        """An outcome per episode has no frames among which a rule could choose."""
        per_episode = self.names.currentIndex() >= 0 and self._chosen.per == "episode"
        self.rules.setEnabled(not per_episode)
        self.told.setText(
            "A failed episode becomes “never succeeds”; a successful one stays unlabeled until you "
            "mark its first frame."
            if per_episode
            else ""
        )

    @property
    def _chosen(self) -> SuccessColumn:
        return self._columns[self.names.currentIndex()]

    def _read(self) -> None:
        self.trouble.clear()
        text = self.above.text().strip().replace(",", ".")
        try:
            above = float(text) if text else None
        except ValueError:
            self.trouble.say(f"{self.above.text().strip()} is not a number.", _NUMBER)
            return
        reading = ColumnReading(self._chosen.name, self.rules.currentData(), above)
        dataset = self._desk.source.dataset.reopen()  # for the thread that reads
        self._start(
            "labels of a column",
            lambda work: _labels_in(dataset, reading),
            lambda found: self._show(found, reading),
        )

    def _show(self, found: Imported, reading: ColumnReading) -> None:
        if found.labels.touched:
            place = f"{reading.name} of {self._desk.source.dataset.name}"
            self.read.emit(found, reading.name, place)
        else:  # an outcome without a failure
            self.trouble.say(" ".join(found.notes), "Label their frames of success by hand.")

    def _start(
        self, name: str, job: Callable[[Work], Result], done: Callable[[Result], None]
    ) -> None:
        def deliver(found: Result) -> None:
            if work is self._work:
                done(found)

        work = start_work(self, job, name=name, done=deliver, failed=self._on_failed)
        self._work = work

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, LabelerError):
            raise error
        self.trouble.explain(error)

    def _end(self) -> None:
        if self._work is not None:
            self._work.join(30)


def _labels_in(dataset: Dataset, reading: ColumnReading) -> Imported:
    with dataset:
        return read_column(dataset, reading)


def _columns_of(dataset: Dataset) -> tuple[SuccessColumn, ...]:
    with dataset:
        return label_columns(dataset)
