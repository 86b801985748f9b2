"""The commands as Qt actions: one per command, shared by keys, menus, buttons and palette."""

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow

from labeler.ui.commands.catalogue import (
    COMMANDS,
    EDIT,
    LABEL,
    AnyCommand,
    Command,
    PageCommand,
    SingleCommand,
    SuggestionCommand,
)
from labeler.ui.commands.changed_keys import KeyMap, all_shown
from labeler.ui.commands.reach import Page, WindowReach
from labeler.ui.commands.typing import LABELS
from labeler.ui.kit.command_action import CommandAction

_NO_SUGGESTION = "There is no suggestion for this episode."
_BLIND = "This episode is blind: label it without a suggestion."


class Actions(QObject):
    """Actions by the id of their command; those that need a page are disabled without one."""

    def __init__(self, window: QMainWindow, reach: WindowReach) -> None:
        super().__init__(window)
        self._by_id: dict[str, CommandAction] = {}
        self._reach = reach
        self._page: Page | None = None
        for command in COMMANDS:
            action = CommandAction(command.text, self)
            action.setObjectName(command.id)
            action.setIconText(command.text)  # the text of a menu has a mnemonic, too
            action.setAutoRepeat(command.repeat)
            action.setCheckable(command.checkable)
            action.setProperty(LABELS, command.group in (LABEL, EDIT))
            action.setEnabled(isinstance(command, Command))
            action.triggered.connect(lambda _checked=False, one=command: self._run(one))
            window.addAction(action)
            self._by_id[command.id] = action

    def __getitem__(self, name: str) -> CommandAction:
        return self._by_id[name]

    def __iter__(self) -> Iterator[CommandAction]:
        return iter(self._by_id.values())

    def available(self) -> list[AnyCommand]:
        """Commands that do something now."""
        return [command for command in COMMANDS if self._by_id[command.id].isEnabled()]

    def use_page(self, page: Page | None) -> None:
        """Let commands that need a page act on this one; without one they do nothing."""
        self._page = page
        for command in COMMANDS:
            if not isinstance(command, Command):
                self._by_id[command.id].setEnabled(page is not None)

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

    def _run(self, command: AnyCommand) -> None:
        page = self._page
        if page is not None and command.panel:
            page.expect_panel(by_key=self._by_id[command.id].by_key)
        if isinstance(command, Command):
            command.run(self._reach)
        elif page is not None:
            _run_on(page, command)


def _run_on(page: Page, command: PageCommand | SingleCommand | SuggestionCommand) -> None:
    """Run a command on a page, or say what it lacks."""
    desk = page.desk
    match command:
        case PageCommand():
            command.run(page)
        case SingleCommand() if page.single is not None:
            command.run(page.single)
        case SingleCommand():
            desk.say_single()
        case SuggestionCommand():
            suggestion = desk.suggestion()
            if suggestion is None:
                desk.say(_BLIND if desk.blind else _NO_SUGGESTION)
            else:
                command.run(page, suggestion)
        case _:
            assert_never(command)
