"""Commands that open a panel: files of labels, probabilities, copies, crops, statistics."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from labeler.errors import LabelerError
from labeler.labels.dialects import Dialect, dialect_of
from labeler.session.joined import JoinedSession
from labeler.ui.commands.deciding import Deciding
from labeler.ui.crop.crop_panel import CropPanel
from labeler.ui.desk.desk import Desk
from labeler.ui.exchange.export_panel import ExportPanel
from labeler.ui.exchange.import_panel import ImportPanel
from labeler.ui.exchange.importing import Importing
from labeler.ui.kit.choosing import choose_file
from labeler.ui.kit.cures import spoken
from labeler.ui.kit.drops import leave_drops_alone
from labeler.ui.kit.side_panel import SidePanel
from labeler.ui.page.probabilities import Probabilities
from labeler.ui.page.statistics import StatisticsPanel
from labeler.ui.stage.stage import Stage
from labeler.ui.writing.panel import WritePanel
from labeler.ui.writing.writing import Writing

if TYPE_CHECKING:  # what a single recording has no use for is not imported for it
    from labeler.ui.collection.balance_panel import BalancePanel
    from labeler.ui.collection.merge_panel import MergePanel
    from labeler.ui.collection.merging import Merging

_LABELS = "Label files (*.json *.csv *.txt);;All files (*)"
_SCORES = "Probabilities (*.parquet);;All files (*)"
_FOR_ONE = ("file.scores", "file.compare", "view.crop", "train.watch", "file.hub")
Show = Callable[[QWidget | None], None]
Panel = TypeVar("Panel", bound=SidePanel)


class FileCommands(QObject):
    """Shows one panel at a time in the place of the inspector, by `show_side`."""

    def __init__(
        self, desk: Desk, deciding: Deciding, stage: Stage, page: QWidget, show_side: Show
    ) -> None:
        super().__init__(page)
        self._desk = desk
        self._stage = stage
        self._page = page
        self._show_side = show_side
        session = desk.session
        self.writing = _writing(desk)
        self.importing = Importing(desk, self)
        self.probabilities = Probabilities(desk)
        self._deciding = deciding
        self.shown: SidePanel | None = None
        self.writing.wanted.connect(lambda: self.show_panel(self.write_panel))
        self.importing.changed.connect(self._on_import)
        self.handlers: dict[str, Callable[[], object]] = {
            "file.write": self.writing.open,
            "file.update": self.writing.update,
            "file.import": self._choose_import,
            "file.export": lambda: self.show_panel(self.export_panel),
            "file.scores": self._choose_scores,
            "file.compare": self._choose_comparison,
            "view.suggestions": self.probabilities.toggle,
            "review.statistics": lambda: self.show_panel(self.statistics_panel),
            "review.balance": self._show_balance,
            "view.crop": lambda: self.show_panel(self.crop_panel),
        }
        if isinstance(session, JoinedSession):
            self.handlers |= dict.fromkeys(_FOR_ONE, self._say_for_one)

    # Panels are made when they are first needed: opening a recording does not wait for them.
    @cached_property
    def write_panel(self) -> "WritePanel | MergePanel":
        """`Write labels…`."""
        if isinstance(self.writing, Writing):
            return self.placed(WritePanel(self.writing))
        from labeler.ui.collection.merge_panel import MergePanel

        return self.placed(MergePanel(self.writing))

    @cached_property
    def import_panel(self) -> ImportPanel:
        """Questions and results of an import."""
        return self.placed(ImportPanel(self.importing, self._deciding))

    @cached_property
    def export_panel(self) -> ExportPanel:
        """`Export labels…`."""
        return self.placed(ExportPanel(self._desk))

    @cached_property
    def crop_panel(self) -> CropPanel:
        """`Crop…`."""
        return self.placed(CropPanel(self._desk, self._stage))

    @cached_property
    def statistics_panel(self) -> StatisticsPanel:
        """`Statistics`."""
        return self.placed(StatisticsPanel(self._desk))

    @cached_property
    def balance_panel(self) -> "BalancePanel":
        """`Balance of a collection`."""
        from labeler.ui.collection.balance_panel import BalancePanel

        assert isinstance(self._desk.session, JoinedSession)
        return self.placed(BalancePanel(self._desk, self._desk.session))

    def show_panel(self, panel: SidePanel | None) -> None:
        """Show a panel; None brings the inspector back."""
        before, self.shown = self.shown, panel
        if before is not None and panel is not before:
            before.set_shown(False)
        self._show_side(panel)
        if panel is not None and before is not panel:
            panel.set_shown(True)
        if panel is None and before is not None:
            self._page.setFocus()

    def take(self, path: Path) -> bool:
        """Take over probabilities, or labels of another tool; whether the file is any of these."""
        if path.suffix.lower() == ".parquet":
            self._take_scores(path)
            return True
        try:
            foreign = path.is_file() and dialect_of(path) is not Dialect.LABELER
        except LabelerError as error:
            self._desk.say(spoken(error))
            return True
        if foreign:
            self.importing.begin(path)
        return foreign

    def placed(self, panel: Panel) -> Panel:
        """Bind a new panel to the page, hidden; `show_panel` shows it."""
        panel.setParent(self._page)
        panel.hide()
        leave_drops_alone(panel)
        panel.closed.connect(lambda: self.show_panel(None))
        return panel

    def _on_import(self) -> None:
        if self.importing.worth_showing:
            self.show_panel(self.import_panel)
        elif isinstance(self.shown, ImportPanel):
            self.show_panel(None)

    def _take_scores(self, path: Path) -> None:
        if isinstance(self._desk.session, JoinedSession):
            self._say_for_one()
        else:
            self.probabilities.open(path)

    def _show_balance(self) -> None:
        if isinstance(self._desk.session, JoinedSession):
            self.show_panel(self.balance_panel)
        else:
            self._desk.say("The balance is that of a collection: open several recordings at once.")

    def _say_for_one(self) -> None:
        name = self._desk.source_name()
        self._desk.say(f"That is for one recording: open {name} by itself for it.")

    def _choose_import(self) -> None:
        if (path := self._choose("Import labels", _LABELS)) is not None:
            self.importing.begin(path)

    def _choose_scores(self) -> None:
        if (path := self._choose("Open probabilities", _SCORES)) is not None:
            self.probabilities.open(path)

    def _choose_comparison(self) -> None:
        if (path := self._choose("Compare with labels", _LABELS)) is not None:
            self.probabilities.compare(path)

    def _choose(self, title: str, kinds: str) -> Path | None:
        return choose_file(self._page, title, kinds, self._desk.session.dataset.root.parent)


def _writing(desk: Desk) -> "Writing | Merging":
    if not isinstance(desk.session, JoinedSession):
        return Writing(desk)
    from labeler.ui.collection.merging import Merging

    return Merging(desk, desk.session)
