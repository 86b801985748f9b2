"""Commands that open a panel: files of labels, probabilities, copies, crops, statistics."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from labeler.errors import LabelerError
from labeler.labels.dialects import Dialect, dialect_of
from labeler.ui.choosing import choose_file
from labeler.ui.crop.crop_panel import CropPanel
from labeler.ui.deciding import Deciding
from labeler.ui.desk import Desk
from labeler.ui.exchange.export_panel import ExportPanel
from labeler.ui.exchange.import_panel import ImportPanel
from labeler.ui.exchange.importing import Importing
from labeler.ui.probabilities import Probabilities
from labeler.ui.side_panel import SidePanel
from labeler.ui.statistics import StatisticsPanel
from labeler.ui.writing.panel import WritePanel
from labeler.ui.writing.writing import Writing

_LABELS = "Label files (*.json *.csv *.txt);;All files (*)"
_SCORES = "Probabilities (*.parquet);;All files (*)"
Show = Callable[[QWidget | None], None]


class FileCommands(QObject):
    """Shows one panel at a time in the place of the inspector, by `show_side`."""

    def __init__(self, desk: Desk, deciding: Deciding, page: QWidget, show_side: Show) -> None:
        super().__init__(page)
        self._desk = desk
        self._page = page
        self._show_side = show_side
        self.writing = Writing(desk)
        self.importing = Importing(desk, self)
        self.probabilities = Probabilities(desk)
        self.write_panel = WritePanel(self.writing)
        self.import_panel = ImportPanel(self.importing, deciding)
        self.export_panel = ExportPanel(desk)
        self.crop_panel = CropPanel(desk)
        self.statistics_panel = StatisticsPanel(desk)
        self.shown: SidePanel | None = None
        panels = (
            self.write_panel, self.import_panel, self.export_panel, self.crop_panel,
            self.statistics_panel,
        )  # fmt: skip
        for panel in panels:
            panel.setParent(page)  # from the start, so that the window's rules for fields hold
            panel.hide()
            panel.closed.connect(lambda: self.show_panel(None))
        self.writing.wanted.connect(lambda: self.show_panel(self.write_panel))
        self.importing.changed.connect(self._on_import)
        self.handlers: dict[str, Callable[[], object]] = {
            "file.write": self.writing.open,
            "file.update": self.writing.update,
            "file.import": self._choose_import,
            "file.export": lambda: self.show_panel(self.export_panel),
            "file.scores": self._choose_scores,
            "view.suggestions": self.probabilities.toggle,
            "review.statistics": lambda: self.show_panel(self.statistics_panel),
            "view.crop": lambda: self.show_panel(self.crop_panel),
        }

    def show_panel(self, panel: SidePanel | None) -> None:
        """Show a panel; None brings the inspector back."""
        before, self.shown = self.shown, panel
        if before is self.write_panel and panel is not before:
            self.write_panel.set_shown(False)
        self._show_side(panel)
        if panel is self.write_panel and before is not panel:
            self.write_panel.set_shown(True)
        if panel is None and before is not None:
            self._page.setFocus()

    def take(self, path: Path) -> bool:
        """Take over probabilities, or labels of another tool; whether the file is any of these."""
        if path.suffix.lower() == ".parquet":
            self.probabilities.open(path)
            return True
        try:
            foreign = path.is_file() and dialect_of(path) is not Dialect.LABELER
        except LabelerError as error:
            self._desk.say(str(error))
            return True
        if foreign:
            self.importing.begin(path)
        return foreign

    def _on_import(self) -> None:
        if self.import_panel.worth_showing:
            self.show_panel(self.import_panel)
        elif self.shown is self.import_panel:
            self.show_panel(None)

    def _choose_import(self) -> None:
        if (path := self._choose("Import labels", _LABELS)) is not None:
            self.importing.begin(path)

    def _choose_scores(self) -> None:
        if (path := self._choose("Open probabilities", _SCORES)) is not None:
            self.probabilities.open(path)

    def _choose(self, title: str, kinds: str) -> Path | None:
        return choose_file(self._page, title, kinds, self._desk.session.dataset.root.parent)
