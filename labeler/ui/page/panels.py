"""What is shown in the place of the inspector: files of labels, copies, statistics."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from labeler.errors import LabelerError
from labeler.labels.dialects import Dialect, dialect_of
from labeler.ui.commands.deciding import Deciding
from labeler.ui.desk.desk import Desk
from labeler.ui.exchange.column_panel import ColumnPanel
from labeler.ui.exchange.counting import ComparePanel
from labeler.ui.exchange.export_panel import ExportPanel
from labeler.ui.exchange.import_panel import ImportPanel
from labeler.ui.exchange.importing import Importing
from labeler.ui.exchange.scores_panel import ScoresPanel
from labeler.ui.kit.choosing import choose_file
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.drops import leave_drops_alone
from labeler.ui.kit.side_panel import SidePanel
from labeler.ui.page.parts import Parts
from labeler.ui.page.probabilities import Probabilities
from labeler.ui.page.statistics import StatisticsPanel
from labeler.ui.stage.stage import Stage

if TYPE_CHECKING:  # what a single recording has no use for is not imported for it
    from labeler.ui.collection.balance_panel import BalancePanel
    from labeler.ui.page.inspection_panel import InspectionPanel

LABEL_FILES = "Label files (*.json *.csv *.txt);;All files (*)"
_LASTING = {
    "file.write": "write_panel", "file.export": "export_panel", "file.hub": "hub_panel",
    "train.watch": "watch_panel", "view.crop": "crop_panel",
    "file.inspect": "inspection_panel", "review.statistics": "statistics_panel",
    "review.balance": "balance_panel",
}  # fmt: skip
"""The panels that commands open, by these commands."""
_SINGLE = {"file.hub", "train.watch", "view.crop"}
Show = Callable[[QWidget | None], None]
Panel = TypeVar("Panel", bound=SidePanel)


class Panels(QObject):
    """Shows one panel at a time in the place of the inspector, by `show_side`."""

    def __init__(
        self,
        desk: Desk,
        deciding: Deciding,
        parts: Parts,
        stage: Stage,
        page: QWidget,
        show_side: Show,
    ) -> None:
        super().__init__(page)
        self._desk = desk
        self.page = page
        self._show_side = show_side
        self._parts = parts
        self.writing = parts.writing
        self.importing = Importing(desk, self)
        self.probabilities = Probabilities(desk)
        self.probabilities.asked.connect(self._on_asked)
        self.probabilities.opened.connect(self._on_scores)
        self._deciding = deciding
        self.shown: SidePanel | None = None
        self.entering = False
        """Whether the panel that is shown next takes the focus: it is asked for by key."""
        self.writing.wanted.connect(lambda: self.show_panel(self.write_panel))
        self.importing.changed.connect(self._on_import)
        self.single = parts.single(self, stage)

    # Panels are made when they are first needed: opening a recording does not wait for them.
    @cached_property
    def write_panel(self) -> SidePanel:
        """`Write labels…`."""
        return self.adopt(self._parts.write_panel())

    @cached_property
    def import_panel(self) -> ImportPanel:
        """Questions and results of an import."""
        return self.adopt(ImportPanel(self.importing, self._deciding))

    @cached_property
    def scores_panel(self) -> ScoresPanel:
        """What each of several scores is worth."""
        panel = self.adopt(ScoresPanel())
        panel.chosen.connect(self.probabilities.use)
        return panel

    @cached_property
    def column_panel(self) -> ColumnPanel:
        """`Labels from a column…`."""
        panel = self.adopt(ColumnPanel(self._desk))
        panel.read.connect(self.importing.present)
        return panel

    @cached_property
    def compare_panel(self) -> ComparePanel:
        """Questions of a comparison."""
        panel = self.adopt(ComparePanel())
        panel.counting.answered.connect(self.probabilities.answer)
        return panel

    @cached_property
    def export_panel(self) -> ExportPanel:
        """`Export labels…`."""
        return self.adopt(ExportPanel(self._desk))

    @cached_property
    def statistics_panel(self) -> StatisticsPanel:
        """`Statistics`."""
        return self.adopt(StatisticsPanel(self._desk))

    @cached_property
    def inspection_panel(self) -> "InspectionPanel":
        """`Dataset statistics`."""
        from labeler.ui.page.inspection_panel import InspectionPanel

        return self.adopt(InspectionPanel(self._desk))

    @cached_property
    def balance_panel(self) -> "BalancePanel":
        """`Balance of a collection`."""
        from labeler.ui.collection.balance_panel import BalancePanel

        assert self._desk.session.collection is not None
        return self.adopt(BalancePanel(self._desk, self._desk.session.collection))

    def show_panel(self, panel: SidePanel | None) -> None:
        """Show a panel; None brings the inspector back."""
        before, self.shown = self.shown, panel
        if before is not None and panel is not before:
            before.set_shown(False)
        self._show_side(panel)
        if panel is not None and before is not panel:
            panel.set_shown(True)
        if panel is None and before is not None:
            self.page.setFocus()
        if panel is not None and self.entering:
            self.entering = False
            panel.focus_first()

    def take(self, *paths: Path) -> bool:
        """Take over probabilities, or labels of another tool; whether the files are any of these.

        Several files can only be probabilities.
        """
        if all(path.suffix.lower() == ".parquet" for path in paths):
            self._take_scores(paths)
            return True
        path = paths[0]
        if len(paths) > 1:
            return False
        try:
            foreign = path.is_file() and dialect_of(path) is not Dialect.LABELER
        except LabelerError as error:
            self._desk.say(as_line(error))
            return True
        if foreign:
            self.importing.begin(path)
        return foreign

    def adopt(self, panel: Panel) -> Panel:
        """Bind a new panel to the page, hidden; `show_panel` shows it."""
        panel.setParent(self.page)
        panel.hide()
        leave_drops_alone(panel)
        panel.closed.connect(lambda: self.show_panel(None))
        return panel

    def lasting(self) -> tuple[str, ...]:
        """The command of the panel shown; what only asks about a file is not opened again."""
        made = {**vars(self), **({} if self.single is None else vars(self.single))}
        return tuple(
            command
            for command, panel in _LASTING.items()
            if self.shown is not None and made.get(panel) is self.shown
        )

    def may_show(self, command: str) -> bool:
        """Whether what is open has the panel of a command: some are for one recording, or many."""
        if command == "review.balance":
            return self._desk.session.collection is not None
        return command not in _SINGLE or self.single is not None

    def choose_import(self) -> None:
        """`Import labels…`."""
        if (path := self.choose("Import labels", LABEL_FILES)) is not None:
            self.importing.begin(path)

    def show_columns(self) -> None:
        """`Labels from a column…`."""
        self.show_panel(self.column_panel)

    def show_export(self) -> None:
        """`Export labels…`."""
        self.show_panel(self.export_panel)

    def show_label_file(self) -> None:
        """`Show label file`: the folder in which it lies, and its path in the status line."""
        file = self._desk.source.file
        self._desk.say(f"The labels are in {file}.")
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent)))

    def show_statistics(self) -> None:
        """`Statistics`."""
        self.show_panel(self.statistics_panel)

    def show_inspection(self) -> None:
        """`Dataset statistics`."""
        self.show_panel(self.inspection_panel)

    def show_balance(self) -> None:
        """`Balance of a collection`."""
        if self._desk.session.collection is not None:
            self.show_panel(self.balance_panel)
        else:
            self._desk.say("Balance compares recordings: open several at once.")

    def choose(self, title: str, kinds: str) -> Path | None:
        """Ask for a file, at first beside what is open."""
        return choose_file(self.page, title, kinds, self._desk.session.dataset.root.parent)

    def _on_import(self) -> None:
        if self.importing.worth_showing:
            self.show_panel(self.import_panel)
        elif isinstance(self.shown, ImportPanel) and not self.importing.done:
            self.show_panel(None)

    def _on_asked(self) -> None:
        asked = self.probabilities.question
        if asked is not None:
            self.compare_panel.ask(self.probabilities.path, self.probabilities.what, asked)
            self.show_panel(self.compare_panel)
        elif isinstance(self.shown, ComparePanel):
            self.show_panel(None)

    def _on_scores(self) -> None:
        """Where there are several, they are shown beside each other, to choose from."""
        scores = self.probabilities
        if len(scores.sources) > 1:
            self.scores_panel.show_worth(scores.worth, scores.best)
            self.show_panel(self.scores_panel)
        elif isinstance(self.shown, ScoresPanel):
            self.show_panel(None)

    def _take_scores(self, paths: Sequence[Path]) -> None:
        if self.single is None:
            self._desk.say_single()
        else:
            self.probabilities.open(*paths)
