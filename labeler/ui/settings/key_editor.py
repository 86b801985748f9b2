"""The key editor: find a command, press its new key, settle conflicts."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from labeler.ui.commands.catalogue import BY_ID, AnyCommand
from labeler.ui.commands.changed_keys import KeyMap, all_shown, portable_key, readable_key, refusal
from labeler.ui.commands.matching import matching
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.theme import colours, repolish
from labeler.ui.settings.key_delegate import KeyDelegate
from labeler.ui.settings.key_model import COMMAND, KEY, KEYS, REMARK, Index, KeyModel

_HINT = "Enter or a double click changes a key, Escape cancels."


class KeyEditor(QWidget):
    """Changes are taken as soon as no key is claimed twice; until then the former keys hold."""

    changed = Signal(object)  # KeyMap without conflicts

    def __init__(self) -> None:
        super().__init__()
        self.model = _EditedModel(self)
        self.rows = _Rows(self.model)
        self.search = QLineEdit(placeholderText="Search commands and keys", clearButtonEnabled=True)
        self.search.setAccessibleName("Search in commands and keys")
        self.search.textChanged.connect(self._find)
        self.table = KeyTable(self.rows)
        self.told = quiet_label(_HINT)
        self.change = push_button("Change key")
        self.add = push_button("Add key")
        self.remove = push_button("Remove keys")
        self.reset = push_button("Default keys")
        self.reset_all = push_button("All to default")
        self.settle = push_button("", primary=True)
        self._connect()
        self._place()
        self._show_state()

    def show_keys(self, chosen: KeyMap) -> None:
        """Show the keys that hold, unless a conflict is just being settled."""
        if not self.model.map.conflicts or chosen.conflicts:
            self.model.show(chosen)
        self._show_state()

    def forget(self, chosen: KeyMap) -> bool:
        """Give up changes that were not taken; whether there were any."""
        pending = self.model.map != chosen
        self.model.show(chosen)
        self._show_state()
        return pending

    def selection(self) -> AnyCommand | None:
        """The command whose row is marked; None if no row is listed."""
        row = self.rows.mapToSource(self.table.currentIndex()).row()
        return self.model.command(row) if row >= 0 else None

    def press_key(self, *, add: bool) -> None:
        """Wait for a key for the marked command, instead of its keys or beside them."""
        command = self.selection()
        if command is None:
            return
        self.model.adding = add
        index = self.table.currentIndex()
        self.table.scrollTo(index)
        self.table.edit(index.siblingAtColumn(KEY))
        self.told.setText(f"Press the {'second' if add else 'new'} key for “{command.text}”.")

    def showEvent(self, event: object) -> None:
        """Take the colours of the theme."""
        self._use_colours()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self._use_colours()
        super().changeEvent(event)

    def _use_colours(self) -> None:
        theme = colours(self)
        self.model.error_colour = QColor(theme.error)
        self.model.muted_colour = QColor(theme.muted)
        self.table.viewport().update()

    def _accept_edit(self) -> None:
        if not self.model.map.conflicts:
            self.changed.emit(self.model.map)
        self._show_state()

    def _show_state(self) -> None:
        """Say what is in conflict, or how the editor works."""
        conflicts = self.model.map.conflicts
        key, names = next(iter(conflicts.items()), ("", ()))
        if conflicts:
            texts = " and ".join(f"“{BY_ID[name].text}”" for name in names)
            self._say(f"{readable_key(key)} is used by {texts}. Choose which one keeps it.")
        else:
            self._say(_HINT)
        self.told.setProperty("error", bool(conflicts))
        self.told.setProperty("muted", not conflicts)
        repolish(self.told)
        self._show_buttons(self.selection(), key, names)

    def _show_buttons(self, selected: AnyCommand | None, key: str, names: Sequence[str]) -> None:
        """What can be done for the marked command; `key` is used by the commands `names`."""
        for button in (self.change, self.add, self.remove, self.reset):
            button.setEnabled(selected is not None)
        self.reset_all.setEnabled(bool(self.model.map.changed))
        self.settle.setVisible(selected is not None and selected.id in names)
        if selected is None:
            return
        self.settle.setText(f"Only “{selected.text}”")
        self.settle.setToolTip(f"{readable_key(key)} is taken from the other command")
        self.reset.setEnabled(selected.id in self.model.map.changed)
        self.remove.setEnabled(bool(self.model.map.keys(selected.id)))

    def _find(self, text: str) -> None:
        self.rows.find(text)
        if not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.rows.index(0, COMMAND))
        self._show_state()

    def _say(self, text: str) -> None:
        self.told.setText(text)

    def _take(self, key: str) -> None:
        """A key was pressed for the marked command."""
        if why := refusal(key):
            self._say(why)
            return
        if (command := self.selection()) is not None:
            others = self.model.map.keys(command.id) if self.model.adding else ()
            self.model.edit(self.model.map.with_keys(command.id, (*others, key)))

    def _settle(self) -> None:
        command, chosen = self.selection(), self.model.map
        if command is None:
            return
        for key in self.model.rivals(command.id):
            chosen = chosen.without_key(key, keep=command.id)
        self.model.edit(chosen)

    def _connect(self) -> None:
        self.model.pressed.connect(self._take)
        self.model.edited.connect(self._accept_edit)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_state())
        self.table.wants_key.connect(lambda: self.press_key(add=False))
        self.change.clicked.connect(lambda: self.press_key(add=False))
        self.add.clicked.connect(lambda: self.press_key(add=True))
        self.remove.clicked.connect(self._remove)
        self.reset.clicked.connect(self._reset)
        self.reset_all.clicked.connect(lambda: self.model.edit(KeyMap()))
        self.settle.clicked.connect(self._settle)

    def _remove(self) -> None:
        if (command := self.selection()) is not None:
            self.model.edit(self.model.map.with_keys(command.id, ()))

    def _reset(self) -> None:
        if (command := self.selection()) is not None:
            self.model.edit(self.model.map.with_keys(command.id, command.keys))

    def _place(self) -> None:
        title = QLabel("Keys")
        title.setProperty("strong", True)
        buttons = QHBoxLayout()
        for button in (self.change, self.add, self.remove, self.reset):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.reset_all)
        told = QHBoxLayout()
        told.addWidget(self.told, 1)
        told.addWidget(self.settle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for part in (title, self.search, self.table):
            layout.addWidget(part)
        layout.addLayout(told)
        layout.addLayout(buttons)


class KeyTable(QTableView):
    """The table; Enter and a double click ask for a key."""

    wants_key = Signal()

    def __init__(self, rows: "_Rows") -> None:
        super().__init__()
        self.setModel(rows)
        self.setAccessibleName("Commands and their keys")
        self.setItemDelegateForColumn(KEY, KeyDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 12)
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        head.setHighlightSections(False)
        head.setSectionResizeMode(COMMAND, QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(KEY, QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(REMARK, QHeaderView.ResizeMode.Stretch)
        head.resizeSection(KEY, 190)
        self.doubleClicked.connect(lambda index: self.wants_key.emit())
        self.setCurrentIndex(rows.index(0, COMMAND))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and F2 ask for a key; other keys move."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.wants_key.emit()
        else:
            super().keyPressEvent(event)


class _EditedModel(KeyModel):
    """Tells which key was pressed into it, beside the present ones or instead of them."""

    pressed = Signal(str)
    adding = False

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != KEYS:
            return False
        self.pressed.emit(str(value))
        return True


class _Rows(QSortFilterProxyModel):
    """Rows whose command, group or key is searched for."""

    def __init__(self, model: KeyModel) -> None:
        super().__init__(model)
        self._keys = model
        self._query = ""
        self.setSourceModel(model)

    def find(self, text: str) -> None:
        self.beginFilterChange()
        self._query = text.strip()
        self.endFilterChange()

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:  # type: ignore[override]
        command = self._keys.command(row)
        keys = self._keys.map.keys(command.id)
        spoken = [*all_shown(keys), *map(portable_key, keys)]
        typed = self._query.lower()
        return bool(matching(typed, [command])) or typed in (key.lower() for key in spoken)
