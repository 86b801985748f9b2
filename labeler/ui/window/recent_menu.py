"""The recordings that were open before, in the menu *File*."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from labeler.session.recent import recent
from labeler.ui.commands.menus import RECENT

_MOST = 10


class RecentMenu(QMenu):
    """Read from the disk whenever it opens; the newest first, each with a number to press."""

    chosen = Signal(object)  # Recent

    def __init__(self, menu: QMenu, before: QAction) -> None:
        super().__init__(RECENT, menu)
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)
        menu.insertMenu(before, self)

    def _fill(self) -> None:
        self.clear()
        for number, entry in enumerate(recent()[:_MOST], start=1):
            name = entry.root.name.replace("&", "&&")
            more = f" and {len(entry.others)} more" if entry.others else ""
            action = self.addAction(f"&{number % 10}  {name}{more}")
            action.setToolTip(str(entry.root))
            action.triggered.connect(lambda _=False, one=entry: self.chosen.emit(one))
        if self.isEmpty():
            self.addAction("Nothing was open yet").setEnabled(False)
