"""The commands as Qt actions: one per command, shared by keys, menus, buttons and palette."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from labeler.ui.commands.catalogue import COMMANDS, GROUPS


class Actions(QObject):
    """Actions by the id of their command; one without a handler is disabled."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._by_id: dict[str, QAction] = {}
        for command in COMMANDS:
            action = QAction(command.text, self)
            action.setObjectName(command.id)
            action.setAutoRepeat(command.repeat)
            action.setEnabled(False)
            window.addAction(action)
            self._by_id[command.id] = action

    def __getitem__(self, name: str) -> QAction:
        return self._by_id[name]

    def __iter__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204
        return iter(self._by_id.values())

    def bind(self, handlers: Mapping[str, Callable[[], object]]) -> None:
        """Let commands do something; those bound before do the new thing from now on."""
        for name, handler in handlers.items():
            action = self._by_id[name]
            self._unbind(action)
            action.triggered.connect(lambda _checked=False, run=handler: run())
            action.setEnabled(True)

    def release(self, names: Sequence[str]) -> None:
        """Disable commands whose handlers are gone."""
        for name in names:
            self._unbind(self._by_id[name])
            self._by_id[name].setEnabled(False)

    def use_keys(self, keys: Mapping[str, Sequence[str]]) -> None:
        """Take key sequences by command id; commands that are not named keep their defaults."""
        for command in COMMANDS:
            wanted = keys.get(command.id, command.keys)
            action = self._by_id[command.id]
            action.setShortcuts([QKeySequence(key) for key in wanted])
            shown = ", ".join(QKeySequence(key).toString() for key in wanted)
            action.setToolTip(f"{command.text} ({shown})" if shown else command.text)

    def fill_menus(self, window: QMainWindow) -> None:
        """One menu per group in the window's menu bar."""
        for group in GROUPS:
            menu = QMenu(group, window)
            menu.addActions([self[c.id] for c in COMMANDS if c.group == group])
            window.menuBar().addMenu(menu)

    def _unbind(self, action: QAction) -> None:
        if action.isEnabled():
            action.triggered.disconnect()
