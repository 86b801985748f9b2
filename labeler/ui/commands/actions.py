"""The commands as Qt actions: one per command, shared by keys, menus, buttons and palette."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from labeler.ui.commands.catalogue import COMMANDS, GROUPS, Command
from labeler.ui.commands.key_map import KeyMap, all_shown

Handler = Callable[[], object]


class Actions(QObject):
    """Actions by the id of their command; one without a handler is disabled."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._by_id: dict[str, QAction] = {}
        self._handlers: dict[str, Handler] = {}
        for command in COMMANDS:
            action = QAction(command.text, self)
            action.setObjectName(command.id)
            action.setAutoRepeat(command.repeat)
            action.setCheckable(command.checkable)
            action.setEnabled(False)
            action.triggered.connect(lambda _checked=False, name=command.id: self._run(name))
            window.addAction(action)
            self._by_id[command.id] = action

    def __getitem__(self, name: str) -> QAction:
        return self._by_id[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._by_id.values())

    def enabled(self) -> list[Command]:
        """Commands that do something now."""
        return [command for command in COMMANDS if self._by_id[command.id].isEnabled()]

    def bind(self, handlers: Mapping[str, Handler]) -> None:
        """Let commands do something; those bound before do the new thing from now on."""
        for name, handler in handlers.items():
            self._handlers[name] = handler
            self._by_id[name].setEnabled(True)

    def release(self, names: Sequence[str]) -> None:
        """Disable commands whose handlers are gone."""
        for name in names:
            self._handlers.pop(name, None)
            self._by_id[name].setEnabled(False)

    def use_keys(self, keys: Mapping[str, Sequence[str]]) -> None:
        """Take key sequences by command id; commands that are not named keep their defaults.

        A key that two commands claim runs neither.
        """
        chosen = KeyMap.of(keys)
        for command in COMMANDS:
            usable = chosen.usable(command.id)
            action = self._by_id[command.id]
            action.setShortcuts([QKeySequence(key) for key in usable])
            text = ", ".join(all_shown(usable))
            action.setToolTip(f"{command.text} ({text})" if text else command.text)

    def keys_shown(self, name: str) -> list[str]:
        """Keys that run a command now, as people read them."""
        return all_shown(key.toString() for key in self._by_id[name].shortcuts())

    def fill_menus(self, window: QMainWindow) -> None:
        """One menu per group in the window's menu bar."""
        for group in GROUPS:
            menu = QMenu(group, window)
            menu.addActions([self[c.id] for c in COMMANDS if c.group == group])
            window.menuBar().addMenu(menu)

    def _run(self, name: str) -> None:
        handler = self._handlers.get(name)
        if handler is not None:
            handler()
