"""`Export labels…`: form and file, with what a form cannot say shown in place."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QLabel, QLineEdit, QRadioButton

from labeler.errors import InexpressibleError, LabelerError
from labeler.labels.dialects import Dialect, inexpressible
from labeler.labels.label_rows import TableForm
from labeler.labels.wording import episodes_text
from labeler.session.exchange import export_labels
from labeler.session.words import plural
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.choosing import choose_new_file
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.cures import Action
from labeler.ui.kit.side_panel import SidePanel, Trouble, breakable, heading
from labeler.ui.kit.work import Work, start_work

FORMS: Mapping[Dialect | TableForm, tuple[str, str, str]] = {
    Dialect.LABELER: (
        "Labeler",
        ".labels.json",
        "Everything, including notes, flags, authors and times.",
    ),
    Dialect.CUTOFFS: ("Cutoffs", ".cutoffs.json", "First success frame per episode."),
    Dialect.RANGES: ("Ranges", ".ranges.json", "Success from, to, and resets."),
    Dialect.CSV: ("CSV", ".csv", "One line per range, for spreadsheets."),
    TableForm.TABLE: (
        "Table",
        ".episodes.csv",
        "One line per episode with flags and notes; not read back.",
    ),
    TableForm.PARQUET: (
        "Parquet table",
        ".episodes.parquet",
        "The same as a parquet file; not read back.",
    ),
}


class ExportPanel(SidePanel):
    """Writes the labels as they are when the button is pressed."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("Export labels")
        self._desk = desk
        self._session = desk.source
        self._work: Work | None = None
        self._typed = False  # a path that the operator chose stays when the form changes
        self._group = QButtonGroup(self)
        self.forms = {form: self._radio(form) for form in FORMS}
        self.path = QLineEdit()
        self.path.setAccessibleName("File to write")
        self.path.textEdited.connect(lambda text: self._on_typed())
        self.choose_button = push_button("Choose…")
        self.choose_button.clicked.connect(self._choose)
        self.trouble = Trouble({Action.CHOOSE_PLACE: self._choose, Action.RETRY: self.write})
        self._left_out: tuple[int, ...] = ()
        self.others_button = push_button("Export the others")
        self.others_button.clicked.connect(lambda: self.write(without=self._left_out))
        self.ranges_button = push_button("Export as ranges")
        self.ranges_button.clicked.connect(self._write_ranges)
        self.result = QLabel()
        self.result.setWordWrap(True)
        self.write_button = push_button("Export", primary=True)
        self.write_button.clicked.connect(self.write)
        self._arrange()
        self.forms[Dialect.LABELER].setChecked(True)
        self._propose()
        desk.closing.connect(self._end)

    def set_shown(self, shown: bool) -> None:
        """It is about the recording that is shown when it appears."""
        if shown and self._session is not self._desk.source:
            self._session, self._typed = self._desk.source, False
            self._propose()
        name = self._desk.source_name()
        self.heading.setText(breakable(f"Export labels of {name}" if name else "Export labels"))

    @property
    def form(self) -> Dialect | TableForm:
        """The form that is chosen."""
        return next(form for form, button in self.forms.items() if button.isChecked())

    def write(self, *, without: tuple[int, ...] = ()) -> None:
        """Write the file, off the window's thread; without some episodes if that is wanted."""
        session, form = self._session, self.form
        path = session.dataset.root.parent / Path(self.path.text().strip()).expanduser()
        self.write_button.setEnabled(False)
        self._clear()
        self._work = start_work(
            self,
            lambda work: export_labels(session, path, form, without),
            name="exporting labels",
            done=lambda nothing: self._on_done(path, without),
            failed=self._on_failed,
        )

    def _arrange(self) -> None:
        self.column.addWidget(heading("Format"))
        for form, button in self.forms.items():
            self.column.addWidget(button)
            self.column.addWidget(_note_label(FORMS[form][2]))
        self.column.addWidget(heading("File"))
        for part in (
            self.path, self.choose_button, self.trouble, self.others_button, self.ranges_button,
            self.result, self.write_button,
        ):  # fmt: skip
            self.column.addWidget(part)
        self.column.addStretch(1)

    def _radio(self, form: Dialect | TableForm) -> QRadioButton:
        button = QRadioButton(FORMS[form][0])
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda checked: self._propose())
        self._group.addButton(button)
        return button

    def _clear(self) -> None:
        self.trouble.clear()
        self.others_button.hide()
        self.ranges_button.hide()

    def _write_ranges(self) -> None:
        """Ranges say what one cutoff cannot."""
        self.forms[Dialect.RANGES].click()
        self.write()

    def _propose(self) -> None:
        self._clear()
        self.result.clear()
        self.result.hide()
        if not self._typed:
            root = self._session.dataset.root
            self.path.setText(str(root.with_name(f"{root.name}{FORMS[self.form][1]}")))
        self.path.setToolTip(self.path.text())

    def _on_typed(self) -> None:
        self._typed = bool(self.path.text().strip())
        self._propose()

    def _choose(self) -> None:
        found = choose_new_file(self, "Export labels", "All files (*)", Path(self.path.text()))
        if found is not None:
            self.path.setText(str(found))
            self._on_typed()

    def _on_done(self, path: Path, without: tuple[int, ...]) -> None:
        self.write_button.setEnabled(True)
        left = f". It is without {episodes_text(without)}." if without else ""
        self.result.setText(breakable(f"Written: {path}{left}"))
        self.result.show()
        self._desk.say(f"The labels are exported to {path.name}.")

    def _on_failed(self, error: BaseException) -> None:
        self.write_button.setEnabled(True)
        if not isinstance(error, LabelerError):
            raise error
        self.trouble.explain(error)
        if isinstance(error, InexpressibleError):
            self._offer()

    def _offer(self) -> None:
        """Leave out what the form cannot say, or use one that can say it."""
        labels, form = self._session.labels(), self.form
        if isinstance(form, TableForm):  # chosen since: it says everything
            return
        self._left_out = inexpressible(labels, form)
        rest = sum(label.decided for label in labels.touched.values()) - sum(
            labels[episode].decided for episode in self._left_out
        )
        self.others_button.setText(f"Export the other {plural(rest, 'episode')}")
        self.others_button.setToolTip(f"Without {episodes_text(self._left_out)}")
        self.others_button.setVisible(rest > 0)
        able = form is Dialect.CUTOFFS and not inexpressible(labels, Dialect.RANGES)
        self.ranges_button.setVisible(able)

    def _end(self) -> None:
        if self._work is not None:
            self._work.join(30)


def _note_label(text: str) -> QLabel:
    label = quiet_label(text)
    label.setContentsMargins(24, 0, 0, 2)
    return label
